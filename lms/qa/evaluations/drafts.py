"""A scoring that is not submitted yet: read from the form, kept on the queue entry, turned into answers. Pure.

Messages are named by their number in the chat (from 1), as the page shows them: so the form works with and without
its script, and a draft says nothing about other chats.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from lms.qa.enums import RootCause
from lms.qa.evaluations.services import LineAnswer, Praise, Quote
from lms.qa.scorecards.definition import Definition

NOT_APPLICABLE = "na"
MOST_SECONDS = 4 * 3600
_NUMBERS = re.compile(r"\d{1,6}")


@dataclass(frozen=True)
class LineDraft:
    """One criterion as far as it was filled in; ``value`` is "", "na" or a digit string."""

    value: str = ""
    cause: str = ""
    cause_note: str = ""
    comment: str = ""
    quotes: tuple[int, ...] = ()


@dataclass(frozen=True)
class ScoringDraft:
    """A whole scoring. ``rev`` counts how often it was saved, ``version_id`` is the scorecard version on the
    page, ``owner_id`` whose draft it is."""

    lines: dict[int, LineDraft] = field(default_factory=dict)
    comment: str = ""
    praise: tuple[int, ...] = ()
    praise_note: str = ""
    seconds: int = 0
    rev: int = 0
    version_id: int | None = None
    owner_id: int | None = None

    def line(self, criterion_id: int) -> LineDraft:
        """What was filled in for a criterion."""
        return self.lines.get(criterion_id, LineDraft())

    def to_json(self) -> dict[str, Any]:
        """As a queue entry keeps it."""
        kept = asdict(self)
        kept["lines"] = {str(ident): asdict(line) for ident, line in self.lines.items()}
        return kept

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> ScoringDraft:
        """Read back what :meth:`to_json` wrote."""
        if not data:
            return cls()
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        known["lines"] = {
            int(ident): LineDraft(**{**line, "quotes": tuple(line.get("quotes", ()))})
            for ident, line in data.get("lines", {}).items()
        }
        known["praise"] = tuple(data.get("praise", ()))
        return cls(**known)


def numbers_in(text: str) -> tuple[int, ...]:
    """Message numbers as somebody typed them: "3, 7、7" → (3, 7)."""
    return tuple(dict.fromkeys(int(found) for found in _NUMBERS.findall(text)))


def read_form(form: Mapping[str, str], definition: Definition) -> ScoringDraft:
    """The form of the scoring page; what makes no sense reads as not filled in."""

    def text(name: str, most: int) -> str:
        return form.get(name, "").strip()[:most]

    def number(name: str) -> int:
        value = form.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0

    lines = {}
    for ident in definition.by_id():
        value = form.get(f"v-{ident}", "")
        cause = form.get(f"cause-{ident}", "")
        lines[ident] = LineDraft(
            value=value if value == NOT_APPLICABLE or (value.isascii() and value.isdigit()) else "",
            cause=cause if cause in list(RootCause) else "",
            cause_note=text(f"note-{ident}", 200),
            comment=text(f"comment-{ident}", 500),
            quotes=numbers_in(form.get(f"quotes-{ident}", "")),
        )
    return ScoringDraft(
        lines=lines,
        comment=text("comment", 1000),
        praise=numbers_in(form.get("praise", "")),
        praise_note=text("praise_note", 300),
        seconds=min(number("seconds"), MOST_SECONDS),
        rev=number("rev"),
        version_id=number("version") or None,
    )


def unknown_numbers(draft: ScoringDraft, count: int) -> list[int]:
    """Message numbers that a chat of ``count`` messages does not have."""
    named: Iterable[int] = [*draft.praise, *(n for line in draft.lines.values() for n in line.quotes)]
    return sorted({n for n in named if not 1 <= n <= count})


def answers_of(draft: ScoringDraft, definition: Definition, message_ids: Sequence[int]) -> list[LineAnswer]:
    """The answers to submit; criteria that were left open are left out. ``message_ids`` are the chat's, in order."""
    answers = []
    for ident, spec in definition.by_id().items():
        line = draft.line(ident)
        if not line.value:
            continue
        value = None if line.value == NOT_APPLICABLE else int(line.value)
        fault = spec.is_fault(value)
        answers.append(
            LineAnswer(
                criterion_id=ident,
                value=value,
                root_cause=RootCause(line.cause) if fault and line.cause else None,
                cause_note=line.cause_note if fault else "",
                comment=line.comment,
                quotes=tuple(Quote(message_ids[n - 1]) for n in line.quotes) if fault else (),
            )
        )
    return answers


def praise_of(draft: ScoringDraft, message_ids: Sequence[int]) -> list[Praise]:
    """The messages that are praised; a note without a message praises the whole chat."""
    if not draft.praise:
        return [Praise(None, draft.praise_note)] if draft.praise_note else []
    return [Praise(message_ids[n - 1], draft.praise_note) for n in draft.praise]
