"""On-the-job checklists that a team lead signs."""
