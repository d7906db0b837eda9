"""Who may call the shell's own routes. A job is shown to who started it, and to admins."""

from __future__ import annotations

from typing import Any

from lms.kernel.jobs import Job, JobState

ROLES = ("agent", "lead", "supervisor", "trainer", "evaluator", "admin")
EXPECTED = {
    "web.dashboard": {"anonymous": 302, **dict.fromkeys(ROLES, 200)},
    "web.later_cards": {"anonymous": 302, **dict.fromkeys(ROLES, 200)},
    "web.sprite": {"anonymous": 200, **dict.fromkeys(ROLES, 200)},
    "web.language": {"anonymous": 303, **dict.fromkeys(ROLES, 303)},
    "web.job": {"anonymous": 302, **dict.fromkeys(ROLES, 404), "trainer": 200, "admin": 200},
}


def build(cast: Any, session: Any) -> dict[str, dict[str, Any]]:
    job = Job(name="web.test", state=JobState.RUNNING, created_by_id=cast.trainer.id)
    session.add(job)
    session.flush()
    return {"web.job": {"args": {"job_id": job.id}}}
