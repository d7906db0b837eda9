"""Posts, who holds them, and how people stand with what their posts require."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from lms.kernel.db import db
from lms.learning.enums import AssignmentState
from lms.learning.models import BY_CODE, Activity, ActivityCompetency, Assignment, Competency, Record
from lms.learning.queries import is_finished, progress_filter
from lms.people.models import Person
from lms.people.queries import assignable_filter, branch_ids, shop_filter
from lms.people.rules import can_see_shop
from lms.posts.changes import ActivityFact
from lms.posts.models import PersonPost, Post, PostChange, PostCompetency

BATCH = 500
# A programme is given as a whole, with its own days; what a post asks for are its parts.
NOT_OFFERED = ("programme",)


def visible_posts(viewer: Person, *, archived: bool = False) -> Select[Any]:
    """Posts of all shops and of the viewer's shops, the shared ones first."""
    state = Post.archived_at.is_not(None) if archived else Post.archived_at.is_(None)
    return select(Post).where(shop_filter(viewer, Post.shop_id), state).order_by(Post.shop_id.is_not(None), Post.id)


def posts_of(person_ids: Sequence[int]) -> dict[int, list[Post]]:
    """The posts that each of the people holds now, the main one first. One statement for 500 people."""
    found: dict[int, list[Post]] = {person_id: [] for person_id in person_ids}
    for start in range(0, len(person_ids), BATCH):
        held = (
            select(PersonPost)
            .where(PersonPost.person_id.in_(person_ids[start : start + BATCH]))
            .options(joinedload(PersonPost.post))
            .order_by(PersonPost.main.desc(), PersonPost.post_id)
        )
        for row in db.session.scalars(held):
            found[row.person_id].append(row.post)
    return found


def people_with_post(post_id: int) -> Select[Any]:
    """The people on duty who hold the post now."""
    holders = select(PersonPost.person_id).where(PersonPost.post_id == post_id).scalar_subquery()
    return select(Person).where(Person.active, Person.id.in_(holders)).order_by(Person.name, Person.id)


def required_competencies(person_id: int) -> list[Competency]:
    """What the person's posts require together, by dimension and code. One statement."""
    required = (
        select(PostCompetency.competency_id)
        .join(PersonPost, PersonPost.post_id == PostCompetency.post_id)
        .where(PersonPost.person_id == person_id)
        .scalar_subquery()
    )
    query = select(Competency).where(Competency.id.in_(required), Competency.archived_at.is_(None))
    return list(db.session.scalars(query.order_by(Competency.dimension, *BY_CODE)))


def posts_with_requirements(person: Person, viewer: Person) -> tuple[list[Post], list[Competency]]:
    """What :func:`seen_posts` and :func:`required_competencies` tell of one person, in one statement."""
    query = (
        select(PersonPost, Competency)
        .outerjoin(PostCompetency, PostCompetency.post_id == PersonPost.post_id)
        .outerjoin(Competency, and_(Competency.id == PostCompetency.competency_id, Competency.archived_at.is_(None)))
        .where(PersonPost.person_id == person.id)
        .options(joinedload(PersonPost.post))
        .order_by(PersonPost.main.desc(), PersonPost.post_id, Competency.dimension, *BY_CODE)
    )
    rows = db.session.execute(query).all()
    posts = {held.post_id: held.post for held, _competency in rows}
    required = {competency.id: competency for _held, competency in rows if competency is not None}
    in_order = sorted(required.values(), key=lambda each: (each.dimension, len(each.code), each.code))
    return [post for post in posts.values() if can_see_shop(viewer, post.shop_id)], in_order


def requirements(post_ids: Iterable[int]) -> dict[int, list[Competency]]:
    """What each post requires, of the competencies that are in use, by dimension and code. One statement."""
    ids = list(post_ids)
    found: dict[int, list[Competency]] = {post_id: [] for post_id in ids}
    query = (
        select(PostCompetency.post_id, Competency)
        .join(Competency, PostCompetency.competency_id == Competency.id)
        .where(PostCompetency.post_id.in_(ids), Competency.archived_at.is_(None))
        .order_by(Competency.dimension, *BY_CODE)
    )
    for post_id, competency in db.session.execute(query):
        found[post_id].append(competency)
    return found


def seen_posts(person_ids: Sequence[int], viewer: Person) -> dict[int, list[Post]]:
    """What :func:`posts_of` tells, without posts of shops that the viewer does not see."""
    return {
        person_id: [post for post in posts if can_see_shop(viewer, post.shop_id)]
        for person_id, posts in posts_of(person_ids).items()
    }


@dataclass(frozen=True)
class HistoryLine:
    """A change as its viewer may read it: names of posts, "…" for one of another shop."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    at: datetime
    by: str


def history_of(person_id: int, viewer: Person) -> list[HistoryLine]:
    """The changes of posts of a person, newest first. Two statements."""
    visible = set(db.session.scalars(select(Post.id).where(shop_filter(viewer, Post.shop_id))))

    def names(posts: list[dict[str, Any]]) -> tuple[str, ...]:
        return tuple(str(post["name"]) if post["id"] in visible else "…" for post in posts)

    return [
        HistoryLine(names(each.before), names(each.after), each.at, each.by.name if each.by else "")
        for each in _changes_of(person_id)
    ]


def _changes_of(person_id: int) -> list[PostChange]:
    query = (
        select(PostChange)
        .where(PostChange.person_id == person_id)
        .options(joinedload(PostChange.by).lazyload(Person.grants))
        .order_by(PostChange.at.desc(), PostChange.id.desc())
    )
    return list(db.session.scalars(query))


@dataclass(frozen=True)
class PostRow:
    """A line of the list of posts: the post, what it requires, how many people in view hold it."""

    post: Post
    people: int


def post_rows(viewer: Person, *, archived: bool = False) -> list[PostRow]:
    """The list of posts; three statements."""
    posts = db.session.scalars(visible_posts(viewer, archived=archived).options(selectinload(Post.competencies))).all()
    counted = (
        select(PersonPost.post_id, func.count())
        .join(Person, PersonPost.person_id == Person.id)
        .where(Person.active, progress_filter(viewer, Person.id))
        .group_by(PersonPost.post_id)
    )
    counts: dict[int, int] = {post_id: n for post_id, n in db.session.execute(counted)}
    return [PostRow(post, counts.get(post.id, 0)) for post in posts]


NO_POST = 0


def people_to_post(
    viewer: Person, *, text: str = "", team_id: int | None = None, post_id: int | None = None
) -> Select[Any]:
    """People on duty whose posts ``viewer`` may change, by name. ``post_id`` NO_POST means those who hold none."""
    query = select(Person).where(Person.active, assignable_filter(viewer, Person.id)).order_by(Person.name, Person.id)
    if text:
        named = Person.name.contains(text, autoescape=True)
        query = query.where(or_(named, Person.account.contains(text.casefold(), autoescape=True)))
    if team_id is not None:
        query = query.where(Person.team_id.in_(branch_ids(team_id)))
    if post_id == NO_POST:
        query = query.where(Person.id.not_in(select(PersonPost.person_id).scalar_subquery()))
    elif post_id is not None:
        holders = select(PersonPost.person_id).where(PersonPost.post_id == post_id)
        query = query.where(Person.id.in_(holders.scalar_subquery()))
    return query


# --- how a person stands -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CompetencyStatus:
    """A required competency: how many activities teach it, and those that the person completed.

    ``next`` is what to do about a gap: the first activity that teaches it and was not completed yet; None when
    nobody teaches it.
    """

    competency: Competency
    done: tuple[str, ...]
    next: Activity | None

    @property
    def shown(self) -> bool:
        """Whether the ledger has a completion that shows it."""
        return bool(self.done)


def competency_status(
    person: Person, viewer: Person, required: Sequence[Competency] | None = None
) -> list[CompetencyStatus]:
    """How a person stands with what their posts require, by dimension and code. Three statements at the most, one
    less for who hands over what is ``required``.

    A competency of a shop that the viewer does not see is left out; an activity of one counts, but is not named.
    """
    required = required_competencies(person.id) if required is None else required
    required = [c for c in required if can_see_shop(viewer, c.shop_id)]
    if not required:
        return []
    found = _teaching([competency.id for competency in required], person.id)
    taught = [(activity, ids) for activity, ids, _completed in found]
    completed = {activity.id for activity, _ids, done in found if done}
    rows = []
    for competency in required:
        of_it = [activity for activity, ids in taught if competency.id in ids]
        done = [activity for activity in of_it if activity.id in completed]
        todo = [activity for activity in of_it if activity not in done and activity.archived_at is None]
        todo.sort(key=lambda activity: activity.shop_id is not None)  # what all shops share is seen by everybody
        names = tuple(a.title if _sees(viewer, a) else "…" for a in done)
        rows.append(
            CompetencyStatus(
                competency, names, None if done else next((a for a in todo if _both_see(person, viewer, a)), None)
            )
        )
    return rows


def _sees(viewer: Person, activity: Activity) -> bool:
    # What belongs to all shops needs no look at anybody's access, which is a statement.
    return activity.shop_id is None or can_see_shop(viewer, activity.shop_id)


def _both_see(person: Person, viewer: Person, activity: Activity) -> bool:
    return _sees(viewer, activity) and _sees(person, activity)


def activities_teaching(competency_ids: Sequence[int]) -> list[tuple[Activity, frozenset[int]]]:
    """(activity, the ids of all its competencies) of everything that teaches one of these, archived ones too."""
    return [(activity, ids) for activity, ids, _completed in _teaching(competency_ids, None)]


def _teaching(competency_ids: Sequence[int], person_id: int | None) -> list[tuple[Activity, frozenset[int], bool]]:
    """And whether the person completed it. One statement."""
    if not competency_ids:
        return []
    completed = (
        select(Record.id)
        .where(
            Record.actor_id == person_id,
            Record.activity_id == Activity.id,
            is_finished(),
        )
        .exists()
    )
    teaching = select(ActivityCompetency.activity_id).where(ActivityCompetency.competency_id.in_(competency_ids))
    query = (
        select(Activity, ActivityCompetency.competency_id, completed)
        .join(ActivityCompetency, ActivityCompetency.activity_id == Activity.id)
        .where(Activity.id.in_(teaching.scalar_subquery()), Activity.kind.not_in(NOT_OFFERED))
        .order_by(Activity.kind.desc(), Activity.id)  # reading stands before being asked: quiz, lesson
    )
    found: dict[int, tuple[Activity, set[int], bool]] = {}
    for activity, competency_id, done in db.session.execute(query):
        found.setdefault(activity.id, (activity, set(), bool(done)))[1].add(competency_id)
    rows = [(activity, frozenset(ids), done) for activity, ids, done in found.values()]
    return sorted(rows, key=lambda row: (row[0].kind != "lesson", row[0].id))


def completed_by(person_ids: Sequence[int], activity_ids: Sequence[int]) -> set[tuple[int, int]]:
    """(person, activity) that the ledger tells were completed, and not failed. One statement for 500 people."""
    found: set[tuple[int, int]] = set()
    if not activity_ids:
        return found
    for start in range(0, len(person_ids), BATCH):
        query = (
            select(Record.actor_id, Record.activity_id)
            .where(
                Record.actor_id.in_(person_ids[start : start + BATCH]),
                Record.activity_id.in_(activity_ids),
                is_finished(),
            )
            .distinct()
        )
        found |= {(person_id, activity_id) for person_id, activity_id in db.session.execute(query)}
    return found


def facts_for(
    person: Person, actor: Person, competency_ids: Sequence[int]
) -> list[tuple[Activity, ActivityFact, Assignment | None]]:
    """Published activities that teach one of the competencies and that both may see, as the person stands with them.

    The assignment is the open one, when the person has one. Two statements.
    """
    found = [
        (activity, ids, done)
        for activity, ids, done in _teaching(competency_ids, person.id)
        if activity.archived_at is None and _both_see(person, actor, activity)
    ]
    activity_ids = [activity.id for activity, _ids, _done in found]
    waiting = select(Assignment).where(
        Assignment.person_id == person.id,
        Assignment.activity_id.in_(activity_ids),
        Assignment.state == AssignmentState.OPEN,
    )
    open_tasks = {task.activity_id: task for task in db.session.scalars(waiting)}
    return [
        (
            activity,
            ActivityFact(activity.id, ids, done, activity.id in open_tasks),
            open_tasks.get(activity.id),
        )
        for activity, ids, done in found
    ]
