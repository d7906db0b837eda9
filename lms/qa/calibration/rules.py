"""Who may organise, score and read a round. The list twin stands in ``queries``; a test holds the two together."""

from __future__ import annotations

from lms.people.models import Person
from lms.people.rules import can_see_shop, has_permission
from lms.qa.calibration.models import Calibration
from lms.qa.enums import CalibrationState
from lms.qa.permissions import Q


def can_organise(viewer: Person, calibration: Calibration) -> bool:
    """Heads of quality checks, in their shops."""
    return has_permission(viewer, Q.CALIBRATION_MANAGE) and can_see_shop(viewer, calibration.shop_id)


def is_rater(viewer: Person, calibration: Calibration) -> bool:
    """Whether the viewer scores the chats of the round."""
    return any(rater.person_id == viewer.id for rater in calibration.raters)


def can_see_calibration(viewer: Person, calibration: Calibration) -> bool:
    """Whoever organises, and the people of the round."""
    if not can_see_shop(viewer, calibration.shop_id):
        return False
    return has_permission(viewer, Q.CALIBRATION_MANAGE) or is_rater(viewer, calibration)


def can_rate(viewer: Person, calibration: Calibration) -> bool:
    """The people of an open round."""
    return (
        calibration.state is CalibrationState.OPEN
        and can_see_shop(viewer, calibration.shop_id)
        and is_rater(viewer, calibration)
    )


def can_compare(viewer: Person, calibration: Calibration) -> bool:
    """Nobody, however high, sees scores before the round is closed; then whoever organises."""
    return calibration.state is CalibrationState.CLOSED and can_organise(viewer, calibration)
