"""Series (the rule) and group sessions (the dated gatherings)."""
