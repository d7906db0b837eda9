"""Courses: modules and lessons in order, for authors and for readers."""
