"""What organizers write to the members of a group, or to the people of one session."""
