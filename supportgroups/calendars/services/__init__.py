"""What people do with the calendars of their own."""
