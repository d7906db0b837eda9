"""Disputes of findings and how they were decided."""
