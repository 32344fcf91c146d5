"""Support Groups: peer support groups run their gatherings with it."""
