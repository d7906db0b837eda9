"""Puts the items and quizzes that ship into a home, and keeps them up to date where nobody has touched them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.kernel.db import db
from lms.learning.models import Activity, Competency
from quizzes.bank.enums import Decision, ItemState
from quizzes.bank.models import Item, ItemVersion, ReviewDecision
from quizzes.starter.files import FOLDER, StarterItem, item_files, read_items, read_quizzes
from quizzes.starter.models import StarterState
from quizzes.starter.pools import load_quizzes

CONTENT = "content"


@dataclass
class StarterReport:
    """What a start did. ``notes`` are lines for the log: what could not be loaded, and why."""

    items_added: int = 0
    items_renewed: int = 0
    items_retired: int = 0
    quizzes: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        return bool(self.items_added or self.items_renewed or self.items_retired or self.quizzes or self.notes)


def load_starter(*, at: datetime, folder: Path = FOLDER) -> StarterReport:
    """Load what ships: items accepted and for all shops, quizzes published. Safe to call on every start.

    An item or quiz that somebody edited, retired or closed stays as it is. Items of a competency that is not there (a
    home without the lessons) wait until it is. Needs no actor; nobody is named as the author.
    """
    report = StarterReport()
    competencies, titles = _competencies(), _lesson_titles()
    digest = _digest(folder, competencies, titles)
    state = db.session.get(StarterState, CONTENT)
    if state is not None and state.digest == digest:
        return report
    shipped = read_items(folder)
    _load_items(shipped, competencies, titles, report, at)
    load_quizzes(read_quizzes(folder), report.quizzes, report.notes, at=at)
    if state is None:
        state = StarterState(name=CONTENT)
        db.session.add(state)
    state.digest, state.at = digest, at
    db.session.flush()
    return report


def _competencies() -> dict[str, Competency]:
    query = select(Competency).where(Competency.shop_id.is_(None), Competency.archived_at.is_(None))
    return {one.code: one for one in db.session.scalars(query)}


def _lesson_titles() -> dict[str, str]:
    """Titles of the lessons that ship, by slug; they are activities of another plugin, named ``lesson:<slug>``."""
    query = select(Activity.slug, Activity.title).where(Activity.slug.startswith("lesson:"))
    return {str(slug).removeprefix("lesson:"): title for slug, title in db.session.execute(query)}


def _digest(folder: Path, competencies: dict[str, Competency], titles: dict[str, str]) -> str:
    """Changes with whatever a load depends on."""
    found = hashlib.sha256(repr((sorted(competencies), sorted(titles.items()))).encode())
    for path in [*item_files(folder), folder / "quizzes.toml"]:
        if path.is_file():
            found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _load_items(
    shipped: Sequence[StarterItem],
    competencies: dict[str, Competency],
    titles: dict[str, str],
    report: StarterReport,
    at: datetime,
) -> None:
    waiting = sorted({item.competency for item in shipped} - competencies.keys())
    if waiting:
        report.notes.append(f"能力项 {'、'.join(waiting)} 还没有，对应的入门试题未装入")
    wanted = {item.slug: item for item in shipped if item.competency in competencies}
    query = select(Item).where(Item.slug.is_not(None)).options(joinedload(Item.current_version))
    known = {item.slug: item for item in db.session.scalars(query)}
    _add([one for slug, one in wanted.items() if slug not in known], competencies, titles, report, at)
    renewed: list[tuple[Item, StarterItem]] = []
    for slug, item in known.items():
        if not _is_ours(item):
            continue
        if slug in wanted and not _same(item, wanted[slug], titles):
            renewed.append((item, wanted[slug]))
        elif slug not in {one.slug for one in shipped}:
            item.state = ItemState.RETIRED
            _decide([item], Decision.RETIRED, at)
            report.items_retired += 1
    _add_versions([(item, one) for item, one in renewed], titles, at)
    report.items_renewed += len(renewed)
    db.session.flush()


def _is_ours(item: Item) -> bool:
    """Nobody has edited, retired or refused it."""
    version = item.current_version
    return item.state is ItemState.ACCEPTED and version is not None and version.created_by_id is None


def _same(item: Item, shipped: StarterItem, titles: dict[str, str]) -> bool:
    version = item.current_version
    return version is not None and (version.definition, version.rationale) == (
        shipped.definition,
        _rationale(shipped, titles),
    )


def _rationale(shipped: StarterItem, titles: dict[str, str]) -> str:
    title = titles.get(shipped.lesson)
    return f"{shipped.rationale}\n出自课时《{title}》。" if title else shipped.rationale


def _add(
    new: Sequence[StarterItem],
    competencies: dict[str, Competency],
    titles: dict[str, str],
    report: StarterReport,
    at: datetime,
) -> None:
    """Insert items in a few statements each for all of them: there are hundreds."""
    items = [
        Item(
            slug=one.slug,
            shop_id=None,
            type=one.type,
            dimension=one.dimension,
            created_at=at,
            competencies=[competencies[one.competency]],
        )
        for one in new
    ]
    db.session.add_all(items)
    db.session.flush()
    _add_versions(list(zip(items, new, strict=True)), titles, at)
    for item in items:
        item.state = ItemState.ACCEPTED
    _decide(items, Decision.ACCEPTED, at)
    report.items_added += len(items)


def _add_versions(pairs: Sequence[tuple[Item, StarterItem]], titles: dict[str, str], at: datetime) -> None:
    made = []
    for item, one in pairs:
        number = item.current_version.number + 1 if item.current_version_id and item.current_version else 1
        version = ItemVersion(
            item_id=item.id,
            number=number,
            stem=one.stem,
            definition=one.definition,
            rationale=_rationale(one, titles),
            created_at=at,
        )
        made.append((item, version))
    db.session.add_all([version for _item, version in made])
    db.session.flush()
    for item, version in made:
        item.current_version_id = version.id
    db.session.flush()


def _decide(items: Sequence[Item], decision: Decision, at: datetime) -> None:
    db.session.add_all(
        [
            ReviewDecision(item_id=item.id, version_id=item.current_version_id, decision=decision, at=at)
            for item in items
        ]
    )
