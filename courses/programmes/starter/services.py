"""Puts the programmes that ship into a home, and keeps them up to date where nobody has touched them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from courses.programmes.authoring import insert_programme, show
from courses.programmes.definition import to_json
from courses.programmes.enums import ProgrammeState
from courses.programmes.models import Programme, ProgrammeVersion
from courses.programmes.queries import KIND
from courses.programmes.starter.files import StarterProgramme, read_starter_programmes
from lms.kernel.db import db
from lms.learning.enums import Dimension
from lms.learning.models import Activity


@dataclass
class StarterReport:
    """How many programmes were added, renewed, left as the shop has them, were up to date; and what could not be."""

    added: int = 0
    renewed: int = 0
    kept: int = 0
    unchanged: int = 0
    skipped: list[str] = field(default_factory=list)

    def line(self) -> str | None:
        """What to say at the start; None when there is nothing to say."""
        parts = []
        if self.added or self.renewed:
            parts.append(f"培训计划：新增 {self.added}，更新 {self.renewed}")
        parts += self.skipped
        return "；".join(parts) or None


def load_starter(*, at: datetime, programmes: Iterable[StarterProgramme] | None = None) -> StarterReport:
    """Load the programmes that ship, published, for all shops. Safe to call on every start.

    One whose activities are not all there is skipped with a line that names them. One that is there already is renewed
    only while its newest version is ours and nobody works on its draft.
    """
    report = StarterReport()
    for shipped in read_starter_programmes() if programmes is None else programmes:
        ids = _ids(shipped)
        if missing := sorted(shipped.slugs() - set(ids)):
            report.skipped.append(f"培训计划“{shipped.title}”没有装入，缺少 {'、'.join(missing)}")
            continue
        known = db.session.scalars(select(Programme).where(Programme.slug == shipped.slug)).one_or_none()
        if known is None:
            _add(shipped, ids, at)
            report.added += 1
        else:
            _renew(known, shipped, ids, report, at)
    return report


def _ids(shipped: StarterProgramme) -> dict[str, int]:
    query = select(Activity.slug, Activity.id).where(Activity.slug.in_(shipped.slugs()), Activity.archived_at.is_(None))
    return {slug: ident for slug, ident in db.session.execute(query) if slug is not None}


def _add(shipped: StarterProgramme, ids: dict[str, int], at: datetime) -> None:
    activity = Activity(
        kind=KIND,
        title=shipped.title,
        dimension=Dimension.KNOWLEDGE,
        shop_id=None,
        slug=f"{KIND}:{shipped.slug}",
        created_at=at,
    )
    definition = shipped.definition(ids)
    programme = insert_programme(
        activity=activity, summary=shipped.summary, definition=definition, at=at, slug=shipped.slug
    )
    show(programme=programme, actor_id=None, at=at)


def _renew(
    programme: Programme, shipped: StarterProgramme, ids: dict[str, int], report: StarterReport, at: datetime
) -> None:
    draft = to_json(shipped.definition(ids))
    newest = db.session.scalars(
        select(ProgrammeVersion)
        .where(ProgrammeVersion.programme_id == programme.id)
        .order_by(ProgrammeVersion.number.desc())
        .limit(1)
    ).one()
    untouched = (
        programme.revision == 0
        and newest.created_by_id is None
        and programme.state is ProgrammeState.PUBLISHED
        and programme.draft == newest.definition
    )
    if (newest.title, newest.summary, newest.definition) == (shipped.title, shipped.summary, draft):
        report.unchanged += 1
    elif not untouched:
        report.kept += 1
    else:
        programme.title, programme.summary, programme.draft = shipped.title, shipped.summary, draft
        show(programme=programme, actor_id=None, at=at)
        report.renewed += 1
