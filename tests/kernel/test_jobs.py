"""Jobs start after the commit, survive a killed process, and tell people what went wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import scoped_session

from lms.kernel import jobs
from lms.kernel.clock import now
from lms.kernel.db import unit_of_work
from lms.kernel.errors import DomainError
from lms.kernel.jobs import (
    JobHandle,
    JobState,
    UnknownJob,
    enqueue,
    perform,
    progress_of,
    recover,
    run_pending_inline,
)

ran: list[int] = []


def well(job: JobHandle, *, number: int) -> dict[str, Any]:
    ran.append(number)
    job.progress(number, number * 2, "过半")
    return {"number": number}


def badly(job: JobHandle) -> dict[str, Any]:
    raise DomainError("第 3 行缺少会话ID。", where="a.csv", hint="请补上再导入。")


def wrong(job: JobHandle) -> dict[str, Any]:
    return {"never": 1 // 0}


@pytest.fixture(autouse=True)
def _offered(monkeypatch: pytest.MonkeyPatch) -> None:
    ran.clear()
    here = {name: f"{__name__}:{name}" for name in ("well", "badly", "wrong")}
    monkeypatch.setattr(jobs, "job_functions", lambda: here)


def test_a_job_runs_after_the_commit_and_keeps_its_result(session: scoped_session) -> None:
    with unit_of_work():
        job = enqueue("well", actor_id=7, number=3)
        assert ran == []
    run_pending_inline()
    assert (ran, job.state, job.result, job.created_by_id, job.runs) == ([3], JobState.DONE, {"number": 3}, 7, 1)


def test_a_job_of_a_rolled_back_request_never_runs(session: scoped_session) -> None:
    with pytest.raises(RuntimeError), unit_of_work():
        enqueue("well", actor_id=None, number=1)
        raise RuntimeError
    with unit_of_work():
        pass
    run_pending_inline()
    assert ran == []


def test_savepoints_neither_start_nor_lose_a_job(session: scoped_session) -> None:
    job = enqueue("well", actor_id=None, number=7)
    with session.begin_nested():
        session.flush()
    assert "jobs_inline" not in session.info  # a released savepoint has committed nothing
    with pytest.raises(RuntimeError), session.begin_nested():
        raise RuntimeError
    session.commit()
    run_pending_inline()
    assert (ran, job.state) == ([7], JobState.DONE)


@pytest.mark.parametrize(
    ("name", "shown"), [("badly", "a.csv： 第 3 行缺少会话ID。 请补上再导入。"), ("wrong", "程序内部出错")]
)
def test_what_a_job_raises_is_told_in_words(session: scoped_session, name: str, shown: str) -> None:
    with unit_of_work():
        job = enqueue(name, actor_id=None)
    run_pending_inline()
    assert job.state is JobState.FAILED
    assert shown in job.error
    assert "Traceback" not in job.error


def test_progress_is_seen_while_the_job_runs(session: scoped_session, monkeypatch: pytest.MonkeyPatch) -> None:
    with unit_of_work():
        job = enqueue("well", actor_id=None, number=3)
    JobHandle(job.id, actor_id=None).progress(30, 60, "读取中")
    seen = progress_of(job)
    assert (seen.done, seen.total, seen.note, seen.percent) == (30, 60, "读取中", 50)
    run_pending_inline()
    assert progress_of(job).percent == 0  # the row says done; nothing is left behind


def test_a_killed_job_starts_again_and_is_given_up_in_the_end(session: scoped_session) -> None:
    with unit_of_work():
        job = enqueue("well", actor_id=None, number=5)
    for runs in (1, 2):
        session.info.pop("jobs_inline", None)
        job.state, job.runs, job.started_at = JobState.RUNNING, runs, now() - timedelta(hours=1)
        session.commit()
        assert recover(at=now(), all_running=True) == (1, 0)
    job.state, job.runs = JobState.RUNNING, jobs.MAX_RUNS
    session.commit()
    assert recover(at=now(), all_running=True) == (0, 1)
    assert job.state is JobState.FAILED


def test_a_job_that_still_reports_is_left_alone(session: scoped_session) -> None:
    with unit_of_work():
        job = enqueue("well", actor_id=None, number=5)
    session.info.pop("jobs_inline", None)
    job.state, job.started_at = JobState.RUNNING, now() - timedelta(hours=1)
    session.commit()
    JobHandle(job.id, actor_id=None).progress(1, 2)
    assert recover(at=now(), all_running=False) == (0, 0)
    assert recover(at=now() + timedelta(minutes=5), all_running=False) == (1, 0)


def test_a_finished_job_is_not_run_twice(session: scoped_session) -> None:
    with unit_of_work():
        job = enqueue("well", actor_id=None, number=5)
    run_pending_inline()
    perform(job.id)
    assert ran == [5]


def test_unknown_jobs_are_refused(app: Flask) -> None:
    with pytest.raises(UnknownJob):
        enqueue("nobody offers this", actor_id=None)
