"""Demo data and the mail viewer, on development sites only."""
