"""What those who lead learn from the whole: an overview, head counts, numbers."""
