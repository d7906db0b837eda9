"""Rule-change notices: read, acknowledge, a short check."""
