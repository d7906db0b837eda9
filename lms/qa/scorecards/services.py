"""Writing scorecards: a draft that is worked on, and versions that are published from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.kernel.plugins import hooks
from lms.learning.models import Competency
from lms.people.models import Person
from lms.people.rules import can_see_shop, require_visible
from lms.qa.scorecards.definition import Definition
from lms.qa.scorecards.models import Criterion, Scorecard, ScorecardVersion


class ScorecardError(DomainError):
    """A scorecard that can't be published like this."""


def create_scorecard(
    *,
    actor: Person | None,
    title: str,
    shop_id: int | None,
    definition: Definition,
    at: datetime,
    slug: str | None = None,
) -> Scorecard:
    """A new scorecard with a draft; nothing can be scored with it before it is published."""
    require_visible(actor is None or can_see_shop(actor, shop_id))
    scorecard = Scorecard(
        title=title.strip(),
        shop_id=shop_id,
        slug=slug,
        draft=definition.to_json(),
        created_by_id=actor.id if actor else None,
        created_at=at,
        updated_at=at,
    )
    db.session.add(scorecard)
    db.session.flush()
    return scorecard


def save_draft(*, actor: Person, scorecard: Scorecard, title: str, definition: Definition, at: datetime) -> None:
    """Keep what the editor wrote, complete or not."""
    scorecard.title, scorecard.draft, scorecard.updated_at = title.strip(), definition.to_json(), at
    db.session.flush()


def publish(*, actor: Person | None, scorecard: Scorecard, at: datetime, note: str = "") -> ScorecardVersion:
    """Make the draft the version in force; older results keep theirs. Raises ScorecardError with all that is wrong.

    A criterion is known by its code: it lives on through the versions. One that is left out is retired.
    """
    if scorecard.draft is None:
        raise ScorecardError(_("没有改动，不用再次发布。"))
    definition = Definition.from_json(scorecard.draft)
    problems = definition.problems()
    if problems:
        names = {criterion.code: criterion.name for criterion in definition.criteria}
        said = [f"{names.get(one.code) or one.code}：{one.text}" if one.code else one.text for one in problems]
        raise ScorecardError(_("评分表还不能发布。"), where="；".join(said[:6]))
    definition = definition.with_ids(_number_criteria(scorecard, definition, at))
    version = ScorecardVersion(
        scorecard_id=scorecard.id,
        number=(scorecard.current_number or 0) + 1,
        title=scorecard.title,
        definition=definition.to_json(),
        note=note.strip()[:300],
        published_by_id=actor.id if actor else None,
        published_at=at,
    )
    db.session.add(version)
    scorecard.current_number, scorecard.draft, scorecard.updated_at = version.number, None, at
    db.session.flush()
    hooks().scorecard_published(version=version)
    return version


def _number_criteria(scorecard: Scorecard, definition: Definition, at: datetime) -> dict[str, int]:
    wanted = {spec.competency_id for spec in definition.criteria}
    usable = set(db.session.scalars(select(Competency.id).where(Competency.id.in_(wanted))))
    gone = [spec.name for spec in definition.criteria if spec.competency_id not in usable]
    if gone:
        raise ScorecardError(_("有评分项的能力项已经不在了，请重新选择。"), where="、".join(gone[:5]))
    known = {
        criterion.code: criterion
        for criterion in db.session.scalars(select(Criterion).where(Criterion.scorecard_id == scorecard.id))
    }
    for spec in definition.criteria:
        criterion = known.get(spec.code)
        if criterion is None:
            criterion = known[spec.code] = Criterion(scorecard_id=scorecard.id, code=spec.code)
            db.session.add(criterion)
        criterion.name, criterion.competency_id, criterion.critical = spec.name, spec.competency_id, spec.critical
        criterion.retired_at = None
    kept = {spec.code for spec in definition.criteria}
    for code, criterion in known.items():
        if code not in kept:
            criterion.retired_at = criterion.retired_at or at
    db.session.flush()
    return {code: criterion.id for code, criterion in known.items()}


def begin_draft(*, actor: Person, scorecard: Scorecard, at: datetime) -> Definition:
    """The draft to edit; made from the version in force when there is none."""
    if scorecard.draft is None:
        current = version_in_force(scorecard)
        bare = Definition.from_json(current.definition) if current else Definition()
        sections = tuple(
            replace(section, criteria=tuple(replace(criterion, id=None) for criterion in section.criteria))
            for section in bare.sections
        )
        scorecard.draft, scorecard.updated_at = Definition(sections).to_json(), at
        db.session.flush()
    return Definition.from_json(scorecard.draft or {"sections": []})


def version_in_force(scorecard: Scorecard) -> ScorecardVersion | None:
    """The version that chats are scored with now."""
    if scorecard.current_number is None:
        return None
    return db.session.scalars(
        select(ScorecardVersion).where(
            ScorecardVersion.scorecard_id == scorecard.id, ScorecardVersion.number == scorecard.current_number
        )
    ).one()
