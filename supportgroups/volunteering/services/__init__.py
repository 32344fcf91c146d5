"""What people do so that somebody leads each session."""
