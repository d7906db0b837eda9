"""Announces the items and quizzes that ship to the host."""

from __future__ import annotations

import logging
from datetime import datetime

from lms.kernel.hookspecs import hookimpl
from quizzes.starter import models as models

log = logging.getLogger(__name__)


@hookimpl
def setup_home(at: datetime) -> str | None:
    """A fresh home has items and quizzes to its lessons; a newer release renews those that nobody has touched."""
    from quizzes.starter.services import load_starter  # web workers never load it

    report = load_starter(at=at)
    if not report.changed:
        return None
    for note in report.notes:
        log.info("%s", note)
    added = f"入门试题：新增 {report.items_added}，更新 {report.items_renewed}，停用 {report.items_retired}"
    quizzes = f"测验：新增 {report.quizzes['added']}，更新 {report.quizzes['renewed']}"
    return "；".join([added, quizzes, *report.notes])
