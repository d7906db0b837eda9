"""Background work of files: pages of Word and PowerPoint files, and removing what a killed upload left behind."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from lms.config import settings
from lms.kernel.db import db
from lms.kernel.jobs import Job, JobHandle, JobState
from lms.kernel.storage import files
from lms.media.converting import ConversionFailed, convert
from lms.media.enums import MediaKind, MediaState
from lms.media.models import Media
from lms.media.office import as_pdf, find_office, points_outside
from lms.media.services import SUFFIX, TEMPORARY, part_keys, save_file

LEFT_ALONE = timedelta(hours=6)
"""So long a file without a row may belong to an upload or a job that is still going on."""
PREPARE = "media.prepare"
TEXT, PDF = "text", "pdf"
log = logging.getLogger(__name__)


def prepare(job: JobHandle, *, media_id: int) -> dict[str, Any]:
    """Make pages of a Word or PowerPoint file: the parts "text" (HTML), "1", "2", … (its pictures), "pdf" (its look).

    A file that can't be converted is FAILED with the reason and stays for download. Running it again is harmless.
    """
    media = db.session.get(Media, media_id)
    if media is None or media.state is not MediaState.PREPARING:
        return {"media_id": media_id}
    kind, key = media.kind, media.key
    db.session.rollback()  # conversion takes minutes at times; no transaction stays open for it
    with tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=settings().tmp_path) as name:
        folder = Path(name)
        job.progress(0, 2)
        try:
            found, made = _pages(kind, key, folder)
        except Exception as error:
            known = isinstance(error, ConversionFailed)
            if not known:
                log.exception("media %s could not be converted", media_id)
            reason = str(error) if known else _("转换时出了意外的错误，请重新上传或联系管理员。")
            _set(media_id, MediaState.FAILED, error=reason)
            return {"media_id": media_id, "error": reason}
        job.progress(1, 2)
        parts = {}
        for part, mimetype in made.items():
            with open(folder / part, "rb") as content:
                parts[part] = {"key": save_file(content).key, "mimetype": mimetype}
        _set(media_id, MediaState.READY, parts=parts, facts=found["facts"])
    return {"media_id": media_id, "parts": len(parts)}


def _pages(kind: MediaKind, key: str, folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """The child's result, and the files in ``folder`` that become parts: name → mimetype."""
    source = folder / ("source.docx" if kind is MediaKind.WORD else "source.pptx")
    shutil.copyfile(files().path(key), source)
    found = convert(kind.value, source, folder)
    made = {TEXT: "text/html"} | {name: part["mimetype"] for name, part in found["parts"].items()}
    office = find_office() if kind is MediaKind.SLIDES else None
    if office and not points_outside(source):
        look = folder / "look"
        look.mkdir()
        pdf = as_pdf(source, look, office=office)
        if pdf is not None:
            pdf.rename(folder / PDF)
            made[PDF] = "application/pdf"
    return found, made


def _set(media_id: int, state: MediaState, *, error: str = "", **values: Any) -> None:
    media = db.session.get(Media, media_id)
    if media is None:
        return
    media.state, media.error = state, error[:300]
    for name, value in values.items():
        setattr(media, name, {**media.facts, **value} if name == "facts" else value)
    db.session.flush()


def sweep(*, at: datetime) -> int:
    """Delete the files that no row names, once they are old enough. Returns how many.

    Also says of a document whose job was given up that it failed, so that nobody waits for it.
    """
    _give_up(at)
    before = (at - LEFT_ALONE).timestamp()
    store = files()
    ours = [key for key in store.keys() if key.endswith(SUFFIX)]  # noqa: SIM118  a store is no dict
    old = [key for key in ours if _modified(store.path(key)) < before]
    # The rows are read after the keys: what became a row in between is kept.
    needed: set[str] = set()
    for key, parts in db.session.execute(select(Media.key, Media.parts)):
        needed |= {key, *part_keys(parts)}
    lost = [key for key in old if key not in needed]
    for key in lost:
        store.delete(key)
    forgotten = [path for path in settings().tmp_path.glob(f"{TEMPORARY}*") if _modified(path) < before]
    for path in forgotten:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(lost) + len(forgotten)


def _give_up(at: datetime) -> None:
    waiting = select(Media).where(Media.state == MediaState.PREPARING, Media.created_at < at - LEFT_ALONE)
    stuck = db.session.scalars(waiting).all()
    if not stuck:
        return
    active = select(Job.arguments).where(Job.name == PREPARE, Job.state.in_([JobState.QUEUED, JobState.RUNNING]))
    going_on = {arguments.get("media_id") for arguments in db.session.scalars(active)}
    for media in stuck:
        if media.id not in going_on:
            media.state, media.error = MediaState.FAILED, _("转换多次中断，请重新上传，或导出为 PDF 再上传。")
    db.session.flush()


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()
