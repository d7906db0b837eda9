"""What people are told about results."""

from __future__ import annotations

from flask_babel import gettext as _

from lms.inbox.services import notify
from lms.kernel.clock import to_local
from lms.qa.enums import Origin
from lms.qa.evaluations.models import Evaluation
from lms.qa.evaluations.services import standing_of


def tell_of_result(evaluation: Evaluation) -> None:
    """Tell the agent of faults that want an answer, and of praise. Imported results are told of once a day."""
    standing = standing_of(evaluation.id)
    url, title, body = f"/qa/evaluations/{evaluation.id}", "", ""
    key = f"qa-result-{evaluation.id}"
    if evaluation.origin is Origin.IMPORTED:
        title = _("有新的质检结果")
        url = "/qa/mine"
        key = f"qa-imported-{to_local(evaluation.submitted_at).date()}"
    elif standing.faults:
        title = _("新的质检结果：%(n)s 处要改进", n=standing.faults)
        body = _("请在 %(time)s 前确认或申诉。", time=to_local(standing.answer_until).strftime("%m-%d %H:%M"))
        if evaluation.praise:
            body = _("也有做得好的地方。") + body
    elif evaluation.praise:
        title = _("您的服务获得点赞")
        body = str(evaluation.praise[0].get("note") or evaluation.praise[0].get("quote") or "")
    if title:
        notify(
            people=[evaluation.agent_id],
            kind="qa",
            key=key,
            title=title,
            body=body,
            url=url,
            at=evaluation.submitted_at,
        )
