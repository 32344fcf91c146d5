"""What people do with groups: run them, join them, let people in."""
