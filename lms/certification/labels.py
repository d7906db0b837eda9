"""What states, events and levels are called on screen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.certification.enums import CertificateState, EventKind, Level, RequirementKind, Signer, Verdict
from lms.certification.models import Certificate
from lms.certification.queries import EXPIRING
from lms.kernel.clock import to_local

STATE_LABELS = {
    CertificateState.VALID: _l("有效"),
    CertificateState.EXPIRED: _l("已过期"),
    CertificateState.REVOKED: _l("已吊销"),
}
STATE_COLOURS = {
    CertificateState.VALID: "success",
    CertificateState.EXPIRED: "secondary",
    CertificateState.REVOKED: "danger",
}
EVENT_LABELS = {
    EventKind.ISSUED: _l("发证"),
    EventKind.REMINDED_30: _l("提醒：还有 30 天"),
    EventKind.REMINDED_7: _l("提醒：还有 7 天"),
    EventKind.REMINDED_1: _l("提醒：还有 1 天"),
    EventKind.LAPSED: _l("到期失效"),
    EventKind.REVOKED: _l("吊销"),
    EventKind.RENEWED: _l("已续期"),
    EventKind.LATE_RENEWAL: _l("过期后续期"),
}
LEVEL_LABELS = {Level.NEW: _l("新人"), Level.SENIOR: _l("老员工")}
SIGNER_LABELS = {Signer.LEAD: _l("组长"), Signer.SUPERVISOR: _l("主管")}
VERDICT_LABELS = {Verdict.PASSED: _l("同意"), Verdict.REFUSED: _l("暂不同意")}
KIND_LABELS = {
    RequirementKind.CERTIFICATE: _l("证书"),
    RequirementKind.ACTIVITY: _l("学习活动"),
    RequirementKind.SIGN_OFF: _l("签字"),
}


def state_shown(certificate: Certificate, at: datetime) -> tuple[str, str]:
    """The word and the colour for a certificate: its state, and whether it needs somebody's attention."""
    state = certificate.state(at)
    if state is CertificateState.VALID and certificate.renewed_by is not None:
        return _("有效（已续期）"), "success"
    if state is CertificateState.VALID and certificate.expires_at and certificate.expires_at <= at + EXPIRING:
        return _("%(n)s 天后到期", n=days_left(certificate, at)) if days_left(certificate, at) else _(
            "今天到期"
        ), "warning"
    return str(STATE_LABELS[state]), STATE_COLOURS[state]


def days_left(certificate: Certificate, at: datetime) -> int:
    """Calendar days of Shanghai from today to the last day; 0 on the last day itself."""
    last = last_day(certificate)
    return 0 if last is None else max(0, (to_local(last).date() - to_local(at).date()).days)


def last_day(certificate: Certificate) -> datetime | None:
    """A moment of the last day on which it counts; None without an end."""
    return None if certificate.expires_at is None else certificate.expires_at - timedelta(seconds=1)


def missing_words(texts: list[str]) -> str:
    """What somebody misses, in a line."""
    return "、".join(texts)


TEMPLATE_HELPERS: dict[str, Any] = {
    "certificate_state": state_shown,
    "event_labels": EVENT_LABELS,
    "kind_labels": KIND_LABELS,
    "last_day": last_day,
    "level_labels": LEVEL_LABELS,
    "signer_labels": SIGNER_LABELS,
    "verdict_labels": VERDICT_LABELS,
}
"""What the templates of this package are rendered with."""
