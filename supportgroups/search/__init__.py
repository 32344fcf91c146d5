"""One box over guides, groups and coming sessions, of which nobody finds what they may not see."""
