"""Lessons: written by trainers, read by everybody, completed into the ledger."""
