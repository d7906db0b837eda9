"""Rules that turn findings into remedial cases, follow-up checks, verdicts, and the board of them all."""
