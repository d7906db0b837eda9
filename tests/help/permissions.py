"""Who may call the routes of the help: everybody who is signed in."""

from __future__ import annotations

from typing import Any

ROLES = ("agent", "lead", "supervisor", "trainer", "evaluator", "admin")
EXPECTED = {
    "help.index": {"anonymous": 302, **dict.fromkeys(ROLES, 200)},
    "help.page": {"anonymous": 302, **dict.fromkeys(ROLES, 200), "other": 200},
}


def build(cast: Any, session: Any) -> dict[str, dict[str, Any]]:
    return {"help.page": {"args": {"slug": "start"}}}
