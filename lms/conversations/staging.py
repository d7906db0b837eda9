"""Prepared conversations between reading and storing: in memory while few, else in a temporary file without a name.

A file is read and masked to its end before the first row of it is stored, so the database is locked only for the
storing itself, and a file that turns out to be broken leaves nothing behind.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from typing import IO

from lms.conversations.preparing import Prepared

MESSAGES_IN_MEMORY = 20_000


class Staged:
    """A pile of prepared conversations, read once or more in the order they came."""

    def __init__(self, limit: int = MESSAGES_IN_MEMORY) -> None:
        self._limit = limit
        self._held: list[Prepared] = []
        self._held_messages = 0
        self._file: IO[bytes] | None = None
        self.conversations = 0
        self.messages = 0

    def add(self, prepared: Prepared) -> None:
        self._held.append(prepared)
        self._held_messages += len(prepared.messages)
        self.conversations += 1
        self.messages += len(prepared.messages)
        if self._held_messages > self._limit:
            self._spill()

    def _spill(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        for prepared in self._held:
            self._file.write(json.dumps(prepared.to_json(), ensure_ascii=False).encode("utf-8", "surrogatepass"))
            self._file.write(b"\n")
        self._held, self._held_messages = [], 0

    def __iter__(self) -> Iterator[Prepared]:
        if self._file is not None:
            self._file.seek(0)
            for line in self._file:
                yield Prepared.from_json(json.loads(line.decode("utf-8", "surrogatepass")))
            self._file.seek(0, 2)
        yield from self._held

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file, self._held = None, []
