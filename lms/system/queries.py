"""What the status page shows."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from lms import __version__
from lms.config import settings
from lms.kernel.db import db
from lms.kernel.jobs import Job, JobState
from lms.kernel.plugins import PluginInfo, plugins
from lms.people.models import Person
from lms.system.models import SystemEvent

RECENT = 20
_EVENTS = (
    select(SystemEvent).options(joinedload(SystemEvent.person).lazyload(Person.grants)).order_by(SystemEvent.id.desc())
)


@dataclass(frozen=True)
class Status:
    """Sizes are in bytes."""

    version: str
    home: str
    database: str
    database_bytes: int
    files_bytes: int
    free_bytes: int
    plugins: list[PluginInfo]
    jobs: list[Job]
    events: list[SystemEvent]
    jobs_failed: int


def status() -> Status:
    """The state of this installation: three statements and a look at the disk."""
    config = settings()
    files = [entry for folder in os.scandir(config.files_path) if folder.is_dir() for entry in os.scandir(folder.path)]
    database = config.home / "lms.db"
    return Status(
        version=__version__,
        home=str(config.home),
        database=db.engine.dialect.name,
        database_bytes=database.stat().st_size if config.is_sqlite and database.exists() else 0,
        files_bytes=sum(entry.stat().st_size for entry in files),
        free_bytes=shutil.disk_usage(config.home).free,
        plugins=list(plugins().found),
        jobs=list(db.session.scalars(select(Job).order_by(Job.id.desc()).limit(RECENT))),
        events=list(db.session.scalars(_EVENTS.limit(RECENT))),
        jobs_failed=db.session.scalar(select(func.count()).where(Job.state == JobState.FAILED)) or 0,
    )
