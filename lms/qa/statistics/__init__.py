"""Agreement, intervals and sampling as pure functions; no Flask, no database."""
