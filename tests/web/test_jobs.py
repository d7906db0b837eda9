"""Progress of background jobs: who sees it, what it says, where it leads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from lms.kernel import jobs
from lms.kernel.jobs import Job, JobHandle, JobState
from lms.people.models import Person
from lms.web.views import local_url
from tests.conftest import Cast

SignIn = Callable[[Person], FlaskClient]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def job(session: scoped_session, cast: Cast) -> Job:
    made = Job(name="trial", state=JobState.RUNNING, created_by_id=cast.trainer.id)
    session.add(made)
    session.commit()
    return made


def ask(client: FlaskClient, job: Job, next: str = "/help/") -> Any:
    return client.get(f"/jobs/{job.id}", query_string={"next": next}, headers=HTMX)


def test_a_running_job_shows_how_far_it_is_and_asks_again(job: Job, cast: Cast, sign_in: SignIn) -> None:
    JobHandle(job.id, actor_id=None).progress(1200, 8000, "正在读第 2 个文件 <b>")
    text = ask(sign_in(cast.trainer), job).get_data(as_text=True)
    assert "1,200 / 8,000 · 15%" in text
    assert 'value="15"' in text
    assert "正在读第 2 个文件 &lt;b&gt;" in text
    assert f'hx-get="/jobs/{job.id}?next=/help/" hx-trigger="every 1s" hx-swap="outerHTML"' in text
    assert "<html" not in text


def test_a_finished_job_leads_on(job: Job, session: scoped_session, cast: Cast, sign_in: SignIn) -> None:
    job.state = JobState.DONE
    session.commit()
    client = sign_in(cast.trainer)
    answer = ask(client, job)
    assert answer.headers["HX-Redirect"] == "/help/"
    assert "hx-trigger" not in answer.get_data(as_text=True)
    assert ask(client, job, "https://evil.example/").headers["HX-Redirect"] == "/"


def test_a_failed_job_says_why_and_what_to_do(job: Job, session: scoped_session, cast: Cast, sign_in: SignIn) -> None:
    job.state, job.error = JobState.FAILED, "第 3 行：不是日期"
    session.commit()
    answer = ask(sign_in(cast.trainer), job)
    text = answer.get_data(as_text=True)
    assert "第 3 行：不是日期" in text
    assert f"任务编号 {job.id}" in text
    assert "HX-Redirect" not in answer.headers
    assert "hx-trigger" not in text


def test_others_don_t_know_of_it(job: Job, cast: Cast, sign_in: SignIn) -> None:
    for person in (cast.agent, cast.supervisor, cast.other_trainer):
        assert ask(sign_in(person), job).status_code == 404
    assert ask(sign_in(cast.admin), job).status_code == 200


def test_it_is_a_page_without_htmx(job: Job, cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.trainer).get(f"/jobs/{job.id}").get_data(as_text=True)
    assert "<h1" in page
    assert f'id="job-{job.id}"' in page


def test_the_macro_shows_the_same_on_any_page(app: Flask, job: Job) -> None:
    source = '{% from "lms/web/components.html" import job_progress %}{{ job_progress(job, "/help/") }}'
    with app.test_request_context():
        assert f'hx-get="/jobs/{job.id}?next=/help/"' in render_template_string(source, job=job)


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "",
        "x",
        "/\t/evil.example",
        "/\n/evil",
    ],
)
def test_nobody_is_sent_away(app: Flask, target: str) -> None:
    with app.test_request_context():
        assert local_url(target) == "/"
        assert local_url("/people?page=2#x") == "/people?page=2#x"


def test_progress_never_reads_full_before_the_end() -> None:
    assert jobs.Progress(8000, 8000).percent == 99
