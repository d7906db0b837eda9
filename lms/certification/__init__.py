"""Certificates (上岗证), their reminders and renewal, and the gates before somebody goes live."""
