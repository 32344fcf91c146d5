"""What organizers fill in to plan and change sessions. Times are on the group's own clock."""
