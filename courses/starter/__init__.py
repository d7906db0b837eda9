"""Lessons that ship: Markdown files with a small front matter, and what loads them."""
