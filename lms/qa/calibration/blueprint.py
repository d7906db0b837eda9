"""The blueprint of calibration, and what its pages share."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, request

from lms.people.models import Shop
from lms.people.rules import require_visible
from lms.qa.calibration import labels

bp = Blueprint(
    "qa_calibration", __name__, url_prefix="/qa/calibration", template_folder="templates", static_folder="static"
)
bp.add_app_template_filter(labels.coefficient, "coefficient")
bp.add_app_template_filter(labels.share, "share_text")
bp.add_app_template_filter(labels.bias_text, "bias_text")
bp.add_app_template_filter(labels.reading, "agreement_reading")


def chosen_shop(shops: Sequence[Shop]) -> Shop | None:
    """The shop that the address or the form names, NotFound when it is not one of them; the first where none is."""
    text = request.values.get("shop", "")
    if not text:
        return shops[0] if shops else None
    found = next((shop for shop in shops if str(shop.id) == text), None)
    require_visible(found is not None)
    return found
