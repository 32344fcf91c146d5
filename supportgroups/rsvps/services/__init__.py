"""What people do with answers and places."""
