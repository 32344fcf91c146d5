"""What organizers do with schedules and sessions."""
