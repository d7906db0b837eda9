"""Each rule for one object agrees with its filter for lists, whatever the tree, the roles and the shops."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.kernel.db import db
from lms.learning.models import Activity, Assignment
from lms.learning.queries import activity_filter, of_visible_shops, progress_filter, tasks_of
from lms.learning.rules import can_see_activity, can_see_progress
from lms.people.enums import BRANCH_ROLES, Role
from lms.people.models import Person, RoleGrant, Shop
from lms.people.queries import assignable_filter, people_visible_to, person_filter, serving_filter, shop_filter
from lms.people.rules import can_assign_to, can_see_person, can_see_shop
from tests.factories import make_activity, make_assignment, make_person, make_shop, make_team

POPULATION = st.fixed_dictionaries(
    {
        # The parent of each team is an earlier one, or none.
        "parents": st.lists(st.integers(-1, 5), min_size=1, max_size=6),
        "serves": st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=6),
        "people": st.lists(
            st.tuples(
                st.integers(-1, 5),
                st.lists(st.tuples(st.sampled_from(list(Role)), st.integers(-1, 5)), max_size=3),
                st.booleans(),
            ),
            min_size=2,
            max_size=6,
        ),
    }
)


def populate(plan):
    shops = [make_shop() for _ in range(3)]
    teams = []
    for parent in plan["parents"]:
        teams.append(make_team(parent=teams[parent] if 0 <= parent < len(teams) else None))
    for team, shop in plan["serves"]:
        chosen = teams[team % len(teams)]
        chosen.shops = list({*chosen.shops, shops[shop]})
    people = []
    for team, grants, active in plan["people"]:
        person = make_person(team=teams[team % len(teams)] if team >= 0 else None, active=active)
        branches = {(role, teams[at % len(teams)].id if at >= 0 else None) for role, at in grants}
        person.grants = [RoleGrant(role=role, team_id=team_id) for role, team_id in branches]
        people.append(person)
    db.session.flush()
    return shops, people


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=POPULATION)
def test_predicates_and_filters_agree(session, plan):
    shops, people = populate(plan)
    activities = [make_activity(shop=shop) for shop in (*shops, None)]
    tasks = [make_assignment(person, activity) for person, activity in product(people, activities)]
    try:
        for viewer in people:
            listed = set(session.scalars(people_visible_to(viewer)))
            assert {p for p in people if can_see_person(viewer, p)} == listed & set(people)
            by_filter = set(session.scalars(select(Person).where(person_filter(viewer, Person.id))))
            assert by_filter == listed
            reached = set(session.scalars(select(Person).where(assignable_filter(viewer, Person.id))))
            assert {p for p in people if can_assign_to(viewer, p)} == reached
            followed = set(session.scalars(select(Person).where(progress_filter(viewer, Person.id))))
            assert {p for p in people if can_see_progress(viewer, p)} == followed
            seen = set(session.scalars(select(Activity).where(activity_filter(viewer))))
            assert {a for a in activities if can_see_activity(viewer, a)} == seen
            assert set(session.scalars(select(Activity).where(shop_filter(viewer, Activity.shop_id)))) == seen
            for owner in people:
                shown = set(
                    session.scalars(
                        of_visible_shops(select(Assignment).where(Assignment.person_id == owner.id), viewer)
                    )
                )
                assert shown == {t for t in tasks if t.person_id == owner.id and t.activity in seen}
        for shop_id in (*(shop.id for shop in shops), None):
            serving = set(session.scalars(select(Person).where(serving_filter(shop_id, Person.id))))
            assert {p for p in people if can_see_shop(p, shop_id)} == serving
    finally:
        session.rollback()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=POPULATION)
def test_nobody_without_a_leading_role_sees_a_peer(session, plan):
    _shops, people = populate(plan)
    try:
        for viewer in people:
            if not {grant.role for grant in viewer.grants} & (BRANCH_ROLES | {Role.ADMIN}):
                assert [p for p in people if can_see_person(viewer, p)] == [viewer]
    finally:
        session.rollback()


def test_two_shops_share_nothing(session, cast):
    mine = {p for name, p in cast.people().items() if not name.startswith("other") and name != "admin"}
    others = {p for name, p in cast.people().items() if name.startswith("other")}
    for viewer, stranger in [*product(mine, others), *product(others, mine)]:
        assert not can_see_person(viewer, stranger), (viewer.name, stranger.name)
        assert not can_assign_to(viewer, stranger)
        assert not can_see_progress(viewer, stranger)
    for viewer in mine:
        assert (can_see_shop(viewer, cast.shop.id), can_see_shop(viewer, cast.other_shop.id)) == (True, False)
    # Somebody sees something, else the above would hold in an empty world too.
    assert can_see_person(cast.lead, cast.agent)
    assert can_assign_to(cast.trainer, cast.agent)
    assert can_see_progress(cast.trainer, cast.agent)


@pytest.mark.parametrize(
    ("viewer", "seen"),
    [
        ("agent", {"agent"}),
        ("lead", {"agent", "lead"}),
        ("supervisor", {"agent", "agent2", "lead", "supervisor", "trainer", "evaluator"}),
        ("trainer", {"trainer"}),
        ("evaluator", {"evaluator"}),
    ],
)
def test_worked_example(session, cast, viewer, seen):
    """A lead sees the group, a supervisor the branch with everything below, the rest only themselves."""
    people = cast.people()
    assert {name for name, person in people.items() if can_see_person(people[viewer], person)} == seen


def test_shop_without_team_is_seen_by_administrators_only(session, cast):
    lonely = Shop(name="没人服务的店")
    session.add(lonely)
    session.flush()
    seeing = {name for name, person in cast.people().items() if can_see_shop(person, lonely.id)}
    assert seeing == {"admin"}
    assert list(session.scalars(select(Person).where(serving_filter(lonely.id, Person.id)))) == [cast.admin]


def test_tasks_of_another_shop_are_hidden_from_a_trainer(session, cast):
    cast.agent.team.shops = [cast.other_shop]
    session.flush()
    make_assignment(cast.agent, make_activity(shop=cast.other_shop))
    own = make_assignment(cast.agent, make_activity(shop=cast.shop))
    both = {task.id for task in session.scalars(tasks_of(cast.agent.id, own.state))}
    assert len(both) == 2
    trainer = make_person("专管甲店", Role.TRAINER, team=make_team(shops=[cast.shop]))
    assert list(session.scalars(of_visible_shops(tasks_of(cast.agent.id, own.state), trainer))) == [own]
