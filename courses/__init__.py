"""Lessons, courses and programmes: a plugin of the host."""
