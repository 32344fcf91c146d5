"""Letters that come by themselves: reminders, and how people stop them."""
