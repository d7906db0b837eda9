"""The effect of a lesson on what its criterion measures."""
