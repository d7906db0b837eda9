"""Background work of files: removing what a killed upload left behind."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from lms.config import settings
from lms.kernel.db import db
from lms.kernel.jobs import JobHandle
from lms.kernel.storage import files
from lms.media.enums import MediaState
from lms.media.models import Media
from lms.media.services import SUFFIX, TEMPORARY, part_keys

LEFT_ALONE = timedelta(hours=6)
"""So long a file without a row may belong to an upload or a job that is still going on."""


def prepare(job: JobHandle, *, media_id: int) -> dict[str, Any]:
    """Make pages of a Word or PowerPoint file."""
    media = db.session.get(Media, media_id)
    if media is not None and media.state is MediaState.PREPARING:
        media.state = MediaState.READY
    return {"media_id": media_id}


def sweep(*, at: datetime) -> int:
    """Delete the files that no row names, once they are old enough. Returns how many."""
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
        path.unlink(missing_ok=True)
    return len(lost) + len(forgotten)


def _modified(path: Any) -> float:
    try:
        return float(path.stat().st_mtime)
    except FileNotFoundError:
        return time.time()
