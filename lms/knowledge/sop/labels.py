"""Words on screen for entries."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from lms.knowledge.sop.enums import Resolution, SopKind

KINDS: dict[SopKind, Any] = {SopKind.SOP: _l("SOP"), SopKind.SCRIPT: _l("话术")}
KIND_COLOURS = {SopKind.SOP: "blue", SopKind.SCRIPT: "purple"}
RESOLUTIONS: dict[Resolution, Any] = {Resolution.CHANGED: _l("已改正"), Resolution.KEPT: _l("核对无误")}
STATES: dict[str, Any] = {
    "": _l("全部"),
    "overdue": _l("过期未复核"),
    "flagged": _l("被标记有误"),
    "mine": _l("我负责的"),
    "archived": _l("已归档"),
}
EDITORS_STATES = frozenset({"archived"})
