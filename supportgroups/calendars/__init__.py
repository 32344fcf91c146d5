"""Feeds, downloads and the private links that calendar apps subscribe to."""
