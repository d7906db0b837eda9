"""The blueprint that all pages of evaluations hang on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint(
    "qa_evaluations",
    __name__,
    url_prefix="/qa/evaluations",
    template_folder="templates",
    static_folder="static",
)
