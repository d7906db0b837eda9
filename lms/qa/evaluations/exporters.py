"""Results as rows of a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.qa.evaluations.labels import STATES
from lms.qa.evaluations.models import Evaluation, EvaluationStanding

HEADERS = (
    _l("质检单"),
    _l("店铺"),
    _l("客服"),
    _l("会话时间"),
    _l("评分时间"),
    _l("评分表"),
    _l("评分人"),
    _l("得分"),
    _l("原始分"),
    _l("致命错误"),
    _l("问题数"),
    _l("问题项"),
    _l("点赞数"),
    _l("状态"),
    _l("总评"),
)


def rows_of(results: Iterable[tuple[Evaluation, EvaluationStanding, str]]) -> Iterator[list[Any]]:
    """One row a result, in the order of :data:`HEADERS`. ``得分`` counts rulings in, ``原始分`` is as submitted."""
    for evaluation, standing, faults in results:
        yield [
            evaluation.id,
            evaluation.shop.name,
            evaluation.agent.name,
            evaluation.served_at,
            evaluation.submitted_at,
            evaluation.version.title,
            evaluation.evaluator.name if evaluation.evaluator else _("外部导入"),
            standing.score,
            evaluation.score,
            standing.critical_failed,
            standing.faults,
            faults,
            len(evaluation.praise),
            str(STATES[standing.state]),
            evaluation.comment,
        ]
