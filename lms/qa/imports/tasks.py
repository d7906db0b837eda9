"""The job of an import, and removing uploads that nobody went on with."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from lms.kernel.clock import now
from lms.kernel.db import db, unit_of_work
from lms.kernel.jobs import JobHandle
from lms.kernel.storage import files
from lms.qa.enums import ImportState
from lms.qa.imports.models import QaImport
from lms.qa.imports.services import give_up, run

KEEP_UPLOADS = timedelta(days=1)


def run_import(job: JobHandle, *, import_id: int) -> dict[str, Any]:
    """Import a mapped sheet, a batch in a transaction; one that was cut short leaves out what is there."""
    try:
        done = run(import_id=import_id, at=now(), told=job.progress, commit=db.session.commit)
        return {"import_id": import_id, "evaluations": done.evaluations}
    except Exception:
        db.session.rollback()
        with unit_of_work():
            give_up(import_id=import_id, at=now())
        raise


def forget_uploads(at: datetime) -> None:
    """Raw sheets hold what other tools kept of buyers: after a day they go, mapped or not."""
    left = select(QaImport).where(
        QaImport.state == ImportState.MAPPING, QaImport.job_id.is_(None), QaImport.created_at < at - KEEP_UPLOADS
    )
    for qa_import in db.session.scalars(left):
        if qa_import.storage_key is not None:
            files().delete(qa_import.storage_key)
        db.session.delete(qa_import)
    db.session.flush()
