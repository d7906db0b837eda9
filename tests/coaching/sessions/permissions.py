"""Who may do what with coaching sessions; a confidential one is there too, which only the lead and the agent reach."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.coaching.sessions.models import CoachingSession, CoachingTemplate
from lms.coaching.sessions.services import (
    PlanLine,
    agreed_of,
    hold_session,
    plan_session,
    save_draft,
    sign_session,
)
from lms.coaching.sessions.signing import digest
from lms.coaching.sessions.template_services import SectionText, create_template, load_starter
from lms.kernel.clock import now
from lms.people.models import Person
from tests.coaching.making import finding_of, make_taught
from tests.conftest import Cast
from tests.qa.making import make_evaluation

_ALL = {"anonymous": 302, "agent": 200, "lead": 200, "supervisor": 200, "evaluator": 200, "trainer": 200, "admin": 200}
_NOBODY = dict.fromkeys(_ALL, 403) | {"anonymous": 302}
_COACHES = _NOBODY | {"lead": 200, "supervisor": 200, "admin": 200, "other": 403}
_HEADS = _NOBODY | {"supervisor": 200, "admin": 200, "other": 403}
_MADE = _NOBODY | {"supervisor": 303, "admin": 303, "other": 403}
_OUTSIDE = dict.fromkeys(_ALL, 404) | {"anonymous": 302}

EXPECTED = {
    "coaching_sessions.index": _COACHES,
    "coaching_sessions.export": _COACHES,
    "coaching_sessions.mine": _ALL,
    "coaching_sessions.new": _COACHES,
    "coaching_sessions.new [POST]": _NOBODY | {"lead": 303, "supervisor": 303, "admin": 303, "other": 403},
    "coaching_sessions.show": _OUTSIDE | {"agent": 200, "lead": 200, "supervisor": 200, "admin": 200},
    "coaching_sessions.draft": _OUTSIDE | {"lead": 200},
    "coaching_sessions.save": _OUTSIDE | {"lead": 303},
    "coaching_sessions.sign": _OUTSIDE | {"agent": 303, "lead": 303},
    "coaching_sessions.rate": _OUTSIDE | {"agent": 303},
    "coaching_sessions.tick": _OUTSIDE | {"agent": 303, "lead": 303},
    "coaching_sessions.cancel": _NOBODY | {"lead": 303, "supervisor": 404, "admin": 404, "other": 403},
    # The confidential session: not there for the supervisor and the administrator either.
    "coaching_sessions.edit": _NOBODY | {"lead": 200, "supervisor": 404, "admin": 404, "other": 403},
    "coaching_sessions.edit [POST]": _NOBODY | {"lead": 303, "supervisor": 404, "admin": 404, "other": 403},
    "coaching_sessions.templates": _HEADS,
    "coaching_sessions.new_template": _HEADS,
    "coaching_sessions.new_template [POST]": _MADE,
    "coaching_sessions.edit_template": _HEADS,
    "coaching_sessions.edit_template [POST]": _MADE,
    "coaching_sessions.archive": _MADE,
}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    at = now()
    load_starter(at=at)
    template = session.scalars(select(CoachingTemplate).where(CoachingTemplate.slug.is_not(None))).first()
    version, *_ = make_taught(cast.shop)
    found = finding_of(make_evaluation(cast.evaluator, cast.agent, cast.shop, version, failed=("right",), at=at))

    def planned(title: str, **more: Any) -> CoachingSession:
        return plan_session(
            actor=cast.lead, agent=cast.agent, template=template, title=title, planned_at=at, at=at, **more
        )

    def held(title: str) -> CoachingSession:
        made = planned(title, evidence=[found])
        texts = ["甲店的记录", *[""] * (len(made.notes) - 1)]
        save_draft(actor=cast.lead, session=made, rev=0, notes=texts, plan=[PlanLine("甲店的约定")])
        return hold_session(actor=cast.lead, session=made, at=at - timedelta(days=3))

    def signed_by(made: CoachingSession, *people: Person) -> CoachingSession:
        for person in people:
            sign_session(actor=person, session=made, seen=digest(agreed_of(made)), at=at)
        return made

    to_sign, signed = held("甲店待签"), signed_by(held("甲店已签"), cast.agent, cast.lead)
    secret = planned("甲店保密面谈", confidential=True)
    draft = planned("甲店草稿")
    written = {"rev": "0", "note-0": "甲"}
    own = create_template(
        actor=cast.supervisor, shop_id=cast.shop.id, title="甲店模板", sections=[SectionText("甲店段落")], at=at
    )
    one = {"args": {"template_id": own.id}, "data": {"title": "甲店改", "title-0": "甲店段"}}
    about = {"template_id": template.id, "case_id": "0", "planned_at": at.strftime("%Y-%m-%dT%H:%M")}
    return {
        "coaching_sessions.new": {"args": {"agent": cast.agent.id}},
        "coaching_sessions.new [POST]": {"args": {"finding": found.id}, "data": about | {"evidence": found.id}},
        "coaching_sessions.show": {"args": {"session_id": signed.id}},
        "coaching_sessions.draft": {"args": {"session_id": draft.id}, "data": written},
        "coaching_sessions.save": {"args": {"session_id": draft.id}, "data": written},
        "coaching_sessions.sign": {
            "args": {"session_id": to_sign.id},
            "data": {"seal": digest(agreed_of(to_sign))},
        },
        "coaching_sessions.rate": {"args": {"session_id": signed.id}, "data": {"rating": "5"}},
        "coaching_sessions.tick": {"args": {"session_id": signed.id, "item_id": signed.plan[0].id}},
        "coaching_sessions.cancel": {"args": {"session_id": draft.id}},
        "coaching_sessions.edit": {"args": {"session_id": secret.id}},
        "coaching_sessions.edit [POST]": {
            "args": {"session_id": secret.id},
            "data": about | {"title": "甲店改期", "confidential": "y"},
        },
        "coaching_sessions.new_template [POST]": {
            "data": {"title": "甲店新模板", "shop_id": cast.shop.id, "title-0": "甲店段"}
        },
        "coaching_sessions.edit_template": one,
        "coaching_sessions.edit_template [POST]": one,
        "coaching_sessions.archive": one,
    }
