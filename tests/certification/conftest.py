"""A kind of certificate that asks for a programme and an exam, and a way to pass things."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from lms.certification.models import CertificateRequirement, CertificateType
from lms.learning.enums import Dimension, Verb
from lms.learning.models import Activity, Record
from lms.learning.services import write_record
from lms.people.models import Person
from tests.conftest import Cast
from tests.factories import make_activity, make_competency, save

AT = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
Passes = Callable[..., Record]
_keys = count(1)


def passed(person: Person, activity: Activity, at: datetime = AT, score: float | None = 0.9, **more: Any) -> Record:
    """A row of the ledger: the person passed the activity."""
    facts = {"success": True, "completion": True} | more
    verb = Verb.PASSED if facts["success"] is not False else Verb.FAILED
    return write_record(
        actor=person, verb=verb, activity=activity, at=at, score=score, idempotency_key=f"c{next(_keys)}", **facts
    )


def make_type(cast: Cast, *, exam: bool = True, shop: bool = True, days: int | None = 365) -> CertificateType:
    """上岗证 of shop 甲: the programme "甲店入职周", and an exam with at least 80; renewed by the exam."""
    place = cast.shop if shop else None
    programme = make_activity("甲店入职周", kind="programme", shop=place)
    programme.competencies = [make_competency("甲店退货话术", shop=place)]
    needs = [CertificateRequirement(activity_id=programme.id, position=0)]
    renewal = None
    if exam:
        renewal = make_activity("甲店上岗考试", kind="quiz", shop=place)
        needs.append(CertificateRequirement(activity_id=renewal.id, position=1, min_score=0.8))
    made = CertificateType(
        code="SG",
        title="上岗证",
        shop_id=place.id if place else None,
        validity_days=days,
        renewal_activity_id=renewal.id if renewal else None,
        requirements=needs,
        competencies=[make_competency("甲店首响", dimension=Dimension.SKILL, shop=place)],
        created_at=AT - timedelta(days=9),
    )
    return save(made)


@pytest.fixture
def kind(cast: Cast) -> CertificateType:
    return make_type(cast)
