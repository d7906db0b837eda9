"""Uploaded files: pictures, videos, documents; checked by content, stored under generated names."""
