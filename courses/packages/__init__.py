"""A course as one file: exported here, imported into another shop or another home."""
