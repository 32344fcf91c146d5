"""Answers, places and the waiting list."""
