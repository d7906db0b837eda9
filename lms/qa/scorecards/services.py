"""Writing scorecards: a draft that is worked on, and versions that are published from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError
from lms.kernel.plugins import hooks
from lms.learning.models import Competency
from lms.people.models import Person
from lms.people.rules import require_visible
from lms.qa.scorecards.definition import Definition
from lms.qa.scorecards.models import Criterion, Scorecard, ScorecardVersion
from lms.qa.scorecards.rules import can_edit_scorecard, can_see_scorecard, can_write_for


class ScorecardError(DomainError):
    """A scorecard that can't be published like this."""


class ScorecardMoved(Conflict):
    """The draft was saved by somebody else since the editor was opened."""


def bare(definition: Definition) -> Definition:
    """The same without the ids of a published one, as a draft has it."""
    return Definition(
        tuple(
            replace(section, criteria=tuple(replace(criterion, id=None) for criterion in section.criteria))
            for section in definition.sections
        )
    )


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
    require_visible(actor is None or can_write_for(actor, shop_id))
    scorecard = Scorecard(
        title=title.strip()[:100],
        shop_id=shop_id,
        slug=slug,
        draft=bare(definition).to_json(),
        created_by_id=actor.id if actor else None,
        created_at=at,
        updated_at=at,
    )
    db.session.add(scorecard)
    db.session.flush()
    return scorecard


def copy_scorecard(*, actor: Person, scorecard: Scorecard, title: str, shop_id: int | None, at: datetime) -> Scorecard:
    """A new scorecard with the wording of this one's version in force (or its draft, for its editors).

    Competencies of another shop are left out: they mean nothing there.
    """
    require_visible(can_see_scorecard(actor, scorecard))
    version = version_in_force(scorecard)
    definition = Definition.from_json(version.definition) if version is not None else draft_of(scorecard)
    foreign = {
        competency.id
        for competency in db.session.scalars(
            select(Competency).where(Competency.id.in_({spec.competency_id for spec in definition.criteria}))
        )
        if competency.shop_id not in (None, shop_id)
    }
    sections = tuple(
        replace(
            section,
            criteria=tuple(
                replace(spec, competency_id=None if spec.competency_id in foreign else spec.competency_id)
                for spec in section.criteria
            ),
        )
        for section in definition.sections
    )
    return create_scorecard(actor=actor, title=title, shop_id=shop_id, definition=Definition(sections), at=at)


def save_draft(
    *,
    actor: Person,
    scorecard: Scorecard,
    title: str,
    definition: Definition,
    at: datetime,
    known: datetime | None = None,
) -> None:
    """Keep what the editor wrote, complete or not. The title of a published one changes when it is published.

    Raises ScorecardMoved when somebody saved after ``known``, the ``updated_at`` that the editor was opened with.
    """
    require_visible(can_edit_scorecard(actor, scorecard))
    if known is not None:
        # One statement, so that of two saves at the same moment only one finds the time that it knows.
        taken = db.session.execute(
            update(Scorecard).where(Scorecard.id == scorecard.id, Scorecard.updated_at == known).values(updated_at=at)
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            raise ScorecardMoved(
                _("这张评分表刚被别人改过，您的改动还没有保存。"),
                hint=_("您写的内容还在本页。可以另开一页看最新内容，再决定是否用您的内容覆盖。"),
            )
        db.session.refresh(scorecard)
    name = title.strip()[:100] or scorecard.title
    if scorecard.current_number is None:
        scorecard.title = name
    scorecard.draft = {**bare(definition).to_json(), "title": name}
    scorecard.updated_at = at
    db.session.flush()


def discard_draft(*, actor: Person, scorecard: Scorecard, at: datetime) -> None:
    """Drop the draft of a published scorecard; the version in force stays."""
    require_visible(can_edit_scorecard(actor, scorecard))
    if scorecard.current_number is None:
        raise ScorecardError(_("还没有发布过，不能放弃草稿。"), hint=_("不需要的话，可以归档这张评分表。"))
    scorecard.draft, scorecard.updated_at = None, at
    db.session.flush()


def set_archived(*, actor: Person, scorecard: Scorecard, archived: bool, at: datetime) -> None:
    """Take a scorecard out of use, or bring it back. What was scored with it stays."""
    require_visible(can_edit_scorecard(actor, scorecard))
    scorecard.archived_at, scorecard.updated_at = at if archived else None, at
    db.session.flush()


def publish(*, actor: Person | None, scorecard: Scorecard, at: datetime, note: str = "") -> ScorecardVersion:
    """Make the draft the version in force; older results keep theirs. Raises ScorecardError with all that is wrong.

    A criterion is known by its code: it lives on through the versions. One that is left out is retired.
    """
    require_visible(actor is None or can_edit_scorecard(actor, scorecard))
    if scorecard.archived_at is not None:
        raise ScorecardError(_("这张评分表已归档。"), hint=_("请先恢复，再发布。"))
    if scorecard.draft is None:
        raise ScorecardError(_("没有改动，不用再次发布。"))
    definition = Definition.from_json(scorecard.draft)
    problems = definition.problems()
    if problems:
        names = {criterion.code: criterion.name for criterion in definition.criteria}
        said = [
            f"{names.get(one.code) or _('未命名的评分项')}：{one.text}" if one.code else one.text for one in problems
        ]
        raise ScorecardError(_("评分表还不能发布。"), where="；".join(said[:6]))
    definition = definition.with_ids(_number_criteria(scorecard, definition, at))
    scorecard.title = scorecard.draft.get("title") or scorecard.title
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
    found = db.session.execute(
        select(Competency.id, Competency.shop_id).where(Competency.id.in_(wanted), Competency.archived_at.is_(None))
    )
    usable = {ident for ident, shop_id in found if shop_id in (None, scorecard.shop_id)}
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


def draft_of(scorecard: Scorecard) -> Definition:
    """What an editor starts from: the draft, else the version in force. Nothing is written."""
    if scorecard.draft is not None:
        return Definition.from_json(scorecard.draft)
    current = version_in_force(scorecard)
    return bare(Definition.from_json(current.definition)) if current else Definition()


def begin_draft(*, actor: Person, scorecard: Scorecard, at: datetime) -> Definition:
    """The draft to edit; made from the version in force when there is none."""
    if scorecard.draft is None:
        scorecard.draft, scorecard.updated_at = draft_of(scorecard).to_json(), at
        db.session.flush()
    return Definition.from_json(scorecard.draft)


def version_in_force(scorecard: Scorecard) -> ScorecardVersion | None:
    """The version that chats are scored with now."""
    if scorecard.current_number is None:
        return None
    return db.session.scalars(
        select(ScorecardVersion).where(
            ScorecardVersion.scorecard_id == scorecard.id, ScorecardVersion.number == scorecard.current_number
        )
    ).one()
