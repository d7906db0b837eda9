"""The whole way of a programme, by travelling through time: given, locked, opened, passed, finished, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import scoped_session

from courses.programmes.attendance import AttendanceError, StartError, mark_attendance, remind, reschedule
from courses.programmes.authoring import move_to_newest, people_on_older, publish, save_draft
from courses.programmes.definition import Gate, Remedial, Skip, Step, from_json, with_day
from courses.programmes.enrolling import rebuild
from courses.programmes.enums import Attended, EnrolmentState, EventKind, Standing
from courses.programmes.matrix import Wanted, counts_of, enrolled, narrowed
from courses.programmes.models import Attendance, Enrolment, EnrolmentEvent
from courses.programmes.progress import standing_of
from courses.programmes.queries import following, standing_is
from lms.inbox.models import Notification
from lms.kernel.errors import Forbidden, NotFound
from lms.learning.enums import AssignmentReason, AssignmentState, Verb
from lms.learning.locks import ActivityLocked, locks_of, require_unlocked
from lms.learning.models import Activity, Assignment, Record
from lms.learning.services import assign, cancel_assignment, hand_out
from lms.people.enums import Role
from lms.people.models import Person
from tests.conftest import Cast, Counted
from tests.courses.programmes.conftest import Week, build_week, clock, finish
from tests.factories import make_activity, make_person


def tasks(session: scoped_session, person: Person, state: AssignmentState = AssignmentState.OPEN) -> set[int]:
    query = select(Assignment.activity_id).where(Assignment.person_id == person.id, Assignment.state == state)
    return set(session.scalars(query))


def events(session: scoped_session, enrolment: Enrolment) -> list[tuple[EventKind, int | None]]:
    query = select(EnrolmentEvent.kind, EnrolmentEvent.day).where(EnrolmentEvent.enrolment_id == enrolment.id)
    return [(kind, day) for kind, day in session.execute(query.order_by(EnrolmentEvent.id))]


def test_giving_the_programme_opens_day_one_and_nothing_else(session: scoped_session, cast: Cast, week: Week) -> None:
    (enrolment,) = week.give(cast.trainer, cast.agent, at=clock(2, 9))
    assert (enrolment.current_day, enrolment.start_date) == (1, date(2026, 11, 2))
    assert tasks(session, cast.agent) == {
        week.programme.activity_id, week.lesson.id, week.checklist.id, week.gate1.id,
    }  # fmt: skip
    step = session.scalars(select(Assignment).where(Assignment.activity_id == week.lesson.id)).one()
    assert (step.due_at, step.reason, step.note) == (clock(3, 4), AssignmentReason.ONBOARDING, "甲店新人周 · 第 1 天")
    assert events(session, enrolment) == [(EventKind.ENROLLED, None), (EventKind.OPENED, 1)]
    told = session.scalars(select(Notification).where(Notification.person_id == cast.agent.id)).all()
    assert [message.title for message in told] == ["新的培训任务：甲店新人周"]  # once, and not for every step


def test_a_step_of_day_two_is_locked_with_the_reason_until_gate_one_is_passed(
    session: scoped_session, cast: Cast, week: Week, done_day_one: Callable[..., None]
) -> None:
    week.give(cast.trainer, cast.agent, at=clock(2, 9))
    with pytest.raises(ActivityLocked) as refused:
        require_unlocked(cast.agent, week.lesson2.id, clock(2, 10))
    assert refused.value.message == "第 2 天的内容，通过第 1 天的关卡“甲店第一天小测”（80 分）后开放。"
    assert refused.value.lock.url.startswith("/programmes/mine/")
    assert set(locks_of(cast.agent, [week.lesson.id, week.gate1.id, week.gate2.id], clock(2, 10))) == {week.gate2.id}
    assert locks_of(cast.agent2, [week.lesson2.id], clock(2, 10)) == {}  # not enrolled: nothing is locked
    done_day_one(week, cast.agent, 2)
    assert locks_of(cast.agent, [week.lesson2.id], clock(2, 16)) == {}
    assert {week.lesson2.id, week.gate2.id} <= tasks(session, cast.agent)
    assert week.gate1.id in tasks(session, cast.agent, AssignmentState.DONE)
    told = session.scalars(select(Notification).where(Notification.kind == "programme")).one()
    assert (told.title, told.url) == ("甲店新人周：第 2 天已开放", "/programmes/")


def test_what_was_given_apart_or_done_before_is_not_locked(session: scoped_session, cast: Cast, week: Week) -> None:
    finish(cast.agent, week.gate2, clock(1, 9), 0.9)
    week.give(cast.trainer, cast.agent, at=clock(2, 9))
    assign(
        actor=cast.lead, activity=week.lesson2, people=[cast.agent], due_at=None, reason=AssignmentReason.BY_HAND,
        at=clock(2, 10),
    )  # fmt: skip
    assert locks_of(cast.agent, [week.lesson2.id, week.gate2.id], clock(2, 11)) == {}


def test_the_last_gate_finishes_the_programme_and_writes_it_to_the_ledger(
    session: scoped_session, cast: Cast, week: Week, done_day_one: Callable[..., None]
) -> None:
    (enrolment,) = week.give(cast.trainer, cast.agent, at=clock(2, 9))
    done_day_one(week, cast.agent, 2)
    finish(cast.agent, week.lesson2, clock(3, 10))
    gate2 = finish(cast.agent, week.gate2, clock(3, 16), 0.8)
    assert (enrolment.state, enrolment.finished_at) == (EnrolmentState.FINISHED, clock(3, 16))
    record = session.scalars(select(Record).where(Record.activity_id == week.programme.activity_id)).one()
    assert (record.verb, record.completion, record.success, record.at) == (Verb.PASSED, True, True, clock(3, 16))
    assert record.score == pytest.approx(0.85)
    assert record.context["version"] == 1
    assert record.context["evidence"][1] == gate2.id
    assert tasks(session, cast.agent) == set()
    assert events(session, enrolment)[-3:] == [
        (EventKind.OPENED, 2), (EventKind.PASSED, 2), (EventKind.FINISHED, None),
    ]  # fmt: skip


def test_two_gates_passed_at_once(session: scoped_session, cast: Cast, week: Week) -> None:
    """Everything but the signature is there: when the lead signs, both days are passed in one go."""
    (enrolment,) = week.give(cast.trainer, cast.agent, at=clock(2, 9))
    for activity, score in ((week.lesson, None), (week.gate1, 0.9), (week.lesson2, None), (week.gate2, 1.0)):
        finish(cast.agent, activity, clock(2, 11), score)
    assert enrolment.current_day == 1
    finish(cast.agent, week.checklist, clock(2, 18))
    assert enrolment.state is EnrolmentState.FINISHED
    assert [kind for kind, _day in events(session, enrolment)].count(EventKind.PASSED) == 2
    assert session.scalars(select(Record).where(Record.activity_id == week.programme.activity_id)).one()


def test_who_has_done_it_all_before_is_through_at_once(
    session: scoped_session, cast: Cast, week: Week, done_day_one: Callable[..., None]
) -> None:
    done_day_one(week, cast.agent, 1)
    (enrolment,) = week.give(cast.trainer, cast.agent, at=clock(2, 9))
    assert enrolment.current_day == 2
    assert tasks(session, cast.agent) == {week.programme.activity_id, week.lesson2.id, week.gate2.id}


def test_the_yearly_second_run_starts_anew(
    session: scoped_session, cast: Cast, week: Week, done_day_one: Callable[..., None]
) -> None:
    week.give(cast.trainer, cast.agent, at=clock(2, 9))
    done_day_one(week, cast.agent, 2)
    finish(cast.agent, week.lesson2, clock(3, 10))
    finish(cast.agent, week.gate2, clock(3, 16), 0.9)
    first, second = week.give(cast.trainer, cast.agent, at=clock(20, 9))
    assert first.state is EnrolmentState.FINISHED
    assert (second.current_day, second.counts_from) == (1, clock(3, 16))
    assert week.lesson.id in tasks(session, cast.agent)
    done_day_one(week, cast.agent, 20)
    assert second.current_day == 2


def test_taking_the_task_back_withdraws_and_takes_its_steps_back_too(
    session: scoped_session, cast: Cast, week: Week
) -> None:
    (enrolment,) = week.give(cast.trainer, cast.agent, at=clock(2, 9))
    finish(cast.agent, week.lesson, clock(2, 10))
    task = session.scalars(select(Assignment).where(Assignment.activity_id == week.programme.activity_id)).one()
    cancel_assignment(actor=cast.trainer, assignment=task, at=clock(2, 11))
    assert enrolment.state is EnrolmentState.WITHDRAWN
    assert tasks(session, cast.agent) == set()
    assert week.lesson.id in tasks(session, cast.agent, AssignmentState.DONE)
    assert locks_of(cast.agent, [week.lesson2.id], clock(2, 12)) == {}
    finish(cast.agent, week.gate1, clock(2, 13), 0.9)
    assert enrolment.current_day == 1
    again = week.give(cast.trainer, cast.agent, at=clock(3, 9))[-1]  # what was done is not asked again
    assert week.lesson.id not in tasks(session, cast.agent)
    assert again.current_day == 1


def test_a_record_of_somebody_not_enrolled_costs_one_statement_more(
    session: scoped_session, cast: Cast, week: Week, count_queries: Callable[[], AbstractContextManager[Counted]]
) -> None:
    session.commit()
    agent, activity = cast.agent2, week.lesson
    session.refresh(agent)
    session.refresh(activity)
    with count_queries() as counted:
        finish(agent, activity, clock(2, 10))
    assert sum("enrolment" in statement for statement in counted.statements) == 1


def test_a_mistake_in_counting_does_not_lose_the_record(
    session: scoped_session, cast: Cast, week: Week, monkeypatch: pytest.MonkeyPatch
) -> None:
    (enrolment,) = week.give(cast.trainer, cast.agent, at=clock(2, 9))
    finish(cast.agent, week.lesson, clock(2, 10))
    finish(cast.agent, week.checklist, clock(2, 10))
    with monkeypatch.context() as broken:
        broken.setattr("courses.programmes.enrolling.evaluate", lambda *_: 1 / 0)
        record = finish(cast.agent, week.gate1, clock(2, 15), 0.9)
    assert session.get(Record, record.id) is not None
    session.refresh(enrolment)
    assert enrolment.current_day == 1
    rebuild(at=clock(2, 16))
    assert enrolment.current_day == 2


def test_rebuilding_changes_nothing_that_was_right(
    session: scoped_session, cast: Cast, week: Week, done_day_one: Callable[..., None]
) -> None:
    enrolments = week.give(cast.trainer, cast.agent, cast.agent2, at=clock(2, 9))
    done_day_one(week, cast.agent, 2)
    finish(cast.agent2, week.gate1, clock(2, 11), 0.4)

    def kept() -> list[Any]:
        names = ("current_day", "day_date", "day_due_at", "gate_tries", "begun_at", "passed", "marks", "state")
        return [[getattr(enrolment, name) for name in names] for enrolment in enrolments]

    before = kept()
    count = len(session.scalars(select(EnrolmentEvent)).all())
    session.execute(update(Enrolment).values(current_day=1, gate_tries=7, passed={}, marks={}, begun_at=None))
    session.expire_all()
    assert rebuild(at=clock(2, 20)) == 2
    assert kept() == before
    assert len(session.scalars(select(EnrolmentEvent)).all()) == count


# --- attendance ------------------------------------------------------------------------------------------------------


def test_the_first_record_of_the_day_is_presence_also_of_the_night_shift(
    session: scoped_session, cast: Cast, week: Week, done_day_one: Callable[..., None]
) -> None:
    early, night = week.give(cast.trainer, cast.agent, cast.agent2, at=clock(2, 9))
    done_day_one(week, cast.agent, 2)  # at 10:00: the day began at 09:30
    assert early.marks == {"1": "late"}
    finish(cast.agent2, week.lesson, clock(3, 2))
    assert night.marks == {"1": "late"}
    finish(cast.agent, week.lesson2, clock(4, 2))  # the night of Tuesday is still day 2
    assert early.marks == {"1": "late", "2": "present"}


def test_after_the_working_day_nothing_is_noted_by_itself(session: scoped_session, cast: Cast, week: Week) -> None:
    (enrolment,) = week.give(cast.trainer, cast.agent, at=clock(2, 9))
    finish(cast.agent, week.lesson, clock(3, 4, 1))
    assert enrolment.marks == {}


def test_a_lead_marks_by_hand_and_the_latest_counts(session: scoped_session, cast: Cast, week: Week) -> None:
    (enrolment,) = week.give(cast.trainer, cast.agent, at=clock(2, 9))
    mark_attendance(actor=cast.lead, enrolment=enrolment, day=1, status=Attended.ABSENT, at=clock(2, 12))
    mark_attendance(
        actor=cast.trainer, enrolment=enrolment, day=1, status=Attended.EXCUSED, note=" 发烧\n", at=clock(2, 13)
    )
    assert enrolment.marks == {"1": "excused"}
    finish(cast.agent, week.lesson, clock(2, 15))  # marked by hand: nothing is noted by itself any more
    assert enrolment.marks == {"1": "excused"}
    notes = [mark.note for mark in session.scalars(select(Attendance).order_by(Attendance.id))]
    assert notes == ["", "发烧"]
    with pytest.raises(AttendanceError):
        mark_attendance(actor=cast.lead, enrolment=enrolment, day=2, status=Attended.PRESENT, at=clock(2, 13))
    for stranger in (cast.other_lead, cast.other_trainer):
        with pytest.raises(NotFound):
            mark_attendance(actor=stranger, enrolment=enrolment, day=1, status=Attended.LATE, at=clock(2, 13))
    with pytest.raises(Forbidden):
        mark_attendance(actor=cast.agent, enrolment=enrolment, day=1, status=Attended.PRESENT, at=clock(2, 13))
    session.commit()
    with pytest.raises(DatabaseError):
        session.execute(text("UPDATE attendance SET status = 'present'"))
    session.rollback()


def test_reminding_twice_a_day_tells_once(session: scoped_session, cast: Cast, week: Week) -> None:
    enrolments = week.give(cast.trainer, cast.agent, at=clock(2, 9))
    assert remind(actor=cast.lead, enrolments=enrolments, at=clock(3, 10)) == 1
    assert remind(actor=cast.trainer, enrolments=enrolments, at=clock(3, 15)) == 0
    assert remind(actor=cast.lead, enrolments=enrolments, at=clock(4, 10)) == 1


def test_another_start_date_moves_what_is_due(session: scoped_session, cast: Cast, week: Week) -> None:
    (enrolment,) = week.give(cast.trainer, cast.agent, at=clock(2, 9))
    reschedule(actor=cast.lead, enrolment=enrolment, start=date(2026, 11, 9), at=clock(2, 10))
    assert (enrolment.day_date, enrolment.day_due_at) == (date(2026, 11, 9), clock(10, 4))
    with pytest.raises(StartError):
        reschedule(actor=cast.lead, enrolment=enrolment, start=date(2028, 1, 1), at=clock(2, 10))
    with pytest.raises(NotFound):
        reschedule(actor=cast.other_trainer, enrolment=enrolment, start=date(2026, 11, 9), at=clock(2, 10))


# --- pre-test, prerequisites, remedial -------------------------------------------------------------------------------


def rebuilt(week: Week, cast: Cast, **changes: Any) -> None:
    """Change day 1 and publish it as the next version."""
    definition = from_json(week.programme.draft)
    programme = week.programme
    save_draft(
        actor=cast.trainer, programme=programme, title=programme.title, summary="", base=programme.revision,
        definition=with_day(definition, 1, replace(definition.days[0], **changes)), at=clock(1, 10),
    )  # fmt: skip
    publish(actor=cast.trainer, programme=programme, at=clock(1, 10))


def test_a_good_pretest_takes_the_lesson_back_and_writes_no_completion(
    session: scoped_session, cast: Cast, week: Week
) -> None:
    pretest = make_activity("甲店摸底测验", kind="quiz", shop=cast.shop)
    rebuilt(week, cast, steps=(Step(pretest.id), Step(week.lesson.id, skip=Skip(pretest.id, 0.8))))
    (enrolment,) = week.give(cast.trainer, cast.agent, at=clock(2, 9))
    assert week.lesson.id in tasks(session, cast.agent)
    finish(cast.agent, pretest, clock(2, 10), 0.85)
    assert week.lesson.id not in tasks(session, cast.agent)
    assert not session.scalars(select(Record).where(Record.activity_id == week.lesson.id)).all()
    finish(cast.agent, week.gate1, clock(2, 11), 0.9)
    assert enrolment.current_day == 2


def test_a_prerequisite_locks_by_direct_address_and_says_what_is_missing(
    session: scoped_session, cast: Cast, week: Week
) -> None:
    rebuilt(week, cast, steps=(Step(week.lesson.id), Step(week.checklist.id, requires=(week.lesson.id,))))
    week.give(cast.trainer, cast.agent, at=clock(2, 9))
    assert locks_of(cast.agent, [week.checklist.id], clock(2, 10))[week.checklist.id].reason == (
        "先完成“甲店岗位认识”，再学这一项。"
    )
    finish(cast.agent, week.lesson, clock(2, 10))
    assert locks_of(cast.agent, [week.checklist.id], clock(2, 10)) == {}


def test_far_below_the_cut_the_gate_waits_for_the_remedial(session: scoped_session, cast: Cast, week: Week) -> None:
    extra = make_activity("甲店补课", shop=cast.shop)
    rebuilt(week, cast, steps=(Step(week.lesson.id), Step(extra.id)), gate=Gate(
        week.gate1.id, 0.8, Remedial(extra.id, 0.6)
    ))  # fmt: skip
    week.give(cast.trainer, cast.agent, at=clock(2, 9))
    finish(cast.agent, extra, clock(2, 10))
    finish(cast.agent, week.gate1, clock(2, 11), 0.55)
    assert extra.id in tasks(session, cast.agent)
    assert locks_of(cast.agent, [week.gate1.id], clock(2, 12))[week.gate1.id].reason == (
        "上次得 55 分：先完成补学“甲店补课”，再考一次。"
    )
    finish(cast.agent, extra, clock(2, 13))
    assert locks_of(cast.agent, [week.gate1.id], clock(2, 14)) == {}


# --- versions and lists ----------------------------------------------------------------------------------------------


def test_people_under_way_keep_their_version_until_they_are_moved(
    session: scoped_session, cast: Cast, week: Week, done_day_one: Callable[..., None]
) -> None:
    on_one, on_two = week.give(cast.trainer, cast.agent, cast.agent2, at=clock(2, 9))
    done_day_one(week, cast.agent2, 2)
    extra = make_activity("甲店新增一课", shop=cast.shop)
    rebuilt(week, cast, steps=(Step(week.lesson.id), Step(week.checklist.id), Step(extra.id)))
    assert (on_one.version_number, week.programme.published_number) == (1, 2)
    assert extra.id not in tasks(session, cast.agent)
    older = people_on_older(viewer=cast.trainer, programme=week.programme)
    assert {enrolment.id for enrolment in older} == {on_one.id, on_two.id}
    assert people_on_older(viewer=cast.other_trainer, programme=week.programme) == []
    assert move_to_newest(actor=cast.trainer, programme=week.programme, enrolments=older, at=clock(2, 16)) == 2
    assert extra.id in tasks(session, cast.agent)
    assert (on_two.current_day, on_two.version_number) == (2, 2)  # a passed day stays passed


def test_who_left_and_managers_are_not_chased(session: scoped_session, cast: Cast, week: Week) -> None:
    gone = make_person("甲离职", Role.AGENT, team=cast.team_a)
    week.give(cast.trainer, cast.agent, cast.lead, gone, at=clock(2, 9))
    gone.active = False
    session.flush()
    query = enrolled(cast.supervisor, week.programme, Wanted(), clock(3, 5))
    assert {row.name for row in session.execute(narrowed(query, None, clock(3, 5)))} == {"安小客", "李组长"}
    late = narrowed(query, Standing.LATE, clock(3, 5))
    assert {row.name for row in session.execute(late)} == {"安小客"}
    counts = counts_of(query, clock(3, 5))
    assert (counts.total(Standing.LATE), counts.total(None)) == (1, 2)
    for viewer, expected in ((cast.lead, {"安小客"}), (cast.other_supervisor, set()), (cast.agent2, set())):
        found = session.execute(narrowed(enrolled(viewer, week.programme, Wanted(), clock(3, 5)), None, clock(3, 5)))
        assert {row.name for row in found} == expected, viewer.name


def test_the_word_for_one_and_the_filter_for_many_agree(
    session: scoped_session, cast: Cast, week: Week, done_day_one: Callable[..., None]
) -> None:
    people = [cast.agent, cast.agent2, *(make_person(f"甲新人{n}", team=cast.team_a) for n in range(4))]
    enrolments = week.give(cast.trainer, *people, at=clock(2, 9))
    done_day_one(week, people[0], 2)
    finish(people[1], week.gate1, clock(2, 10), 0.3)
    finish(people[1], week.gate1, clock(2, 11), 0.4)
    done_day_one(week, people[2], 2)
    finish(people[2], week.lesson2, clock(2, 20))
    finish(people[2], week.gate2, clock(2, 21), 1.0)
    task = session.scalars(
        select(Assignment).where(
            Assignment.activity_id == week.programme.activity_id, Assignment.person_id == people[3].id
        )
    ).one()
    cancel_assignment(actor=cast.trainer, assignment=task, at=clock(2, 12))
    seen = set()
    for moment in (clock(2, 22), clock(3, 5), clock(4, 4), clock(4, 5), clock(9, 9)):
        for enrolment in enrolments:
            one = standing_of(
                state=enrolment.state,
                due_at=enrolment.day_due_at,
                tries=enrolment.gate_tries,
                begun=enrolment.begun_at is not None,
                at=moment,
            )
            seen.add(one)
            listed = {
                standing
                for standing in Standing
                if session.scalar(
                    select(Enrolment.id).where(Enrolment.id == enrolment.id, standing_is(standing, moment))
                )
            }
            assert listed == {one}
            assert following(enrolment, moment).progress.standing is one
    assert seen == set(Standing)


def test_nobody_of_another_shop_can_be_given_it(session: scoped_session, cast: Cast, week: Week) -> None:
    other = build_week(cast.admin, None, title="全员计划")
    week_tasks = hand_out(
        activity=session.get_one(Activity, week.lesson.id),
        person_ids=[cast.agent.id, cast.other_agent.id],
        due_at=None,
        reason=AssignmentReason.ONBOARDING,
        at=clock(2, 9),
    )
    assert [task.person_id for task in week_tasks] == [cast.agent.id]
    assert other.give(cast.admin, cast.other_agent, at=clock(2, 9))[0].current_day == 1
