"""Background work: the import of a long sheet of people."""

from __future__ import annotations

from typing import Any

from lms.kernel.clock import now
from lms.kernel.db import get_or_404, unit_of_work
from lms.kernel.jobs import JobHandle
from lms.kernel.storage import files
from lms.people.columns import header_names
from lms.people.importers import apply_import
from lms.people.models import Person
from lms.people.sheets import read_people
from lms.web.sheets import read_sheet


def import_people(job: JobHandle, *, key: str, name: str) -> dict[str, Any]:
    """Write the uploaded sheet, as the person who confirmed it; its ImportReport.

    One transaction: a job that was killed has written nothing, and one that is started again after all was written
    finds nothing to change. The upload goes with the last word about it.
    """
    try:
        with unit_of_work():
            actor = get_or_404(Person, job.actor_id or 0)
            sheet = read_people(read_sheet(files().path(key), name), header_names())
            report = apply_import(actor=actor, sheet=sheet, at=now(), told=job.progress).report
    finally:
        files().delete(key)
    return report.to_json()
