"""Coaching sessions between a coach and somebody coached."""
