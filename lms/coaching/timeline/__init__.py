"""Learning, quality checks and coaching of one person on one line of time."""
