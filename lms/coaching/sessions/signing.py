"""What a signature holds: the digest of everything that was agreed on. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Agreed:
    """What two people sign: who they are, the notes as (title, text), the plan as (text, due day), the evidence."""

    session_id: int
    coach_id: int
    agent_id: int
    title: str
    notes: tuple[tuple[str, str], ...]
    plan: tuple[tuple[str, date | None], ...]
    evidence: tuple[int, ...] = ()


def digest(agreed: Agreed) -> str:
    """SHA-256 in hex. Whether a plan item was done meanwhile is no part of it; the order of the evidence neither."""
    content = {
        "session": agreed.session_id,
        "coach": agreed.coach_id,
        "agent": agreed.agent_id,
        "title": agreed.title,
        "notes": [list(note) for note in agreed.notes],
        "plan": [[text, due.isoformat() if due else None] for text, due in agreed.plan],
        "evidence": sorted(agreed.evidence),
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_intact(now: str, signed: Iterable[str]) -> bool:
    """Whether every signature holds what stands there now."""
    return all(each == now for each in signed)
