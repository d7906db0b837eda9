"""Background work: running an import, and removing raw uploads that were left behind."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from lms.conversations.enums import ImportState
from lms.conversations.models import ChatImport
from lms.conversations.reading import Wanted, companions_in
from lms.conversations.services import discard_uploads, finish_import, import_file, note_file, waits_for_choice
from lms.kernel.clock import now
from lms.kernel.db import db, unit_of_work
from lms.kernel.jobs import Job, JobHandle
from lms.kernel.storage import files

KEEP_UPLOADS = timedelta(hours=24)


def run_import(job: JobHandle, *, import_id: int, columns: dict[str, str] | None = None) -> dict[str, Any]:
    """Import the files of a ChatImport, each in a transaction of its own; files done before a kill are left out.

    The raw uploads are deleted at the end, whatever became of them; only a file that waits for a person's choice keeps
    its upload, for a day at most.
    """
    with unit_of_work():
        chat_import = _import(import_id)
        if chat_import.is_over:
            return {"import_id": import_id}
        chat_import.state = ImportState.RUNNING
        entries = list(chat_import.files)
        wanted = Wanted(chat_import.wanted_format, dict(columns or {}))
    store = files()
    try:
        companions = companions_in((store.path(e["key"]), e["name"]) for e in entries if e.get("key"))
        for index, entry in enumerate(entries):
            if entry.get("over") or not entry.get("key"):
                continue

            def told(done: int, total: int, name: str, index: int = index) -> None:
                job.progress(index * 100 + 100 * done // max(1, total), len(entries) * 100, name)

            told(0, 1, entry["name"])
            with unit_of_work():
                chat_import = _import(import_id)
                reports = import_file(
                    chat_import,
                    store.path(entry["key"]),
                    entry["name"],
                    wanted=wanted,
                    companions=companions,
                    told=told,
                )
                if len(reports) == 1 and reports[0].needs:
                    _wait(chat_import, index, reports[0].to_json())
                else:
                    note_file(chat_import, index, reports)
    except Exception:
        db.session.rollback()
        with unit_of_work():
            discard_uploads(_import(import_id))
            _import(import_id).state = ImportState.FAILED
            _import(import_id).finished_at = now()
        raise
    with unit_of_work():
        chat_import = _import(import_id)
        if waits_for_choice(chat_import) is not None:
            discard_uploads(chat_import, only_done=True)
            chat_import.state = ImportState.CHOICE
        else:
            discard_uploads(chat_import)
            finish_import(chat_import, at=now())
    return {"import_id": import_id}


def _import(import_id: int) -> ChatImport:
    found = db.session.get(ChatImport, import_id)
    if found is None:
        raise LookupError(f"import {import_id} is gone")
    return found


def _wait(chat_import: ChatImport, index: int, report: dict[str, Any]) -> None:
    entries = list(chat_import.files)
    entries[index] = {**entries[index], **report}
    chat_import.files = entries


def purge_uploads(*, at: datetime) -> None:
    """Delete raw uploads of imports that were abandoned: no choice made for a day, or a job that failed for good."""
    query = select(ChatImport).where(ChatImport.state.not_in([ImportState.DONE, ImportState.FAILED]))
    for chat_import in db.session.scalars(query).all():
        job = db.session.get(Job, chat_import.job_id) if chat_import.job_id else None
        abandoned = chat_import.created_at < at - KEEP_UPLOADS
        job_over = chat_import.state is not ImportState.CHOICE and job is not None and job.is_over
        if abandoned or job_over:
            discard_uploads(chat_import)
            chat_import.state, chat_import.finished_at = ImportState.FAILED, at
