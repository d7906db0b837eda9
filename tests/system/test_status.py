"""The status page names a plugin that is off and a job that failed, and costs the same however many there are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import scoped_session

from lms.kernel.clock import now
from lms.kernel.jobs import Job, JobState
from lms.kernel.plugins import PluginInfo, hooks, plugins
from lms.people.models import Person
from lms.people.services import deactivate
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
    made: list[Any] = [
        Job(name=f"work-{n}", arguments={}, state=JobState.FAILED, error="磁盘<b>满</b> 99%") for n in range(rows)
    ]
    session.add_all(made)
    session.commit()
    client = sign_in(cast.admin)
    with count_queries() as q:
        html = client.get("/system/").get_data(as_text=True)
    assert html.count("磁盘&lt;b&gt;满&lt;/b&gt; 99%") == rows
    assert q.count == 4  # the person with roles, the jobs, the events, how many failed


def test_hooks_that_tell_are_written_down(
    session: scoped_session, cast: Cast, sign_in: Callable[[Person], FlaskClient]
) -> None:
    hooks().chats_imported(chat_import=SimpleNamespace(id=3, created_by_id=cast.trainer.id, ok=120, shop_id=None))
    hooks().questions_mined(run=SimpleNamespace(created_by_id=cast.trainer.id, questions=40, groups=9))
    hooks().attempt_submitted(attempt=SimpleNamespace(id=5, person_id=cast.agent.id))
    for tell in (hooks().certificate_issued, hooks().certificate_ended):
        tell(certificate=SimpleNamespace(person_id=cast.agent.id, number="SG-2026-000001-7"))
    deactivate(actor=cast.admin, person=cast.agent2, at=now())
    session.commit()
    html = sign_in(cast.admin).get("/system/").get_data(as_text=True)
    for line in (
        "新增 120 条消息",
        "40 个问题，9 个问题簇",
        "交卷（答卷 5）",
        "停用账号 agent2",
        "获得证书 SG-2026-000001-7",
        "7 到期或被吊销",
    ):
        assert line in html
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text("DELETE FROM system_event"))
