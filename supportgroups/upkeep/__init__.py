"""What whoever runs a site does to keep it well: copies, check-ups, a move to another database."""
