"""Entries as rows of a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from lms.kernel.db import db
from lms.knowledge.sop.labels import KINDS
from lms.knowledge.sop.models import SopEntry, SopVersion
from lms.knowledge.sop.seasons import version_in_force


def headers() -> list[str]:
    return [_("编号"), _("店铺"), "SKU", _("商品"), _("第几问"), _("类型"), _("标题"), _("版本"), _("开始日期"),
            _("结束日期"), _("答复内容"), _("负责人"), _("下次复核")]  # fmt: skip


def rows_for_sheet(entries: Sequence[SopEntry], *, day: date) -> list[list[Any]]:
    """One row an entry, with the version in force on ``day``. One statement for all versions."""
    versions: dict[int, list[SopVersion]] = {}
    query = select(SopVersion).where(SopVersion.entry_id.in_([entry.id for entry in entries]))
    for version in db.session.scalars(query):
        versions.setdefault(version.entry_id, []).append(version)
    rows = []
    for entry in entries:
        now = version_in_force(versions.get(entry.id, []), day)
        rows.append(
            [
                entry.id,
                entry.shop.name,
                entry.product.sku if entry.product else "",
                entry.product.name if entry.product else "",
                entry.slot,
                str(KINDS[entry.kind]),
                entry.title,
                now.season if now else "",
                now.valid_from if now else None,
                now.valid_until if now else None,
                now.body if now else "",
                entry.owner.name if entry.owner else "",
                entry.review_due,
            ]
        )
    return rows
