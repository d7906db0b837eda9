"""Brings the rows of one session together, however they are strewn over a file, in bounded memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from lms.conversations.formats.shape import MOST_MESSAGES

ROWS_IN_MEMORY = 40_000

Row = tuple[str | int | None, ...]


def group_rows(rows: Iterable[tuple[str, Row]], *, limit: int = ROWS_IN_MEMORY) -> Iterator[tuple[str, list[Row]]]:
    """(key, its rows in the order of the file), sessions in the order of their first row.

    Up to ``limit`` rows stay in memory; beyond that all of them go to a private temporary database that has no name on
    disk and is gone with the process. A session of more than MOST_MESSAGES rows comes in parts: key, key#2, key#3…
    """
    held: dict[str, list[Row]] = {}
    stream = iter(rows)
    for count, (key, row) in enumerate(stream, start=1):
        held.setdefault(key, []).append(row)
        if count >= limit:
            break
    else:
        for key, group in held.items():
            yield from _parts(key, group)
        return
    yield from _through_disk(held, stream)


def _through_disk(held: dict[str, list[Row]], stream: Iterator[tuple[str, Row]]) -> Iterator[tuple[str, list[Row]]]:
    # An empty name is SQLite's private temporary database: kept in memory while small, unlinked on disk when it grows.
    spill = sqlite3.connect("", isolation_level=None)
    try:
        spill.execute("PRAGMA cache_size = -16000")
        spill.execute("PRAGMA journal_mode = OFF")
        width = len(next(iter(held.values()))[0])
        columns = ", ".join(f"c{i}" for i in range(width))
        marks = ", ".join("?" * width)
        spill.execute("CREATE TABLE session (key TEXT PRIMARY KEY, id INTEGER) WITHOUT ROWID")
        spill.execute(
            f"CREATE TABLE line (session INTEGER, n INTEGER, {columns}, PRIMARY KEY (session, n)) WITHOUT ROWID"
        )
        insert = f"INSERT INTO line VALUES ((SELECT id FROM session WHERE key = ?), ?, {marks})"  # noqa: S608

        def feed() -> Iterator[tuple[str, Row]]:
            for key in list(held):
                for row in held.pop(key):
                    yield key, row
            yield from stream

        spill.execute("BEGIN")
        for n, (key, row) in enumerate(feed()):
            spill.execute("INSERT OR IGNORE INTO session VALUES (?, ?)", (key, n))
            spill.execute(insert, (key, n, *row))
        spill.execute("COMMIT")
        names = spill.execute("SELECT id, key FROM session ORDER BY id")
        for ident, key in names:
            lines = spill.execute(f"SELECT {columns} FROM line WHERE session = ? ORDER BY n", (ident,))  # noqa: S608
            part = 0
            while group := lines.fetchmany(MOST_MESSAGES):
                part += 1
                yield (key if part == 1 else f"{key}#{part}"), group
    finally:
        spill.close()


def _parts(key: str, group: list[Row]) -> Iterator[tuple[str, list[Row]]]:
    for part, at in enumerate(range(0, len(group), MOST_MESSAGES), start=1):
        yield (key if part == 1 else f"{key}#{part}"), group[at : at + MOST_MESSAGES]
