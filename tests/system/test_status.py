"""The status page names a plugin that is off and a job that failed, and costs the same however many there are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

from lms.kernel.jobs import Job, JobState
from lms.kernel.plugins import PluginInfo, plugins
from lms.people.models import Person
from tests.conftest import Cast, Counted


def test_a_plugin_that_is_off_is_named_with_its_reason(
    cast: Cast, sign_in: Callable[[Person], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = PluginInfo("xunwen", "xunwen.plugin", "xunwen", False, "ImportError: <script>坏了</script>")
    monkeypatch.setattr(plugins(), "found", [*plugins().found, broken])
    html = sign_in(cast.admin).get("/system/").get_data(as_text=True)
    assert "xunwen.plugin" in html
    assert "ImportError: &lt;script&gt;坏了" in html


@pytest.mark.parametrize("rows", [1, 3])
def test_jobs_are_listed_in_a_fixed_number_of_statements(
    session: scoped_session,
    cast: Cast,
    sign_in: Callable[[Person], FlaskClient],
    count_queries: Callable[[], AbstractContextManager[Counted]],
    rows: int,
) -> None:
    made: list[Any] = [Job(name=f"work-{n}", arguments={}, state=JobState.FAILED, error="磁盘已满") for n in range(rows)]
    session.add_all(made)
    session.commit()
    client = sign_in(cast.admin)
    with count_queries() as q:
        html = client.get("/system/").get_data(as_text=True)
    assert html.count("磁盘已满") == rows
    assert q.count == 4  # the person, the roles, the jobs, how many failed
