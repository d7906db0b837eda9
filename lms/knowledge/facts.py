"""A product's facts as text: one a line, ``label：value``. Pure."""

from __future__ import annotations

from dataclasses import dataclass

LABEL_MAX = 40
VALUE_MAX = 500
FACTS_MAX = 60


@dataclass(frozen=True)
class FactsRead:
    """Facts as read, and what is wrong with the lines that gave none: (line from 1, the line)."""

    facts: dict[str, str]
    problems: tuple[tuple[int, str], ...]


def read_facts(text: str) -> FactsRead:
    """Facts from a text field. The first colon, full or half width, parts label and value; a later label wins."""
    facts: dict[str, str] = {}
    problems: list[tuple[int, str]] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line:
            continue
        label, colon, value = line.replace("：", ":", 1).partition(":")
        label, value = label.strip(), value.strip()
        if not colon or not label or not value or len(label) > LABEL_MAX or len(value) > VALUE_MAX:
            problems.append((number, line[:60]))
        else:
            facts[label] = value
    return FactsRead(facts, tuple(problems))


def show_facts(facts: dict[str, str]) -> str:
    """The text that :func:`read_facts` reads back to the same facts."""
    return "\n".join(f"{label}：{value}" for label, value in facts.items())
