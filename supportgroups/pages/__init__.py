"""The pages that show several nouns at once: home, my page, a group, a session."""
