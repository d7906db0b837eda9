"""Which agent served which conversation."""
