"""The settings of a shop's quality checks, typed, with their defaults."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from lms.kernel.db import db
from lms.people.models import Person
from lms.qa.checks.models import QaSettings


@dataclass(frozen=True)
class ShopSettings:
    """What a shop can set.

    An agent has ``answer_hours`` to acknowledge or dispute; an arbiter ``decide_hours`` to decide. A chat claimed and
    not scored within ``claim_hours`` goes back to the queue. Replies slower than ``band_high`` or faster than
    ``band_low`` seconds lie outside the band. A reviewer whose agreement is under ``agreement_bar`` is named.
    ``checks_on`` and ``checks_off`` override whether an automatic check runs; ``own_words`` are the shop's own
    forbidden phrases.
    """

    answer_hours: int = 72
    decide_hours: int = 48
    claim_hours: int = 24
    band_low: int = 6
    band_high: int = 15
    agreement_bar: float = 0.6
    checks_on: tuple[str, ...] = ()
    checks_off: tuple[str, ...] = ()
    own_words: tuple[str, ...] = ()


DEFAULTS = ShopSettings()


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    known = {field.name for field in fields(ShopSettings)}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items() if name in known}


def settings_of(shop_id: int | None) -> ShopSettings:
    """The settings of a shop; the defaults where it has none."""
    row = db.session.get(QaSettings, shop_id) if shop_id is not None else None
    return replace(DEFAULTS, **_typed(row.values)) if row is not None else DEFAULTS


def save_settings(*, actor: Person, shop_id: int, settings: ShopSettings, at: datetime) -> None:
    """Keep what differs from the defaults."""
    default = asdict(DEFAULTS)
    changed = {name: value for name, value in asdict(settings).items() if value != default[name]}
    row = db.session.get(QaSettings, shop_id)
    if row is None:
        row = QaSettings(shop_id=shop_id)
        db.session.add(row)
    row.values = {name: list(value) if isinstance(value, tuple) else value for name, value in changed.items()}
    row.changed_by_id, row.changed_at = actor.id, at
    db.session.flush()
