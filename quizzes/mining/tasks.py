"""The job that mines chats."""

from __future__ import annotations

from typing import Any

from lms.kernel.clock import now
from lms.kernel.db import db, unit_of_work
from lms.kernel.jobs import JobHandle
from lms.people.models import Person
from quizzes.mining.services import STEPS, mine_questions


def run_mining(job: JobHandle, *, shop_ids: list[int | None]) -> dict[str, Any]:
    """Mine each shop in a transaction of its own. Running it again gives the same groups."""
    totals = {"messages": 0, "questions": 0, "groups": 0, "seconds": 0.0}
    for place, shop_id in enumerate(shop_ids):

        def told(done: int, total: int, note: str, place: int = place) -> None:
            job.progress(place * STEPS + done, len(shop_ids) * STEPS, note)

        with unit_of_work():
            actor = db.session.get(Person, job.actor_id) if job.actor_id else None
            run = mine_questions(shop_id=shop_id, actor=actor, at=now(), told=told)
            for name in totals:
                totals[name] += getattr(run, name)
    totals["seconds"] = round(totals["seconds"], 3)
    return totals
