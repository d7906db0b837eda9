"""The programmes that somebody follows, each with its figures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from courses.programmes.enums import EnrolmentState, ProgrammeState, Standing
from courses.programmes.matrix import CHASED, is_newest
from courses.programmes.models import Enrolment, Programme
from courses.programmes.queries import standing_is
from lms.learning.queries import is_manager, progress_filter
from lms.people.models import Person
from lms.people.queries import shop_filter


def programmes_followed(viewer: Person, at: datetime) -> Any:
    """(programme, active, stuck, late, finished) for the viewer's people, the ones with most people under way first.

    Archived ones stay listed while somebody of theirs is in them. As in the matrix, people who lead others are not
    counted among the late and stuck.
    """
    inner = (
        select(
            Enrolment.programme_id.label("programme_id"),
            (Enrolment.state == EnrolmentState.ACTIVE).label("active"),
            (Enrolment.state == EnrolmentState.FINISHED).label("finished"),
            *(
                and_(standing_is(standing, at), ~is_manager()).label(standing.value)
                for standing in (Standing.STUCK, Standing.LATE)
                if standing in CHASED
            ),
        )
        .join(Person, Enrolment.person_id == Person.id)
        .where(is_newest(), Person.active, Person.id != viewer.id, progress_filter(viewer, Person.id))
        .subquery()
    )
    figures = (
        select(
            inner.c.programme_id,
            func.count().filter(inner.c.active).label("active"),
            func.count().filter(inner.c.stuck).label("stuck"),
            func.count().filter(inner.c.late).label("late"),
            func.count().filter(inner.c.finished).label("finished"),
        )
        .group_by(inner.c.programme_id)
        .subquery()
    )
    active = func.coalesce(figures.c.active, 0)
    return (
        select(
            Programme,
            active.label("active"),
            func.coalesce(figures.c.stuck, 0).label("stuck"),
            func.coalesce(figures.c.late, 0).label("late"),
            func.coalesce(figures.c.finished, 0).label("finished"),
        )
        .outerjoin(figures, figures.c.programme_id == Programme.id)
        .where(
            shop_filter(viewer, Programme.shop_id),
            (Programme.state == ProgrammeState.PUBLISHED) | (active > 0),
        )
        .order_by(active.desc(), Programme.title, Programme.id)
    )
