"""Mail and other jobs, written in the same transaction as the change they follow."""
