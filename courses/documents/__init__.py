"""Documents that the demo's trainer brings along: a handbook as PDF and slides."""
