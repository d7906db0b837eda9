"""What changed between two versions, for the eye. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

CONTEXT = 2


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a text: "added", "removed", "same", or "gap" for lines left out."""

    kind: str
    text: str


def text_diff(before: str, after: str) -> list[DiffLine]:
    """Line by line, with two lines around each change."""
    old, new = before.splitlines(), after.splitlines()
    lines: list[DiffLine] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT):
        if lines:
            lines.append(DiffLine("gap", ""))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [DiffLine("same", line) for line in old[i1:i2]]
                continue
            lines += [DiffLine("removed", line) for line in old[i1:i2]]
            lines += [DiffLine("added", line) for line in new[j1:j2]]
    return lines


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after; "" where it was not there."""

    label: str
    before: str
    after: str


def mapping_diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
    """What was added, changed and taken away, in the order of the later one."""
    labels = list(dict.fromkeys([*after, *before]))
    return [
        FieldChange(label, str(before.get(label, "")), str(after.get(label, "")))
        for label in labels
        if before.get(label) != after.get(label)
    ]
