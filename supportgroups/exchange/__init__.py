"""What other programs read of this site: meetings for finders, sessions for feed readers."""
