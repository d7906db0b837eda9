"""Addresses of pages, also where no request is at hand: notifications are written by jobs and commands too."""

from __future__ import annotations

from typing import Any

from flask import current_app


def path_to(endpoint: str, **values: Any) -> str:
    """The path of a page of this app."""
    return current_app.url_map.bind("").build(endpoint, values)
