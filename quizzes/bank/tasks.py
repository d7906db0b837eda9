"""The background job of 出题."""

from __future__ import annotations

from typing import Any

from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404, unit_of_work
from lms.kernel.jobs import JobHandle
from lms.people.models import Person
from quizzes.bank.drafting import fill_batch
from quizzes.bank.models import DraftBatch


def run_draft(job: JobHandle, *, batch_id: int) -> dict[str, Any]:
    """Draft the items of a batch in one transaction; run again after a kill, it starts from nothing or does nothing."""
    with unit_of_work():
        batch = get_or_404(DraftBatch, batch_id)
        actor = db.session.get(Person, job.actor_id) if job.actor_id else None
        items = fill_batch(actor=actor, batch=batch, at=now(), progress=job.progress)
        return {"batch": batch.id, "drafted": len(items), "rejected": batch.rejected}
