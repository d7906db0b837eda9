"""What the builder's page sends, laid over the draft that it was shown for. Pure but for the words of its errors.

The page never sends structure: days, steps and their order come from the draft, buttons change them one at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from courses.programmes.definition import (
    Day,
    Definition,
    Gate,
    Remedial,
    Skip,
    Step,
    add_day,
    move_day,
    move_step,
    remove_day,
    remove_step,
    tidied,
    with_day,
)
from lms.kernel.errors import DomainError

LATEST = 365  # calendar days


class BuilderError(DomainError):
    """A field of the builder that can't be read; ``where`` names the day."""


class NewProgrammeForm(FlaskForm):
    """Title, shop, and what to start from."""

    title = StringField(_l("名称"), validators=[DataRequired(_l("请填写名称。")), Length(max=200)])
    shop_id = SelectField(_l("适用店铺"), coerce=str)
    source = SelectField(_l("从哪里开始"), coerce=str)

    @property
    def chosen_shop_id(self) -> int | None:
        return int(self.shop_id.data) if self.shop_id.data else None


def overlaid(definition: Definition, form: Mapping[str, Any]) -> Definition:
    """The draft with what the page says of each day and step. Raises BuilderError, naming day and field."""
    return tidied(Definition(tuple(_day(day, n, form) for n, day in enumerate(definition.days, 1))))


def applied(definition: Definition, op: str) -> Definition:
    """The draft after a button: "day:add", "day:up:2", "step:remove:2:0", "gate:remove:2". Unknown ones do nothing."""
    what, *rest = op.split(":")
    verb, numbers = (rest[0] if rest else ""), [int(part) for part in rest[1:] if part.isascii() and part.isdigit()]
    if (what, verb) == ("day", "add"):
        return add_day(definition, _("第 %(n)s 天", n=len(definition.days) + 1))
    if not numbers or not 1 <= numbers[0] <= len(definition.days):
        return definition
    number = numbers[0]
    day = definition.days[number - 1]
    match what, verb:
        case "day", "remove":
            return remove_day(definition, number)
        case "day", "up":
            return move_day(definition, number, -1)
        case "day", "down":
            return move_day(definition, number, 1)
        case "gate", "remove":
            return tidied(with_day(definition, number, replace(day, gate=None)))
    if what == "step" and len(numbers) > 1:
        changed = {
            "up": lambda: move_step(day, numbers[1], -1),
            "down": lambda: move_step(day, numbers[1], 1),
            "remove": lambda: remove_step(day, numbers[1]),
        }.get(verb)
        return tidied(with_day(definition, number, changed())) if changed else definition
    return definition


def _day(day: Day, number: int, form: Mapping[str, Any]) -> Day:
    prefix = f"d{number}-"
    if f"{prefix}title" not in form:
        return day
    where = _("第 %(day)s 天", day=number)
    start = str(form.get(f"{prefix}start", "")).strip()
    if start:
        try:
            start = time.fromisoformat(start).strftime("%H:%M")
        except ValueError as error:
            raise BuilderError(_("开始时间请写成 09:30 这样。"), where=where) from error
    return replace(
        day,
        title=" ".join(str(form.get(f"{prefix}title", "")).split())[:100],
        goal=" ".join(str(form.get(f"{prefix}goal", "")).split())[:300],
        offset=_whole(form.get(f"{prefix}offset", ""), where, _("日期"), 1, LATEST) - 1,
        attendance=f"{prefix}attendance" in form,
        start=start,
        steps=tuple(_step(step, f"s{number}-{place}-", form, where) for place, step in enumerate(day.steps)),
        gate=_gate(day.gate, prefix, form, where) if day.gate else None,
    )


def _step(step: Step, prefix: str, form: Mapping[str, Any], where: str) -> Step:
    requires, skip = _ident(form.get(f"{prefix}requires")), _ident(form.get(f"{prefix}skip"))
    score = _score(form.get(f"{prefix}score", ""), where, _("免修分数")) if skip else None
    if skip and score is None:
        raise BuilderError(_("选了免修测验，请填达到几分可以免修。"), where=where)
    return Step(
        step.activity_id,
        required=f"{prefix}optional" not in form,
        skip=Skip(skip, score) if skip and score is not None else None,
        requires=(requires,) if requires else (),
    )


def _gate(gate: Gate, prefix: str, form: Mapping[str, Any], where: str) -> Gate:
    remedial = _ident(form.get(f"{prefix}remedial"))
    below = _score(form.get(f"{prefix}below", ""), where, _("补学分数")) if remedial else None
    if remedial and below is None:
        raise BuilderError(_("选了补学内容，请填低于几分要补学。"), where=where)
    return Gate(
        gate.activity_id,
        cut=_score(form.get(f"{prefix}cut", ""), where, _("合格线")),
        remedial=Remedial(remedial, below) if remedial and below is not None else None,
    )


def _ident(value: Any) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _whole(value: Any, where: str, name: str, least: int, most: int) -> int:
    text = str(value).strip()
    if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= most):
        raise BuilderError(
            _("%(name)s请填 %(least)s–%(most)s 的整数。", name=name, least=least, most=most), where=where
        )
    return int(text)


def _score(value: Any, where: str, name: str) -> float | None:
    """Points out of 100 as a fraction; None for an empty field."""
    text = str(value or "").strip()
    if not text:
        return None
    try:
        points = float(text)
    except ValueError:
        points = -1
    if not 0 < points <= 100:
        raise BuilderError(_("%(name)s请填 1–100 的分数。", name=name), where=where)
    return round(points / 100, 4)
