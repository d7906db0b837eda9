"""Fills an empty home with the demo team, step by step; a run that was killed is taken up where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

from flask_babel import gettext as _
from sqlalchemy import select

from lms.demo.context import DemoContext
from lms.demo.models import DemoMark
from lms.kernel.db import db, unit_of_work
from lms.kernel.errors import DomainError
from lms.kernel.hookspecs import DemoStep
from lms.kernel.plugins import plugins
from lms.people.models import Person, Shop, Team

BEGUN = "begun"
FINISHED = "finished"


class HomeNotEmpty(DomainError):
    """The home has data that is not the demo's; nothing was changed."""


@dataclass(frozen=True)
class StepDone:
    """A step that ran: its name, its line, and how long it took."""

    name: str
    note: str
    seconds: float


def is_demo_finished() -> bool:
    """Whether this home was filled with the demo team already."""
    return db.session.get(DemoMark, FINISHED) is not None


def is_begun() -> bool:
    """Whether a run of the demo was begun here, finished or not."""
    return db.session.get(DemoMark, BEGUN) is not None


def is_home_empty() -> bool:
    """Nothing but what ``lms init`` makes: no shop, no team, nobody but the first administrator."""
    for model in (Shop, Team):
        if db.session.scalar(select(model.id).limit(1)) is not None:
            return False
    people = db.session.execute(select(Person.last_sign_in_at).limit(2)).all()
    return len(people) <= 1 and all(at is None for (at,) in people)


def fill_home(*, at: datetime, tell: Callable[[StepDone], None]) -> list[StepDone]:
    """Run the steps that are not done yet; each commits together with its mark. [] when everything was done before.

    Raises HomeNotEmpty where somebody works already.
    """
    if is_demo_finished():
        return []
    begun = db.session.get(DemoMark, BEGUN)
    if begun is None:
        if not is_home_empty():
            raise HomeNotEmpty(
                _("这里已经有数据，演示店铺只能装入空的数据目录。"),
                hint=_("请用环境变量 LMS_HOME 指定一个新目录，再运行 lms demo。"),
            )
        with unit_of_work():
            begun = DemoMark(name=BEGUN, at=at)
            db.session.add(begun)
    context = DemoContext(at=begun.at)
    done = [_run(step, context, tell) for step in steps() if db.session.get(DemoMark, step.name) is None]
    with unit_of_work():
        db.session.add(DemoMark(name=FINISHED, at=at))
    return done


def steps() -> list[DemoStep]:
    """Every plugin's steps, in order."""
    return sorted(plugins().all("demo_steps"), key=lambda step: (step.order, step.name))


def _run(step: DemoStep, context: DemoContext, tell: Callable[[StepDone], None]) -> StepDone:
    started = perf_counter()
    with unit_of_work():
        note = step.run(context)
        db.session.add(DemoMark(name=step.name, at=context.at, note=note or ""))
    done = StepDone(step.name, note or "", perf_counter() - started)
    tell(done)
    return done
