"""Assigning, the ledger, competencies: what is written, for whom, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.kernel.clock import now
from lms.kernel.errors import Forbidden, NotFound
from lms.learning.competency_services import (
    CodeTaken,
    CompetencyError,
    archive_competency,
    create_competency,
    restore_competency,
    update_competency,
)
from lms.learning.enums import AssignmentReason, AssignmentState, Dimension, Verb
from lms.learning.models import Assignment, Record
from lms.learning.services import (
    AssignmentError,
    RecordError,
    assign,
    assign_team,
    cancel_assignment,
    create_activity,
    write_record,
)
from lms.people.enums import Role
from tests.factories import make_activity, make_assignment, make_competency, make_person, make_team


def give(actor, activity, *people, due_at=None, at=None):
    at = at or now()
    return assign(actor=actor, activity=activity, people=people, due_at=due_at, reason=AssignmentReason.BY_HAND, at=at)


def record(actor, activity, key, verb=Verb.COMPLETED, **more):
    return write_record(actor=actor, verb=verb, activity=activity, at=now(), idempotency_key=key, **more)


# --- assigning -----------------------------------------------------------------------------------------------------


def test_lead_assigns_within_the_group(cast):
    activity, due = make_activity(shop=cast.shop), now() + timedelta(days=3)
    [made] = give(cast.lead, activity, cast.agent, due_at=due)
    assert (made.person_id, made.activity_id, made.due_at) == (cast.agent.id, activity.id, due)
    assert (made.state, made.assigned_by_id) == (AssignmentState.OPEN, cast.lead.id)


def test_an_open_one_is_not_given_twice_but_a_done_one_again(cast, session):
    activity = make_activity(shop=cast.shop)
    give(cast.lead, activity, cast.agent)
    assert give(cast.supervisor, activity, cast.agent, cast.agent2) != []
    assert session.query(Assignment).filter_by(person_id=cast.agent.id).count() == 1
    record(cast.agent, activity, "k1", completion=True)
    assert len(give(cast.lead, activity, cast.agent)) == 1
    assert len(give(cast.trainer, activity, cast.agent, cast.agent)) == 0


@pytest.mark.parametrize(
    ("actor", "person"),
    [
        ("lead", "agent2"),
        ("lead", "supervisor"),
        ("lead", "other_agent"),
        ("supervisor", "other_agent"),
        ("trainer", "other_agent"),
        ("agent", "agent"),
        ("agent", "agent2"),
        ("evaluator", "agent"),
        ("other_trainer", "agent"),
        ("other_supervisor", "agent"),
    ],
)
def test_nobody_assigns_beyond_the_branch_or_the_shops(cast, session, actor, person):
    people = cast.people()
    with pytest.raises(AssignmentError):
        give(people[actor], make_activity(), people[person])
    assert session.query(Assignment).count() == 0


def test_one_person_out_of_reach_stops_the_whole(cast, session):
    with pytest.raises(AssignmentError) as caught:
        give(cast.lead, make_activity(), cast.agent, cast.other_agent)
    assert "乙客服" in caught.value.where
    assert session.query(Assignment).count() == 0


def test_trainer_assigns_to_teams_that_serve_the_shop(cast):
    assert len(give(cast.trainer, make_activity(shop=cast.shop), cast.agent, cast.agent2, cast.supervisor)) == 3


def test_activity_of_another_shop_does_not_exist(cast):
    with pytest.raises(NotFound):
        give(cast.lead, make_activity(shop=cast.other_shop), cast.agent)


def test_who_does_not_serve_the_shop_gets_nothing_of_it(cast, session):
    """A supervisor of both clients must not carry one's content to the other's people."""
    both = make_person("双店主管", Role.SUPERVISOR, team=cast.team, branch=cast.team)
    both.grants.append(type(both.grants[0])(role=Role.SUPERVISOR, team_id=cast.other_team.id))
    session.flush()
    activity = make_activity(shop=cast.shop)
    assert len(give(both, activity, cast.agent)) == 1
    with pytest.raises(AssignmentError):
        give(both, activity, cast.other_agent)
    assert len(give(both, make_activity(), cast.other_agent)) == 1


def test_leavers_the_past_and_the_archive_are_refused(cast, session):
    gone, activity = make_person(team=cast.team_a, active=False), make_activity()
    with pytest.raises(AssignmentError):
        give(cast.lead, activity, gone)
    at = now()
    for due in (at, at - timedelta(seconds=1)):
        with pytest.raises(AssignmentError):
            give(cast.lead, activity, cast.agent, due_at=due, at=at)
    activity.archived_at = now()
    with pytest.raises(AssignmentError):
        give(cast.lead, activity, cast.agent)


def give_team(actor, activity, team):
    return assign_team(
        actor=actor, activity=activity, team=team, due_at=None, reason=AssignmentReason.CAMPAIGN, at=now()
    )


def test_a_team_means_its_branch_within_reach(cast):
    made = give_team(cast.supervisor, make_activity(shop=cast.shop), cast.team)
    names = {"agent", "agent2", "lead", "supervisor", "trainer", "evaluator"}
    assert {a.person_id for a in made} == {cast.people()[name].id for name in names}
    assert {a.person_id for a in give_team(cast.lead, make_activity(), cast.team)} == {cast.agent.id, cast.lead.id}
    with pytest.raises(AssignmentError):
        give_team(cast.lead, make_activity(), cast.other_team)


def test_teams_with_alike_paths_are_not_mixed_up(cast, session):
    """/1/ and /12/ begin alike."""
    for _ in range(12):
        make_team()
    twelfth = make_team(shops=[cast.shop])
    make_person("别组的人", team=twelfth)
    made = give_team(cast.admin, make_activity(), cast.team)
    assert all(assignment.person.team_id != twelfth.id for assignment in made)


def test_cancel(cast, session):
    [made] = give(cast.lead, make_activity(), cast.agent)
    for stranger in (cast.other_lead, cast.agent, cast.agent2, cast.evaluator):
        with pytest.raises(NotFound):
            cancel_assignment(actor=stranger, assignment=made, at=now())
    assert cancel_assignment(actor=cast.supervisor, assignment=made, at=now()).state is AssignmentState.CANCELLED
    [again] = give(cast.lead, made.activity, cast.agent)
    record(cast.agent, made.activity, "k", completion=True)
    assert cancel_assignment(actor=cast.lead, assignment=again, at=now()).state is AssignmentState.DONE


# --- the ledger ----------------------------------------------------------------------------------------------------


def test_same_key_is_the_same_fact(cast, session):
    activity = make_activity()
    first = record(cast.agent, activity, "k", score=0.5)
    assert record(cast.agent, activity, "k", score=0.9) is first
    assert first.score == 0.5
    for stranger, other in ((cast.agent2, activity), (cast.agent, make_activity())):
        with pytest.raises(RecordError):
            record(stranger, other, "k")


@pytest.mark.parametrize("score", [-0.01, 1.01, 85])
def test_score_is_a_fraction(cast, score):
    with pytest.raises(RecordError):
        record(cast.agent, make_activity(), "k", score=score)


@pytest.mark.parametrize(
    ("verb", "facts", "state"),
    [
        (Verb.OPENED, {}, AssignmentState.OPEN),
        (Verb.PROGRESSED, {"completion": False}, AssignmentState.OPEN),
        (Verb.FAILED, {"completion": True, "success": False, "score": 0.2}, AssignmentState.OPEN),
        (Verb.PASSED, {"completion": True, "success": True, "score": 0.9}, AssignmentState.DONE),
        (Verb.COMPLETED, {"completion": True}, AssignmentState.DONE),
    ],
)
def test_what_closes_a_task(cast, verb, facts, state):
    activity = make_activity()
    mine, theirs = make_assignment(cast.agent, activity), make_assignment(cast.agent2, activity)
    record(cast.agent, activity, "k", verb=verb, **facts)
    assert mine.state is state
    assert (mine.completed_at is not None) == (state is AssignmentState.DONE)
    assert theirs.state is AssignmentState.OPEN


@pytest.mark.parametrize("statement", ["UPDATE record SET score = 1", "DELETE FROM record"])
def test_the_database_itself_refuses_to_change_the_ledger(cast, session, statement):
    record(cast.agent, make_activity(), "k", score=0.1)
    session.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))
    session.rollback()
    assert session.scalars(select(Record.score)).one() == 0.1


# --- activities and competencies -----------------------------------------------------------------------------------


def test_activity_only_for_ones_own_shop(cast):
    with pytest.raises(NotFound):
        create_activity(
            actor=cast.trainer,
            kind="lesson",
            title="别家的课",
            dimension=Dimension.SKILL,
            shop_id=cast.other_shop.id,
            at=now(),
        )


def competency(actor, code="S-安抚", shop_id=None, name="先安抚再解决"):
    return create_competency(
        actor=actor, code=code, name=name, description="", dimension=Dimension.SKILL, shop_id=shop_id
    )


def test_trainers_write_for_their_shops_and_administrators_for_all(cast):
    assert competency(cast.trainer, shop_id=cast.shop.id).shop_id == cast.shop.id
    assert competency(cast.admin).shop_id is None
    with pytest.raises(Forbidden):
        competency(cast.trainer)
    with pytest.raises(NotFound):
        competency(cast.trainer, shop_id=cast.other_shop.id)
    for person in (cast.agent, cast.lead, cast.supervisor, cast.evaluator):
        with pytest.raises(Forbidden):
            competency(person, code="X", shop_id=cast.shop.id)


def test_codes_are_distinct_within_a_shop(cast):
    first = competency(cast.admin, shop_id=cast.shop.id)
    competency(cast.admin, shop_id=cast.other_shop.id)
    competency(cast.admin)
    for shop_id in (cast.shop.id, None):
        with pytest.raises(CodeTaken):
            competency(cast.admin, shop_id=shop_id)
    facts = {"name": "改名", "description": "做到买家先消气", "dimension": Dimension.ATTITUDE}
    assert update_competency(actor=cast.admin, competency=first, code="S-安抚", **facts).name == "改名"


@pytest.mark.parametrize(("code", "name"), [("", "名"), ("a b", "名"), ("x" * 41, "名"), ("<b>", "名"), ("ok", "  ")])
def test_bad_competencies(cast, code, name):
    with pytest.raises(CompetencyError):
        competency(cast.admin, code=code, name=name)


def test_archive_and_back(cast):
    made = make_competency(shop=cast.shop)
    first = archive_competency(actor=cast.trainer, competency=made, at=now()).archived_at
    assert archive_competency(actor=cast.trainer, competency=made, at=now() + timedelta(days=1)).archived_at == first
    with pytest.raises(NotFound):
        restore_competency(actor=cast.other_trainer, competency=made)
    assert restore_competency(actor=cast.trainer, competency=made).archived_at is None
