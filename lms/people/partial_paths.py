"""Teams of a sheet that are named without the beginning of their path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flask_babel import gettext as _

from lms.people.sheets import PersonRow, RowError, TeamPath


def tails_of(there: Iterable[str]) -> dict[TeamPath, list[TeamPath]]:
    """{the end of a path: the teams it may mean}, of paths below the root."""
    found: dict[TeamPath, list[TeamPath]] = {}
    for shown in there:
        path = tuple(shown.split("/"))
        for start in range(1, len(path)):
            found.setdefault(path[start:], []).append(path)
    return found


def with_whole_paths(row: PersonRow, there: set[str], tails: dict[TeamPath, list[TeamPath]]) -> PersonRow | RowError:
    """The row with its teams from the root down, where it leaves out the beginning of one that there is.

    People write "一组" or "售前部/一组" for "公司/售前部/一组": that is no new team. One that fits several is an error.
    """
    whole: dict[TeamPath, TeamPath] = {}
    for path in paths_named(row):
        meant = [] if "/".join(path) in there else tails.get(path, [])
        if len(meant) > 1:
            which = "、".join(sorted("/".join(each) for each in meant)[:5])
            reason = _("有几个团队叫“%(path)s”，请从最上级写起：%(which)s。", path="/".join(path), which=which)
            return RowError(row.line, _("团队"), reason)
        whole[path] = meant[0] if meant else path
    if all(path == meant for path, meant in whole.items()):
        return row
    roles = row.roles and tuple(replace(wish, team=whole.get(wish.team or ())) for wish in row.roles)
    return replace(row, team=whole[row.team] if row.team else row.team, roles=roles)


def paths_named(row: PersonRow) -> Iterable[TeamPath]:
    """The teams of a row: the person's own, and those that roles hold in."""
    if row.team:
        yield row.team
    for wish in row.roles or ():
        if wish.team:
            yield wish.team
