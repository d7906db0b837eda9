"""Who sees what lessons do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import scoped_session

from lms.coaching.effects.services import compute_effect
from lms.coaching.enums import Arm
from tests.coaching.effects.making import make_case
from tests.coaching.making import make_taught
from tests.conftest import Cast
from tests.qa.making import MONDAY

_READERS = {
    "anonymous": 302,
    "agent": 403,
    "lead": 403,
    "supervisor": 200,
    "evaluator": 403,
    "trainer": 200,
    "admin": 200,
}

EXPECTED = {"coaching_effects.index": _READERS, "coaching_effects.show": _READERS}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    version, lesson, _quiz = make_taught(cast.shop)
    make_case(cast.agent, cast.shop, version, lesson, Arm.NOW, at=MONDAY)
    row = compute_effect(shop_id=cast.shop.id, lesson_id=lesson.id, at=MONDAY + timedelta(days=30))
    return {"coaching_effects.show": {"args": {"effect_id": row.id}}}
