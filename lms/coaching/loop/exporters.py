"""Remedial cases as rows of a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _

from lms.coaching.loop.labels import HELPS, STATES, verdict_sentence
from lms.coaching.loop.models import RemedialCase
from lms.kernel.clock import to_local


def case_headers() -> list[str]:
    """The columns of :func:`case_rows`."""
    return [
        _("客服"),
        _("评分项"),
        _("第几次"),
        _("状态"),
        _("帮助方式"),
        _("课时"),
        _("开始"),
        _("截止"),
        _("学完"),
        _("结论"),
    ]


def case_rows(cases: Iterable[RemedialCase]) -> Iterator[list[Any]]:
    """A row a case."""
    for case in cases:
        yield [
            case.agent.name,
            case.criterion.name,
            case.number,
            str(STATES[case.state][0]),
            str(HELPS[case.help]),
            case.lesson.title if case.lesson else "",
            _day(case.opened_at),
            _day(case.due_at),
            _day(case.trained_at),
            verdict_sentence(case),
        ]


def _day(moment: Any) -> str:
    return to_local(moment).strftime("%Y-%m-%d") if moment is not None else ""
