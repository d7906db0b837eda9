"""What sources and signals are called on screen."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from lms.qa.enums import EntrySource
from lms.qa.sampling import signals

SOURCES: dict[EntrySource, Any] = {
    EntrySource.RANDOM: _l("随机"),
    EntrySource.RISK: _l("风险"),
    EntrySource.NEW_HIRE: _l("新人加抽"),
}
SIGNALS: dict[str, Any] = {
    signals.WAIT: _l("等待超过 3 分钟"),
    signals.FORBIDDEN: _l("客服说了禁用词或忌语"),
    signals.REFUND: _l("客户要退款退货"),
    signals.TRANSFER: _l("转接过"),
    signals.ANGER: _l("客户生气或要投诉"),
}
