"""Programmes that ship: a TOML file each, and what loads them."""
