"""调岗: changing the posts of people, after showing what that adds and drops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select

from lms.inbox.services import notify
from lms.kernel.clock import from_local, to_local
from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.learning.enums import AssignmentReason, AssignmentState
from lms.learning.locks import locks_of
from lms.learning.models import Activity, Assignment, Competency
from lms.learning.services import assign, cancel_assignment
from lms.learning.telling import told_together
from lms.people.models import Person
from lms.people.permissions import P
from lms.people.queries import serving_filter
from lms.people.rules import can_see_shop, has_permission, require, require_visible
from lms.posts.changes import ActivityFact, CompetencyDiff, diff_requirements, suggested, to_assign, to_cancel
from lms.posts.models import PersonPost, Post, PostChange
from lms.posts.permissions import PP
from lms.posts.queries import NOT_OFFERED, activities_teaching, completed_by, facts_for, posts_of, requirements
from lms.posts.rules import can_change_posts

DEFAULT_DAYS = 7
KIND = "post"
LESSON = "lesson"
# Given for something else than the post: a finding is worked off wherever one goes.
_STAYS = frozenset({AssignmentReason.FINDING, AssignmentReason.KPI_DIP, AssignmentReason.RECERTIFICATION})


Move = tuple[Person, Sequence[Post], Sequence[Post]]
"""A person, the posts before, the posts after; the main one first."""


class PostChangeError(DomainError):
    """A change of posts that can't be done like this; ``where`` names the form field."""


@dataclass(frozen=True)
class ChangePlan:
    """What a change would do. ``assign`` are activities to give, ``cancel`` open tasks of the old posts alone.

    Lists of competencies are by dimension and code.
    """

    before: tuple[Post, ...]
    after: tuple[Post, ...]
    added: tuple[Competency, ...]
    kept: tuple[Competency, ...]
    dropped: tuple[Competency, ...]
    assign: tuple[Activity, ...]
    suggested: frozenset[int]
    cancel: tuple[Assignment, ...]

    @property
    def reason(self) -> AssignmentReason:
        """A first post is onboarding."""
        return AssignmentReason.BY_HAND if self.before else AssignmentReason.ONBOARDING


def default_due(at: datetime) -> datetime:
    """The end of the day, a week from now in Shanghai."""
    day = to_local(at) + timedelta(days=DEFAULT_DAYS)
    return from_local(day.replace(hour=23, minute=59, second=0, microsecond=0, tzinfo=None))


def plan_change(
    *, actor: Person, person: Person, posts: Sequence[Post], at: datetime, before: Sequence[Post] | None = None
) -> ChangePlan:
    """What would follow if ``person`` held these posts, the main one first; nothing is written. ``before`` is what
    they hold, for who knows it already.

    Raises NotFound for whom or what the actor does not reach, PostChangeError for posts that don't fit the person.
    """
    require_visible(can_change_posts(actor, person))
    before = posts_of([person.id])[person.id] if before is None else before
    after = list({post.id: post for post in posts}.values())
    _check(actor, person, before, after)
    diff, involved = _diff(before, after)
    facts = facts_for(person, actor, sorted(diff.added | diff.dropped))
    by_id = {activity.id: (activity, task) for activity, _fact, task in facts}
    wanted = to_assign(diff, [fact for _activity, fact, _task in facts])
    locks = locks_of(person, wanted, at)  # what a programme keeps for a later day comes with that day
    tasks = [by_id[ident][1] for ident in to_cancel(diff, [fact for _activity, fact, _task in facts])]
    return ChangePlan(
        before=tuple(before),
        after=tuple(after),
        added=tuple(c for c in involved if c.id in diff.added),
        kept=tuple(c for c in involved if c.id in diff.kept),
        dropped=tuple(c for c in involved if c.id in diff.dropped),
        assign=tuple(by_id[ident][0] for ident in wanted if ident not in locks)
        if has_permission(actor, P.ASSIGNMENTS_EDIT)
        else (),
        suggested=frozenset(suggested(diff, [fact for _activity, fact, _task in facts])),
        cancel=tuple(t for t in tasks if t and t.reason not in _STAYS and t.assigned_by_id is not None),
    )


def change_posts(
    *,
    actor: Person,
    person: Person,
    posts: Sequence[Post],
    assign_ids: Sequence[int],
    cancel_ids: Sequence[int],
    due_at: datetime | None,
    at: datetime,
) -> ChangePlan:
    """Do it: the posts, the new tasks (activity ids of the plan), the tasks taken back (assignment ids of the plan).

    Ids that the plan does not offer are left out. What was completed stays completed.
    """
    plan = plan_change(actor=actor, person=person, posts=posts, at=at)
    if [post.id for post in plan.before] == [post.id for post in plan.after]:
        raise PostChangeError(_("岗位没有变化。"), where="post")
    set_posts(actor=actor, moves=[(person, plan.before, plan.after)], at=at)
    with told_together(at):
        for activity in plan.assign:
            if activity.id in assign_ids:
                assign(actor=actor, activity=activity, people=[person], due_at=due_at, reason=plan.reason, at=at)
    for task in plan.cancel:
        if task.id in cancel_ids:
            cancel_assignment(actor=actor, assignment=task, at=at)
    return plan


def give_posts(*, actor: Person, wishes: Sequence[tuple[Person, Sequence[Post]]], at: datetime) -> dict[int, str]:
    """Make these the posts of many people, with the defaults of :func:`change_posts`, but take no task back.

    Returns {person id: what is wrong} for those who could not get theirs. The number of statements depends on the
    number of posts and activities, not of people.
    """
    require(PP.POSTS_ASSIGN, of=actor)
    before = posts_of([person.id for person, _posts in wishes])
    serving = _Serving()
    problems: dict[int, str] = {}
    moves: list[Move] = []
    for person, posts in wishes:
        after = list({post.id: post for post in posts}.values())
        try:
            require_visible(can_change_posts(actor, person) or not person.active)
            _check(actor, person, before[person.id], after, serving)
        except DomainError as error:
            problems[person.id] = error.message
            continue
        if [post.id for post in after] != [post.id for post in before[person.id]]:
            moves.append((person, before[person.id], after))
    set_posts(actor=actor, moves=moves, at=at)
    groups: dict[tuple[tuple[int, ...], tuple[int, ...], frozenset[int]], list[Move]] = {}
    programmes = _open_programmes([person.id for person, _before, _after in moves])
    for move in moves:
        if move[0].active:
            key = (tuple(post.id for post in move[1]), tuple(post.id for post in move[2]), programmes[move[0].id])
            groups.setdefault(key, []).append(move)
    with told_together(at):
        for (_before, _after, enrolled), group in groups.items():
            _assign_added(actor, group, serving, at, beside_programme=bool(enrolled))
    return problems


class _Serving:
    """Who serves which shop, asked once a shop instead of once a person."""

    def __init__(self) -> None:
        self._known: dict[int, set[int]] = {}

    def __call__(self, person: Person, shop_id: int | None) -> bool:
        if shop_id is None:
            return True
        if shop_id not in self._known:
            people = select(Person.id).where(serving_filter(shop_id, Person.id))
            self._known[shop_id] = set(db.session.scalars(people))
        return person.id in self._known[shop_id]


def _open_programmes(person_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {person_id: set() for person_id in person_ids}
    for start in range(0, len(person_ids), 500):
        query = (
            select(Assignment.person_id, Assignment.activity_id)
            .join(Activity, Assignment.activity_id == Activity.id)
            .where(
                Assignment.person_id.in_(person_ids[start : start + 500]),
                Assignment.state == AssignmentState.OPEN,
                Activity.kind.in_(NOT_OFFERED),
            )
        )
        for person_id, activity_id in db.session.execute(query):
            found[person_id].add(activity_id)
    return {person_id: frozenset(ids) for person_id, ids in found.items()}


def _assign_added(actor: Person, group: list[Move], serving: _Serving, at: datetime, *, beside_programme: bool) -> None:
    """Give people who make the same move what it adds, one activity after the other.

    A first post beside a programme that is under way must not bury the programme: what it adds has no due date, and
    what asks instead of teaching is left to the programme or to somebody who gives it by hand.
    """
    _person, before, after = group[0]
    diff, _involved = _diff(before, after)
    people = [person for person, _before, _after in group]
    taught = [
        (activity, ids)
        for activity, ids in activities_teaching(sorted(diff.added))
        if activity.archived_at is None and can_see_shop(actor, activity.shop_id)
    ]
    completed = completed_by([person.id for person in people], [activity.id for activity, _ids in taught])
    reason = AssignmentReason.BY_HAND if before else AssignmentReason.ONBOARDING
    unhurried = beside_programme and not before
    if unhurried:
        taught = [(activity, ids) for activity, ids in taught if activity.kind == LESSON]
    due_at = None if unhurried else default_due(at)
    # Whoever makes the same move in the same programmes waits for the same days: one person speaks for the group.
    locks = locks_of(people[0], [activity.id for activity, _ids in taught], at)
    for activity, ids in taught:
        if activity.id in locks:
            continue
        facts = [(p, ActivityFact(activity.id, ids, (p.id, activity.id) in completed)) for p in people]
        waiting = [p for p, fact in facts if suggested(diff, [fact]) and serving(p, activity.shop_id)]
        if waiting:
            assign(actor=actor, activity=activity, people=waiting, due_at=due_at, reason=reason, at=at)


def set_posts(*, actor: Person, moves: Sequence[Move], at: datetime, told: bool = True) -> None:
    """Write what people hold from now on, the history, and with ``told`` tell them; tasks are another matter.

    Nothing is checked here. A move is (person, posts before, posts after), the main post first.
    """
    if not moves:
        return
    ids = [person.id for person, _before, _after in moves]
    for start in range(0, len(ids), 500):
        db.session.execute(delete(PersonPost).where(PersonPost.person_id.in_(ids[start : start + 500])))
    held = [
        {"person_id": person.id, "post_id": post.id, "main": n == 0, "since": at}
        for person, _before, after in moves
        for n, post in enumerate(after)
    ]
    if held:
        db.session.execute(insert(PersonPost), held)
    changes = [
        {"person_id": person.id, "before": _named(before), "after": _named(after), "by_id": actor.id, "at": at}
        for person, before, after in moves
    ]
    db.session.execute(insert(PostChange), changes)
    if told:
        _tell(moves, at)


def _tell(moves: Sequence[Move], at: datetime) -> None:
    people: dict[str, list[int]] = {}
    for person, _before, after in moves:
        people.setdefault("、".join(post.name for post in after), []).append(person.id)
    for names, ids in people.items():
        notify(
            people=ids,
            kind=KIND,
            key=f"post:{at.isoformat()}",
            title=_("您的岗位是：%(posts)s", posts=names) if names else _("您目前没有岗位"),
            body=_("岗位要求的能力和还差哪些，见学习档案。"),
            url="/learning/transcript",
            at=at,
        )


def _named(posts: Sequence[Post]) -> list[dict[str, object]]:
    return [{"id": post.id, "name": post.name} for post in posts]


def _check(
    actor: Person, person: Person, before: Sequence[Post], after: Sequence[Post], serving: _Serving | None = None
) -> None:
    serving = serving or _Serving()
    held = {post.id for post in before}
    for post in after:
        if post.id in held:
            continue
        require_visible(can_see_shop(actor, post.shop_id))
        if post.archived_at is not None:
            raise PostChangeError(_("岗位“%(name)s”已归档，不能再分配。", name=post.name), where="post")
        if not serving(person, post.shop_id):
            raise PostChangeError(
                _("岗位“%(post)s”属于%(name)s不服务的店铺。", post=post.name, name=person.name), where="post"
            )


def _diff(before: Sequence[Post], after: Sequence[Post]) -> tuple[CompetencyDiff, list[Competency]]:
    """The difference, and the competencies it is made of, by dimension and code."""
    required = requirements({post.id for post in (*before, *after)})
    ids = {post_id: frozenset(each.id for each in some) for post_id, some in required.items()}
    involved = {each.id: each for some in required.values() for each in some}
    in_order = sorted(involved.values(), key=lambda each: (each.dimension, len(each.code), each.code))
    return diff_requirements([ids[p.id] for p in before], [ids[p.id] for p in after]), in_order
