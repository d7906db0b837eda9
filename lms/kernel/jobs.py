"""Background jobs: a row that tells their state, and a Huey queue that runs them.

``enqueue`` adds a row in the caller's transaction; the queue is told after that transaction commits, so a job never
runs for something rolled back. A job whose process was killed is started again, so jobs must be idempotent.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from flask import Flask, current_app
from flask_babel import gettext as _
from huey import Huey, MemoryHuey, SqliteHuey, crontab
from sqlalchemy import Integer, String, Text, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.config import ConfigError, settings
from lms.kernel.clock import now
from lms.kernel.db import Json, StrEnumType, UtcDateTime, db, enum_check, unit_of_work
from lms.kernel.errors import DomainError
from lms.kernel.plugins import plugins, resolve

log = logging.getLogger(__name__)

MAX_RUNS = 3
HEARTBEAT_LOST = timedelta(minutes=2)
PROGRESS_EVERY = 0.4  # seconds between two writes of progress


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class UnknownJob(DomainError):
    """No plugin offers a job of this name (any more)."""


class Job(db.Model):  # type: ignore[name-defined]
    """One run of something in the background, as the person who started it sees it."""

    __tablename__ = "job"
    __table_args__ = (enum_check("state", JobState),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    arguments: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    state: Mapped[JobState] = mapped_column(StrEnumType(JobState), default=JobState.QUEUED, index=True)
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    error: Mapped[str] = mapped_column(Text, default="")
    runs: Mapped[int] = mapped_column(Integer, default=0)
    created_by_id: Mapped[int | None] = mapped_column(Integer, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_over(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)


@dataclass(frozen=True)
class Progress:
    """How far a running job is: units done of all (0 = unknown), a word about it, and when it last said so (epoch)."""

    done: int = 0
    total: int = 0
    note: str = ""
    at: float = 0.0

    @property
    def percent(self) -> int:
        """0–99; a job is at 100 when its row says that it is done."""
        return min(99, self.done * 100 // self.total) if self.total else 0


class JobHandle:
    """What a job function gets: its id, and a way to tell how far it is.

    Progress goes through the queue's own storage, not the database: it shows while the job's transaction is open.
    """

    def __init__(self, job_id: int, *, actor_id: int | None) -> None:
        self.id = job_id
        self.actor_id = actor_id
        self._last = 0.0

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Say that ``done`` of ``total`` units are finished; cheap to call often."""
        tick = time.monotonic()
        if tick - self._last < PROGRESS_EVERY and done < total:
            return
        self._last = tick
        _say_progress(self.id, Progress(done, total, note[:200], time.time()))


def _progress_key(job_id: int) -> bytes:
    return f"lms-progress-{job_id}".encode()


def _say_progress(job_id: int, progress: Progress) -> None:
    try:
        queue().storage.put_data(_progress_key(job_id), json.dumps(asdict(progress), ensure_ascii=False).encode())
    except Exception:  # a missed tick harms nobody
        log.debug("progress of job %s was not written", job_id, exc_info=True)


def progress_of(job: Job) -> Progress:
    """How far ``job`` says it is; nothing yet reads as 0 of 0."""
    data = queue().storage.peek_data(_progress_key(job.id))
    return Progress(**json.loads(bytes(data))) if isinstance(data, (bytes, memoryview)) else Progress()


@lru_cache(maxsize=1)
def queue() -> Huey:
    """The queue of this process: SQLite in LMS_HOME, or Redis when LMS_JOBS_URL says so."""
    config = settings()
    if not config.jobs_url:
        return SqliteHuey("lms", filename=str(config.jobs_path), fsync=True)
    if config.jobs_url == "memory://":
        return MemoryHuey("lms", immediate=True)
    if config.jobs_url.startswith("redis"):
        try:
            from huey import RedisHuey
        except ImportError as error:
            raise ConfigError("LMS_JOBS_URL 指向 Redis，但没有安装 redis：pip install 'kefu-lms[redis]'") from error
        return RedisHuey("lms", url=config.jobs_url)
    raise ConfigError(f"LMS_JOBS_URL={config.jobs_url}：只支持 redis://…，不填则使用自带队列。")


def job_functions() -> dict[str, str]:
    """Every job the plugins offer: name → "module:function"."""
    found: dict[str, str] = {}
    for plugin, offered in plugins().each("jobs"):
        for name, target in offered.items():
            if name in found:
                plugins().switch_off(plugin, error=ValueError(f"job {name} is offered twice"))
                break
            found[name] = target
    return found


def enqueue(name: str, /, *, actor_id: int | None, **arguments: Any) -> Job:
    """Add a job to this transaction; it starts after the commit. Arguments must be JSON."""
    if name not in job_functions():
        raise UnknownJob(_("这项后台任务不存在，可能是相应插件已停用。"), where=name)
    job = Job(name=name, arguments=arguments, created_by_id=actor_id, created_at=now())
    db.session.add(job)
    db.session.flush()
    db.session.info.setdefault("jobs_to_start", []).append(job.id)
    return job


@event.listens_for(Session, "after_commit")
def _tell_queue(session: Session) -> None:
    if session.in_nested_transaction():  # a savepoint that is released commits nothing yet
        return
    for job_id in session.info.pop("jobs_to_start", []):
        if current_app.config.get("JOBS_INLINE"):
            session.info.setdefault("jobs_inline", []).append(job_id)
        else:
            run_job(job_id)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, previous: Any) -> None:
    if not previous.nested:  # jobs from before a savepoint that fails are still wanted; a job without a row is nothing
        session.info.pop("jobs_to_start", None)


def run_pending_inline() -> None:
    """Run jobs that were committed in this process (tests and commands, which have no job process)."""
    while waiting := db.session.info.pop("jobs_inline", None):
        for job_id in waiting:
            perform(job_id)


def run_job(job_id: int) -> None:
    """Hand a committed job to the queue."""
    _task()(job_id)


@lru_cache(maxsize=1)
def _task() -> Callable[[int], Any]:
    task: Callable[[int], Any] = queue().task(name="lms-job")(_perform_in_app)
    return task


_app: Flask | None = None


def _perform_in_app(job_id: int) -> None:
    if _app is None:
        raise RuntimeError("the job process has no app")
    with _app.app_context():
        perform(job_id)


def consume(app: Flask, *, workers: int = 1) -> None:
    """Be the job process: run queued and periodic jobs until a signal ends it. Blocks."""
    global _app
    _app = app
    _task()
    for name, (minutes, target) in periodic_jobs().items():
        queue().periodic_task(crontab(minute=f"*/{minutes}"), name=f"periodic-{name}")(_periodic(app, name, target))
    with app.app_context():
        restarted, given_up = recover(at=now(), all_running=settings().is_sqlite)
        if restarted or given_up:
            log.warning("%s interrupted jobs were started again, %s were given up", restarted, given_up)
    queue().create_consumer(workers=workers, periodic=True, check_worker_health=True).run()


def periodic_jobs() -> dict[str, tuple[int, str]]:
    """What the plugins want done regularly: name → (minutes, "module:function")."""
    found: dict[str, tuple[int, str]] = {}
    for _plugin, offered in plugins().each("periodic_jobs"):
        found.update(offered)
    return found


def _periodic(app: Flask, name: str, target: str) -> Callable[[], None]:
    def run() -> None:
        with app.app_context():
            try:
                with unit_of_work():
                    resolve(target)(at=now())
            except Exception:
                log.exception("periodic job %s failed", name)

    return run


def perform(job_id: int) -> None:
    """Run one job to its end. Whatever it raises ends up on its row, in words for the person who started it."""
    job = db.session.get(Job, job_id)
    if job is None or job.is_over:
        return
    name, arguments, actor_id = job.name, dict(job.arguments), job.created_by_id
    job.state, job.started_at, job.runs = JobState.RUNNING, now(), job.runs + 1
    db.session.commit()
    try:
        target = job_functions().get(name)
        if target is None:
            raise UnknownJob(_("这项后台任务不存在，可能是相应插件已停用。"), where=name)
        result = resolve(target)(JobHandle(job_id, actor_id=actor_id), **arguments)
        db.session.commit()
        _finish(job_id, state=JobState.DONE, result=result or {})
    except DomainError as error:
        db.session.rollback()
        _finish(job_id, state=JobState.FAILED, error=str(error))
    except Exception:
        db.session.rollback()
        log.exception("job %s (%s) failed", job_id, name)
        _finish(job_id, state=JobState.FAILED, error=_("程序内部出错，已记录日志；可以再试一次，仍不行请联系管理员。"))
    run_pending_inline()


def _finish(job_id: int, *, state: JobState, result: dict[str, Any] | None = None, error: str = "") -> None:
    job = db.session.get(Job, job_id)
    if job is not None:
        job.state, job.result, job.error, job.finished_at = state, result, error, now()
        db.session.commit()
    queue().storage.pop_data(_progress_key(job_id))


def recover(*, at: datetime, all_running: bool) -> tuple[int, int]:
    """Start jobs again whose process was killed; give up after MAX_RUNS. Returns (restarted, given up).

    all_running: True at the start of the only job process, when nothing can be running; else only rows whose
    heartbeat has been silent are taken.
    """
    silent_since = (at - HEARTBEAT_LOST).timestamp()
    restarted = given_up = 0
    for job in db.session.scalars(select(Job).where(Job.state == JobState.RUNNING)).all():
        if not all_running and max(progress_of(job).at, _epoch(job.started_at)) > silent_since:
            continue
        if job.runs >= MAX_RUNS:
            job.state, job.finished_at = JobState.FAILED, at
            job.error = _("任务多次被中断，已停止重试。请检查磁盘和内存后重新发起。")
            given_up += 1
        else:
            job.state = JobState.QUEUED
            restarted += 1
            db.session.info.setdefault("jobs_to_start", []).append(job.id)
    # A crash between the commit and the queue leaves rows that the queue never heard of.
    if all_running:
        for job_id in db.session.scalars(select(Job.id).where(Job.state == JobState.QUEUED)).all():
            if job_id not in db.session.info.get("jobs_to_start", []):
                db.session.info.setdefault("jobs_to_start", []).append(job_id)
    db.session.commit()
    return restarted, given_up


def _epoch(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0
