"""Coaching sessions through the services: who sees them, what a signature freezes, what the second one does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.coaching.enums import CaseState, Help, SessionState
from lms.coaching.loop.services import open_by_hand
from lms.coaching.sessions.models import CoachingSession, CoachingTemplate
from lms.coaching.sessions.queries import coach_figures, lacking_signature_of, session_filter, unsigned
from lms.coaching.sessions.rules import can_coach, can_see_session, is_unsigned
from lms.coaching.sessions.services import (
    PlanLine,
    SessionChanged,
    SessionError,
    agreed_of,
    hold_session,
    intact,
    plan_session,
    rate_session,
    save_draft,
    sign_session,
    tick_item,
)
from lms.coaching.sessions.signing import Agreed, digest
from lms.coaching.sessions.telling import remind_unsigned
from lms.coaching.sessions.template_services import load_starter
from lms.inbox.models import Notification
from lms.kernel.clock import now
from lms.kernel.errors import NotFound
from lms.people.models import Person
from lms.web.sheets import read_sheet
from tests.coaching.making import check, finding_of, make_taught
from tests.conftest import Cast
from tests.qa.making import MONDAY

HOUR = timedelta(hours=1)


def template(session: scoped_session) -> CoachingTemplate:
    load_starter(at=MONDAY)
    return session.scalars(select(CoachingTemplate).order_by(CoachingTemplate.id)).first()


def planned(session: scoped_session, cast: Cast, **more: object) -> CoachingSession:
    wanted = {"actor": cast.lead, "agent": cast.agent, "title": "复盘一下", "planned_at": MONDAY, "at": MONDAY} | more
    return plan_session(template=template(session), **wanted)


def held(session: scoped_session, cast: Cast, **more: object) -> CoachingSession:
    made = planned(session, cast, **more)
    coach = made.coach
    texts = ["没看清问题", *[""] * (len(made.notes) - 1)]
    save_draft(actor=coach, session=made, rev=0, notes=texts, plan=[PlanLine("每天读一通好会话", date(2026, 3, 9))])
    return hold_session(actor=coach, session=made, at=MONDAY)


def sign(person: Person, made: CoachingSession, at: object = MONDAY + HOUR) -> CoachingSession:
    return sign_session(actor=person, session=made, seen=digest(agreed_of(made)), at=at)


def test_shipped_templates_are_made_once(session: scoped_session) -> None:
    assert load_starter(at=MONDAY) == 3
    assert load_starter(at=MONDAY) == 0


def test_nobody_coaches_oneself_a_peer_or_another_branch(session: scoped_session, cast: Cast) -> None:
    allowed = {(a, b) for a, one in cast.people().items() for b, two in cast.people().items() if can_coach(one, two)}
    assert {b for a, b in allowed if a == "lead"} == {"agent"}
    assert {a for a, b in allowed if b == "agent"} == {"lead", "supervisor", "admin"}
    assert not any(a == b for a, b in allowed)
    with pytest.raises(NotFound):
        planned(session, cast, agent=cast.agent2)
    version, *_ = make_taught(cast.shop)
    theirs = finding_of(check(cast, version, 0, agent=cast.agent2))
    with pytest.raises(NotFound):
        planned(session, cast, evidence=[theirs])


def test_rule_and_filter_agree_and_a_confidential_one_is_seen_by_the_two_alone(
    session: scoped_session, cast: Cast
) -> None:
    version, *_ = make_taught(cast.shop)
    finding = finding_of(check(cast, version, 0))
    made = {
        "open": held(session, cast, evidence=[finding]),
        "secret": held(session, cast, confidential=True),
        "supervisor's": planned(session, cast, actor=cast.supervisor, agent=cast.lead),
        "planned": planned(session, cast, agent=cast.agent2, actor=cast.supervisor, confidential=True),
    }
    seen: dict[str, set[str]] = {}
    for name, person in cast.people().items():
        listed = set(session.scalars(select(CoachingSession.id).where(session_filter(person))))
        assert listed == {each.id for each in made.values() if can_see_session(person, each)}, name
        seen[name] = {title for title, each in made.items() if each.id in listed}
    assert {name for name, titles in seen.items() if "secret" in titles} == {"agent", "lead"}
    assert {name for name, titles in seen.items() if "open" in titles} == {"agent", "lead", "supervisor", "admin"}
    assert {name for name, titles in seen.items() if "planned" in titles} == {"agent2", "supervisor"}
    later = MONDAY + timedelta(hours=48)
    for at, expected in ((later - HOUR, set()), (later, {"open", "secret"})):
        ids = set(session.scalars(select(CoachingSession.id).where(unsigned(at))))
        assert ids == {each.id for each in made.values() if is_unsigned(each, at)}
        assert {title for title, each in made.items() if each.id in ids} == expected
    assert [one.id for one in lacking_signature_of(cast.supervisor, later, 5)] == [made["open"].id]
    assert len(lacking_signature_of(cast.agent, MONDAY, 5)) == 2


def test_a_draft_of_an_older_page_overwrites_nothing(session: scoped_session, cast: Cast) -> None:
    made = planned(session, cast)
    empty = [""] * (len(made.notes) - 1)
    save_draft(actor=cast.lead, session=made, rev=0, notes=["新", *empty], plan=[PlanLine("一"), PlanLine("二")])
    with pytest.raises(SessionChanged):
        save_draft(actor=cast.lead, session=made, rev=0, notes=["旧", *empty], plan=[])
    kept = save_draft(actor=cast.lead, session=made, rev=1, notes=["新2", *empty], plan=[PlanLine("二")])
    assert (kept.notes[0]["text"], [item.text for item in kept.plan], kept.rev) == ("新2", ["二"], 2)
    for stranger in (cast.agent, cast.supervisor):
        with pytest.raises(NotFound):
            save_draft(actor=stranger, session=made, rev=2, notes=["改", *empty], plan=[])


def test_a_signature_freezes_notes_and_plan(session: scoped_session, cast: Cast) -> None:
    made = held(session, cast)
    texts = [note["text"] for note in made.notes]
    with pytest.raises(SessionChanged):
        sign_session(actor=cast.agent, session=made, seen="0" * 64, at=MONDAY)
    with pytest.raises(NotFound):
        sign(cast.supervisor, made)
    sign(cast.agent, made)
    sign(cast.agent, made)  # twice is once
    assert (made.state, len(made.signatures)) == (SessionState.HELD, 1)
    with pytest.raises(SessionChanged):
        save_draft(actor=cast.lead, session=made, rev=made.rev, notes=["改口", *texts[1:]], plan=[])
    sign(cast.lead, made)
    assert (made.state, made.signed_at, intact(made)) == (SessionState.SIGNED, MONDAY + HOUR, True)
    tick_item(actor=cast.agent, session=made, item_id=made.plan[0].id, done=True, at=MONDAY + HOUR)
    assert intact(made)  # done or not is no part of what was signed
    made.notes = [made.notes[0] | {"text": "偷偷改"}, *made.notes[1:]]
    assert not intact(made)


def test_the_digest_tells_every_part_apart() -> None:
    base = Agreed(1, 2, 3, "题", (("甲", "乙"),), (("做", date(2026, 3, 9)),), (7, 5))
    assert digest(base) == digest(Agreed(1, 2, 3, "题", (("甲", "乙"),), (("做", date(2026, 3, 9)),), (5, 7)))
    others = [
        Agreed(1, 2, 3, "题", (("甲", "丙"),), base.plan, base.evidence),
        Agreed(1, 2, 3, "题", base.notes, (("做", None),), base.evidence),
        Agreed(1, 2, 3, "题", base.notes, (), base.evidence),
        Agreed(1, 2, 3, "题", base.notes, base.plan, (5,)),
        Agreed(9, 2, 3, "题", base.notes, base.plan, base.evidence),
    ]
    assert len({digest(each) for each in [base, *others]}) == 6


def test_only_the_coached_one_rates_once_after_signing_and_few_ratings_stay_silent(
    session: scoped_session, cast: Cast
) -> None:
    for n in range(3):
        made = held(session, cast, confidential=n == 0)
        with pytest.raises(SessionError):
            rate_session(actor=cast.agent, session=made, rating=5, note="")
        sign(cast.agent, made)
        sign(cast.lead, made)
        with pytest.raises(NotFound):
            rate_session(actor=cast.lead, session=made, rating=5, note="")
        rate_session(actor=cast.agent, session=made, rating=3 + n, note="有用")
        with pytest.raises(SessionError):
            rate_session(actor=cast.agent, session=made, rating=1, note="")
    (own,) = coach_figures(cast.lead, MONDAY - HOUR)
    assert (own.held, own.signed, own.ratings, own.mean) == (3, 3, 3, 4.0)
    (others,) = coach_figures(cast.supervisor, MONDAY - HOUR)  # knows of two, which say nothing yet
    assert (others.held, others.ratings, others.mean) == (2, 2, None)


def test_unsigned_after_48_hours_is_told_once_and_a_confidential_one_to_the_two_only(
    session: scoped_session, cast: Cast
) -> None:
    public, secret = held(session, cast), held(session, cast, confidential=True)
    sign(cast.lead, public)
    sign(cast.agent, secret)
    assert remind_unsigned(at=MONDAY + 47 * HOUR) == 0
    assert remind_unsigned(at=MONDAY + 49 * HOUR) == 3
    assert remind_unsigned(at=MONDAY + 50 * HOUR) == 0
    rows = session.execute(select(Notification.person_id, Notification.url).where(Notification.key.like("%:unsigned")))
    assert {(person, url.rsplit("/", 1)[1]) for person, url in rows} == {
        (cast.agent.id, str(public.id)),
        (cast.supervisor.id, str(public.id)),
        (cast.lead.id, str(secret.id)),
    }


@pytest.mark.parametrize(("help_", "state"), [(Help.PRACTICE, CaseState.FOLLOWING), (Help.LESSON, CaseState.TRAINING)])
def test_the_second_signature_signs_off_help_that_is_no_lesson(
    session: scoped_session, cast: Cast, help_: Help, state: CaseState
) -> None:
    version, lesson, _quiz = make_taught(cast.shop)
    finding = finding_of(check(cast, version, 0))
    case = open_by_hand(
        actor=cast.lead,
        agent=cast.agent,
        criterion=finding.criterion,
        shop_id=cast.shop.id,
        lesson=lesson,
        quiz=None,
        help_=help_,
        findings=[finding],
        note="",
        at=MONDAY,
    )
    made = held(session, cast, case=case, evidence=[finding])
    sign(cast.lead, made)
    assert case.state is CaseState.TRAINING
    sign(cast.agent, made)
    assert case.state is state


def test_the_draft_is_kept_by_page_and_an_old_page_is_told_so(
    session: scoped_session, cast: Cast, sign_in: Callable[[Person], FlaskClient]
) -> None:
    made = planned(session, cast, planned_at=now(), at=now())
    session.commit()
    client, here = sign_in(cast.lead), f"/coaching/sessions/{made.id}"
    answer = client.post(
        f"{here}/draft", data={"rev": "0", "note-0": "写了一半", "plan-0": "练习", "due-0": "2026-03-09"}
    )
    assert (answer.status_code, answer.get_json()["rev"]) == (200, 1)
    late = client.post(f"{here}/save", data={"rev": "0", "note-0": "旧页面上写的"})
    assert late.status_code == 409
    assert "旧页面上写的" in late.get_data(as_text=True)  # nothing that was typed is lost
    assert "写了一半" in client.get(here).get_data(as_text=True)
    bad = client.post(f"{here}/draft", data={"rev": "1", "note-0": "x", "plan-0": "练习", "due-0": "三月九日"})
    assert (bad.status_code, bad.get_json()["saved"]) == (400, False)
    agent = sign_in(cast.agent).get(here).get_data(as_text=True)
    assert "写了一半" not in agent  # what the coach prepares is the coach's own until it was held


def test_a_confidential_session_leaves_no_word_with_the_supervisor(
    app: Flask, session: scoped_session, cast: Cast, sign_in: Callable[[Person], FlaskClient]
) -> None:
    at = now() - timedelta(days=3)
    made = planned(session, cast, confidential=True, title="不能说的面谈", planned_at=at, at=at)
    save_draft(actor=cast.lead, session=made, rev=0, notes=["秘密", *[""] * (len(made.notes) - 1)], plan=[])
    hold_session(actor=cast.lead, session=made, at=at)
    open_one = planned(session, cast, title="公开的面谈", planned_at=at, at=at)
    remind_unsigned(at=now())
    session.commit()
    addresses = [
        "/coaching/sessions",
        "/cards?plugin=coaching-sessions",
        "/notifications/",
        f"/coaching/timeline/{cast.agent.id}",
        "/",
    ]
    for boss in (cast.supervisor, cast.admin):
        client = sign_in(boss)
        for address in addresses:
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert "不能说的面谈" not in answer.get_data(as_text=True), address
        sheet = read_sheet(client.get("/coaching/sessions/sessions.xlsx").get_data(), "x.xlsx")
        topics = [row[2] for row in sheet][1:]
        assert topics == [open_one.title]
        assert client.get(f"/coaching/sessions/{made.id}").status_code == 404
    client = sign_in(cast.lead)
    assert "不能说的面谈" in client.get("/coaching/sessions").get_data(as_text=True)
    own = read_sheet(client.get("/coaching/sessions/sessions.xlsx").get_data(), "x.xlsx")
    assert [row[2] for row in own][1:] == ["公开的面谈"]  # a file goes from hand to hand
