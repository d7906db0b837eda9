"""The weekly briefing, drafted from what changed and what was rare."""
