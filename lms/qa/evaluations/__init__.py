"""Evaluations of chats, their lines and findings."""
