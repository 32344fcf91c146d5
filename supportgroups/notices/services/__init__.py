"""What people choose to hear, reminders, the letter of the week, and notes to devices."""
