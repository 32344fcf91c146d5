"""Who leads which session, and what happens when somebody cannot."""
