"""Certificates and people on probation as rows of a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from lms.certification.labels import LEVEL_LABELS, last_day, state_shown
from lms.certification.live_queries import LiveRow
from lms.certification.models import Certificate
from lms.kernel.clock import to_local


def certificate_headers() -> list[str]:
    """Who, what, until when, and what became of it."""
    return [
        _("账号"),
        _("姓名"),
        _("团队"),
        _("证书"),
        _("证书编号"),
        _("状态"),
        _("发证时间"),
        _("有效期至"),
        _("吊销原因"),
    ]


def certificate_rows(certificates: Iterable[Certificate], paths: dict[int, str], at: datetime) -> Iterator[list[Any]]:
    """A row a certificate; the name is the holder's as it is now, the one on the certificate stays on it."""
    for each in certificates:
        last = last_day(each)
        yield [
            each.person.account,
            each.person.name,
            paths.get(each.person.team_id or 0, ""),
            each.title,
            each.number,
            state_shown(each, at)[0],
            each.issued_at,
            to_local(last).date() if last else _("长期有效"),
            each.revoke_reason,
        ]


def roster_headers() -> list[str]:
    """Who is live, with the certificate that says so."""
    return [_("账号"), _("姓名"), _("团队"), _("岗位"), _("证书编号"), _("有效期至")]


def roster_rows(rows: Iterable[LiveRow]) -> Iterator[list[Any]]:
    """A row a live person; without a certificate in the bar its columns stay empty."""
    for row in rows:
        held = row.certificate
        last = to_local(held.expires_at - timedelta(seconds=1)).date() if held and held.expires_at else None
        yield [
            row.person.account,
            row.person.name,
            row.team,
            "、".join(name for _ident, name in row.posts),
            held.number if held else "",
            last or (_("长期有效") if held else ""),
        ]


def missing_headers() -> list[str]:
    """Who misses what."""
    return [_("账号"), _("姓名"), _("团队"), _("岗位"), _("适用条件"), _("状态"), _("还差"), _("已满足")]


def missing_rows(rows: Iterable[LiveRow]) -> Iterator[list[Any]]:
    """A row a person, live or not, with every line of the bar on one side or the other."""
    for row in rows:
        yield [
            row.person.account,
            row.person.name,
            row.team,
            "、".join(name for _ident, name in row.posts),
            str(LEVEL_LABELS[row.level]),
            _("已上岗") if row.status.live else _("试岗中"),
            "、".join(line.requirement.text for line in row.status.missing),
            "、".join(line.requirement.text for line in row.status.lines if line.met),
        ]
