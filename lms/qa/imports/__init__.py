"""Results of other quality tools, line by line."""
