"""The matrix as rows of a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from courses.programmes.enums import Attended
from courses.programmes.labels import ATTENDED, DAY_STATES, STANDINGS, block_text
from courses.programmes.matrix import Row
from courses.programmes.progress import DayProgress, DayState
from courses.programmes.queries import ActivityInfo


def matrix_headers(days: Sequence[str]) -> list[str]:
    """Nine columns about the person, then four for each day."""
    headers = [
        _("姓名"), _("账号"), _("团队"), _("状态"), _("当前第几天"), _("卡在哪里"), _("开始日期"), _("完成时间"),
        _("版本"),
    ]  # fmt: skip
    for number, title in enumerate(days, 1):
        day = _("第 %(n)s 天 %(title)s", n=number, title=title)
        headers += [
            _("%(day)s · 状态", day=day),
            _("%(day)s · 通过时间", day=day),
            _("%(day)s · 关卡最好得分", day=day),
            _("%(day)s · 考勤", day=day),
        ]
    return headers


def matrix_rows(
    rows: Iterable[Row], days: int, infos: Mapping[int, ActivityInfo], paths: Mapping[int, str]
) -> Iterator[list[Any]]:
    """A row a person; scores are points out of 100, a day that is not open has blanks."""
    for row in rows:
        enrolment = row.enrolment
        line: list[Any] = [
            row.member.name,
            row.member.account,
            paths.get(row.member.team_id or 0, ""),
            str(STANDINGS[row.progress.standing][0]),
            enrolment.current_day,
            block_text(row.block, infos) if row.block else "",
            enrolment.start_date,
            enrolment.finished_at or "",
            enrolment.version_number,
        ]
        for number in range(1, days + 1):
            found = row.progress.days[number - 1] if number <= len(row.progress.days) else None
            line += _cell(found, (enrolment.marks or {}).get(str(number)))
        yield line


def _cell(day: DayProgress | None, mark: str | None) -> list[Any]:
    attended = str(ATTENDED[Attended(mark)][0]) if mark else ""
    if day is None or day.state is DayState.LOCKED:
        return ["", "", "", attended]
    best = day.gate.best if day.gate else None
    word = str(DAY_STATES[day.state][0])
    return [word, day.passed_at or "", "" if best is None else round(best * 100, 1), attended]
