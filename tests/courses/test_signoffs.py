"""Checklists that a lead signs: who may, what counts, what waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, true
from sqlalchemy.orm import scoped_session

from courses.lessons.models import Lesson
from courses.lessons.publishing import publish
from courses.lessons.queries import latest_task
from courses.lessons.services import Draft, edit_lesson, open_lesson
from courses.signoffs.cards import cards_for
from courses.signoffs.enums import SignVerdict
from courses.signoffs.models import SignOff
from courses.signoffs.points import points_of
from courses.signoffs.queries import Waiting, sheet_of, signable, waiting_for, with_sheets
from courses.signoffs.rules import can_sign
from courses.signoffs.services import ChecklistChanged, Mark, SignError, sign
from lms.inbox.models import Notification
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.learning.enums import AssignmentState, Verb
from lms.learning.models import Record
from lms.people.models import Person
from lms.people.rules import has_permission
from tests.conftest import Cast
from tests.courses.conftest import AT, newest
from tests.courses.panels.making import CHECKLIST, make_lesson
from tests.factories import make_assignment

POINTS = points_of(CHECKLIST)
OK = Mark(SignVerdict.OK)


@pytest.fixture
def checklist(cast: Cast, session: scoped_session) -> Lesson:
    lesson = make_lesson(cast.trainer, cast.shop, "checklist", CHECKLIST)
    session.commit()
    return lesson


def put(actor: Person, person: Person, lesson: Lesson, marks: dict[str, Mark], *, days: float = 0) -> list[SignOff]:
    return sign(
        actor=actor, person=person, lesson=lesson, version=newest(lesson), marks=marks, at=AT + timedelta(days=days)
    )


def completions(person: Person) -> list[Record]:
    query = select(Record).where(Record.actor_id == person.id, Record.verb == Verb.COMPLETED)
    return list(db.session.scalars(query))


def waiting(viewer: Person) -> list[Waiting]:
    return with_sheets(db.session.execute(waiting_for(viewer)).all())


# --- points --------------------------------------------------------------------------------------------------------


def test_points_have_a_standard_a_section_and_keys_that_follow_the_text() -> None:
    assert [(p.text, p.standard, p.section) for p in POINTS] == [
        ("进线 30 秒内回第一句", "三次都在 30 秒内", "接待"),
        ("把客人的问题说回去", "", "接待"),
        ("把客人的问题说回去", "", "收尾"),
        ("记下没解决的事", "写进交接本", "收尾"),
    ]
    assert len({point.key for point in POINTS}) == 4
    moved = points_of("```清单\n新的一条\n把客人的问题说回去\n```\n")
    assert moved[1].key == POINTS[1].key


def test_a_line_of_nothing_but_a_sign_is_a_point_as_it_stands() -> None:
    (point,) = points_of("```清单\n｜只有标准\n```")
    assert (point.text, point.standard) == ("｜只有标准", "只有标准")


# --- who -----------------------------------------------------------------------------------------------------------


def test_rule_and_list_agree_on_who_signs_whom(cast: Cast, checklist: Lesson) -> None:
    shared = make_lesson(cast.admin, None, "checklist", CHECKLIST, title="全部店铺的清单")
    text = make_lesson(cast.trainer, cast.shop, "markdown", "不是清单")
    people = cast.people().values()
    for viewer in people:
        every = select(Person.id, Lesson.id).join(Lesson, true()).where(signable(viewer))
        listed = {(person_id, lesson_id) for person_id, lesson_id in db.session.execute(every)}
        for person, lesson in product(people, (checklist, shared, text)):
            ruled = can_sign(viewer, person, lesson)
            assert ruled == (has_permission(viewer, "team:checklists:sign") and (person.id, lesson.id) in listed)
    assert can_sign(cast.lead, cast.agent, checklist) and can_sign(cast.supervisor, cast.lead, checklist)
    assert not can_sign(cast.lead, cast.lead, checklist)
    assert not can_sign(cast.lead, cast.agent2, checklist)
    assert not can_sign(cast.trainer, cast.agent, checklist)
    assert not can_sign(cast.other_lead, cast.agent, shared)


@pytest.mark.parametrize("who", ["agent", "agent2", "trainer", "other_lead"])
def test_nobody_else_signs(cast: Cast, checklist: Lesson, who: str) -> None:
    with pytest.raises(NotFound):
        put(getattr(cast, who), cast.agent, checklist, {POINTS[0].key: OK})


# --- what counts ---------------------------------------------------------------------------------------------------


def test_the_last_signature_completes_the_lesson_and_its_task(cast: Cast, checklist: Lesson) -> None:
    task = make_assignment(cast.agent, checklist.activity, at=AT)
    redo = Mark(SignVerdict.REDO, "  第三次超时了\n")
    assert len(put(cast.lead, cast.agent, checklist, {POINTS[0].key: redo, POINTS[1].key: OK}, days=1)) == 2
    assert completions(cast.agent) == []
    assert len(put(cast.supervisor, cast.agent, checklist, {p.key: OK for p in POINTS}, days=2)) == 3
    (record,) = completions(cast.agent)
    assert (record.context["signed_by"], record.context["points"]) == (cast.supervisor.id, 4)
    assert task.state is AssignmentState.DONE
    told = db.session.scalars(select(Notification).where(Notification.person_id == cast.agent.id)).all()
    assert [(n.title, n.body) for n in told] == [
        ("带教清单有 1 条要再练：甲店带教课", "第三次超时了"),
        ("带教清单全部签完：甲店带教课", ""),
    ]
    # A later correction is a later row; the completion stays.
    put(cast.lead, cast.agent, checklist, {POINTS[0].key: redo}, days=3)
    assert len(completions(cast.agent)) == 1
    assert [sign.verdict for sign in db.session.scalars(select(SignOff).where(SignOff.item == POINTS[0].key))] == [
        SignVerdict.REDO,
        SignVerdict.OK,
        SignVerdict.REDO,
    ]


def test_signing_the_same_twice_adds_nothing(cast: Cast, checklist: Lesson) -> None:
    put(cast.lead, cast.agent, checklist, {POINTS[0].key: OK})
    assert put(cast.lead, cast.agent, checklist, {POINTS[0].key: OK}, days=1) == []


def test_redo_needs_a_word_and_points_must_be_there(cast: Cast, checklist: Lesson) -> None:
    with pytest.raises(SignError, match="进线 30 秒内回第一句"):
        put(cast.lead, cast.agent, checklist, {POINTS[0].key: Mark(SignVerdict.REDO, " ")})
    with pytest.raises(SignError):
        put(cast.lead, cast.agent, checklist, {POINTS[0].key: Mark(SignVerdict.OK, "长" * 301)})
    with pytest.raises(ChecklistChanged):
        put(cast.lead, cast.agent, checklist, {"gone-1": OK})


def test_a_task_after_the_completion_asks_for_signatures_again(cast: Cast, checklist: Lesson) -> None:
    put(cast.lead, cast.agent, checklist, {p.key: OK for p in POINTS})
    make_assignment(cast.agent, checklist.activity, at=AT + timedelta(days=100))
    task = latest_task(cast.agent, checklist.activity_id)
    assert sheet_of(cast.agent, checklist, newest(checklist), task).done == 0
    assert [(one.person.name, one.sheet.done) for one in waiting(cast.lead)] == [("安小客", 0)]
    put(cast.lead, cast.agent, checklist, {p.key: OK for p in POINTS}, days=101)
    assert len(completions(cast.agent)) == 2


def test_a_new_version_keeps_what_reads_the_same(cast: Cast, checklist: Lesson) -> None:
    put(cast.lead, cast.agent, checklist, {p.key: OK for p in POINTS[:3]})
    body = CHECKLIST.replace("写进交接本", "写进交接表")
    draft = Draft("甲店带教课", body, minutes=6)
    edit_lesson(
        actor=cast.trainer, lesson=checklist, draft=draft, competencies=checklist.activity.competencies, base=1, at=AT
    )
    publish(actor=cast.trainer, lesson=checklist, at=AT)
    assert sheet_of(cast.agent, checklist, newest(checklist), None).done == 3


# --- what waits ----------------------------------------------------------------------------------------------------


def test_what_was_given_or_opened_waits_until_it_is_signed(
    cast: Cast, checklist: Lesson, count_queries: Callable
) -> None:
    assert waiting(cast.lead) == [] and cards_for(cast.lead, AT) == []
    make_assignment(cast.agent, checklist.activity, at=AT)
    open_lesson(actor=cast.agent, lesson=checklist, version=newest(checklist), at=AT + timedelta(days=1))
    open_lesson(actor=cast.agent2, lesson=checklist, version=newest(checklist), at=AT + timedelta(days=2))
    put(cast.lead, cast.agent, checklist, {POINTS[0].key: OK})
    assert [(one.person.name, one.since, one.sheet.done) for one in waiting(cast.lead)] == [("安小客", AT, 1)]
    assert cast.supervisor.access.team_ids
    with count_queries() as q:
        both = waiting(cast.supervisor)
    assert q.count == 4
    assert [one.person.name for one in both] == ["安小客", "白小客"]
    at = AT + timedelta(days=4)
    assert [one.is_late(at) for one in both] == [True, False]
    assert waiting(cast.other_supervisor) == []
    (card,) = cards_for(cast.supervisor, at)
    assert (card.context["total"], len(card.context["rows"])) == (2, 2)
    put(cast.lead, cast.agent, checklist, {p.key: OK for p in POINTS}, days=3)
    assert [one.person.name for one in waiting(cast.supervisor)] == ["白小客"]


def test_the_lead_signs_on_the_page_and_the_agent_sees_it(
    cast: Cast, checklist: Lesson, sign_in: Callable[[Person], FlaskClient]
) -> None:
    make_assignment(cast.agent, checklist.activity, at=AT)
    lead, url = sign_in(cast.lead), f"/checklists/{checklist.id}/{cast.agent.id}"
    assert url in lead.get("/checklists/").get_data(as_text=True)
    sent = {f"verdict-{POINTS[0].key}": "redo", f"verdict-{POINTS[1].key}": "ok"}
    refused = lead.post(url, data=sent)
    assert refused.status_code == 422 and "再练的条目要写一句说明" in refused.get_data(as_text=True)
    sent[f"note-{POINTS[0].key}"] = "<b>慢</b>了两次"
    signed = lead.post(url, data=sent)
    assert (signed.status_code, signed.headers["Location"]) == (303, "/checklists/")
    assert "已给安小客签了 2 条。" in lead.get("/checklists/").get_data(as_text=True)
    seen = sign_in(cast.agent).get(f"/lessons/{checklist.id}").get_data(as_text=True)
    assert "已签 1 / 4" in seen and "李组长" in seen and "&lt;b&gt;慢&lt;/b&gt;了两次" in seen
    assert seen.count("记下没解决的事") == 1 and "/finish" not in seen
    assert lead.get(f"/checklists/{checklist.id}/{cast.agent2.id}").status_code == 404
    assert lead.get(f"/checklists/{checklist.id}/{cast.lead.id}").status_code == 404
