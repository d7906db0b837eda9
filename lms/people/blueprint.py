"""The blueprint of people: sign-in, people, teams, shops, import. The view modules register on it."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint(
    "people", __name__, template_folder="templates", static_folder="static", static_url_path="/people/static"
)
