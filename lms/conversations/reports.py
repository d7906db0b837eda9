"""What came of a file: counts, problems by line, and the choices that were made for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

MOST_ERRORS = 1000


@dataclass
class FileReport:
    """One file of an import, or one member of a ZIP.

    ok, duplicate: messages stored, and messages that were there already; bad: lines that could not be read as a
    message; dropped: lines of the system, left out on purpose. ``error`` is set when the whole file could not be read.
    """

    name: str
    size: int = 0
    format: str = ""
    encoding: str = ""
    conversations: int = 0
    messages: int = 0
    ok: int = 0
    duplicate: int = 0
    bad: int = 0
    dropped: int = 0
    masked: dict[str, int] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""
    hint: str = ""
    note: str = ""
    others: list[str] = field(default_factory=list)
    needs: dict[str, Any] | None = None

    def complain(self, line: int, reason: str) -> None:
        """Note a bad line; beyond MOST_ERRORS they are only counted."""
        self.bad += 1
        if len(self.errors) < MOST_ERRORS:
            self.errors.append({"file": self.name, "line": line, "reason": reason})

    def to_json(self) -> dict[str, Any]:
        """What is kept on the import; the errors stand there once for all files."""
        data = asdict(self)
        data.pop("errors")
        return data


@dataclass
class ImportReport:
    """The totals over all files."""

    files: list[FileReport] = field(default_factory=list)

    def total(self, name: str) -> int:
        return sum(getattr(report, name) for report in self.files)

    @property
    def masked(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for report in self.files:
            for kind, n in report.masked.items():
                counts[kind] = counts.get(kind, 0) + n
        return dict(sorted(counts.items(), key=lambda pair: -pair[1]))

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The first problems of all files; a file that could not be read at all counts as one, at line 0."""
        found: list[dict[str, Any]] = []
        for report in self.files:
            if report.error:
                found.append({"file": report.name, "line": 0, "reason": f"{report.error}{report.hint}"})
            found += report.errors
        return found[:MOST_ERRORS]

    @property
    def error_count(self) -> int:
        return self.total("bad") + sum(bool(report.error) for report in self.files)

    @property
    def failed(self) -> bool:
        """Whether a file could not be read at all."""
        return any(report.error for report in self.files)

    def to_json(self) -> dict[str, Any]:
        """The object that ``lms chats import --json`` prints."""
        names = ("ok", "duplicate", "bad", "dropped", "conversations", "messages")
        return {
            **{name: self.total(name) for name in names},
            "masked": self.masked,
            "errors": self.errors,
            "error_count": self.error_count,
            "files": [report.to_json() for report in self.files],
        }
