"""The further columns of the spreadsheet of people, which plugins bring: 岗位, 培训计划 and what else there may be."""

from __future__ import annotations

from lms.kernel.hookspecs import PeopleColumn
from lms.kernel.plugins import plugins
from lms.people.sheets import HEADERS


def people_columns() -> list[PeopleColumn]:
    """Every plugin's columns, in the order of loading."""
    return plugins().all("people_columns")


def people_headers() -> tuple[str, ...]:
    """The headers of an export: the host's own, then the plugins'."""
    return (*map(str, HEADERS), *(str(column.label) for column in people_columns()))


def header_names() -> dict[str, tuple[str, ...]]:
    """What reading a sheet needs to know of the further columns: {column: the headers it is known by}."""
    return {column.name: column.names for column in people_columns()}
