"""What happens to jobs: asked for, taken in hand, settled, forgotten."""
