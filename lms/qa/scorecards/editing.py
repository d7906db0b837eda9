"""The editor's form: read into a definition, and the steps that its buttons take without a script. Pure.

``row`` comes once for each section ("s:key") and criterion ("c:code") in the order of the page, so that moving a part
of the page is all that its script does.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from flask_babel import gettext as _

from lms.qa.enums import Scale
from lms.qa.scorecards.definition import MAX_TOP, CriterionSpec, Definition, Section

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MOST_ROWS = 120
MOST_SAMPLES = 8


class Form(Protocol):
    """What is needed of a submitted form."""

    def get(self, key: str, default: str, /) -> str: ...
    def getlist(self, key: str) -> Sequence[str]: ...


def new_code() -> str:
    """A code for a criterion that somebody adds; people never see it."""
    return f"c{secrets.token_hex(5)}"


def read_form(form: Form, base: Definition | None = None) -> Definition:
    """The definition that the form says; what makes no sense reads as empty, nothing raises.

    The page sends all of a criterion only once it was opened; of the others the rest is as in ``base``.
    """
    known = {spec.code: spec for spec in base.criteria} if base else {}
    sections: list[Section] = []
    seen: set[str] = set()
    for row in form.getlist("row")[:MOST_ROWS]:
        kind, _colon, key = row.partition(":")
        if not CODE.fullmatch(key) or row in seen:
            continue
        seen.add(row)
        if kind == "s":
            sections.append(Section(_text(form, f"s-{key}", 50)))
        elif kind == "c":
            if not sections:
                sections.append(Section(""))
            last = sections[-1]
            sections[-1] = replace(last, criteria=(*last.criteria, _criterion(form, key, known.get(key))))
    return Definition(tuple(sections))


def _criterion(form: Form, code: str, known: CriterionSpec | None) -> CriterionSpec:
    name = f"c-{code}-"
    if not form.get(f"{name}scale", ""):
        known = known or CriterionSpec(code, "")
        return replace(known, name=_text(form, f"{name}name", 100), weight=_weight(form.get(f"{name}weight", "")))
    steps = form.get(f"{name}scale", "") == Scale.STEPS
    competency = form.get(f"{name}competency", "")
    return CriterionSpec(
        code=code,
        name=_text(form, f"{name}name", 100),
        scale=Scale.STEPS if steps else Scale.YES_NO,
        top=_whole(form.get(f"{name}top", ""), MAX_TOP) if steps else 1,
        pass_from=_whole(form.get(f"{name}pass", ""), MAX_TOP) if steps else 1,
        weight=_weight(form.get(f"{name}weight", "")),
        critical=form.get(f"{name}critical", "") == "1",
        na_allowed=form.get(f"{name}na", "") == "1",
        competency_id=int(competency) if re.fullmatch(r"[0-9]{1,9}", competency) else None,
        guide=_text(form, f"{name}guide", 1000),
        good=_samples(form.get(f"{name}good", "")),
        bad=_samples(form.get(f"{name}bad", "")),
        checks=tuple(one for one in form.getlist(f"{name}checks") if re.fullmatch(r"[\w.-]{1,40}", one)),
    )


def _text(form: Form, name: str, most: int) -> str:
    return form.get(name, "").strip().replace("\r\n", "\n")[:most]


def _samples(text: str) -> tuple[str, ...]:
    return tuple(line.strip()[:500] for line in text.splitlines() if line.strip())[:MOST_SAMPLES]


def _whole(text: str, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _weight(text: str) -> float:
    try:
        weight = float(text.strip() or 0)
    except ValueError:
        return 0.0
    return max(-1.0, min(weight, 1000.0)) if weight == weight else 0.0


def blank() -> CriterionSpec:
    """A criterion as it is added."""
    return CriterionSpec(code=new_code(), name="", weight=10)


def act(definition: Definition, action: str) -> Definition:
    """Take a step: ``up:code``, ``down:code``, ``drop:code``, ``add:n`` (to section n), ``section``, ``sup:n``,
    ``sdown:n``, ``sdrop:n``. An unknown one changes nothing."""
    verb, _colon, key = action.partition(":")
    sections = list(definition.sections)
    n = int(key) if key.isascii() and key.isdigit() and len(key) < 6 else -1
    if verb == "section":
        return Definition((*sections, Section(_("新的部分"), (blank(),))))
    if verb in ("add", "sup", "sdown", "sdrop") and 0 <= n < len(sections):
        if verb == "add":
            sections[n] = replace(sections[n], criteria=(*sections[n].criteria, blank()))
        elif verb == "sdrop":
            del sections[n]
        else:
            _swap(sections, n, n - 1 if verb == "sup" else n + 1)
        return Definition(tuple(sections))
    if verb in ("up", "down", "drop"):
        return _moved(definition, verb, key)
    return definition


def _swap(items: list[Section], n: int, other: int) -> None:
    if 0 <= other < len(items):
        items[n], items[other] = items[other], items[n]


def _moved(definition: Definition, verb: str, code: str) -> Definition:
    """A criterion one place up or down, over the border of its section when it is the first or last there."""
    sections = [list(section.criteria) for section in definition.sections]
    for n, criteria in enumerate(sections):
        place = next((i for i, spec in enumerate(criteria) if spec.code == code), None)
        if place is None:
            continue
        spec = criteria.pop(place)
        if verb == "up" and place > 0:
            criteria.insert(place - 1, spec)
        elif verb == "up" and n > 0:
            sections[n - 1].append(spec)
        elif verb == "down" and place < len(criteria):
            criteria.insert(place + 1, spec)
        elif verb == "down" and n + 1 < len(sections):
            sections[n + 1].insert(0, spec)
        elif verb != "drop":
            criteria.insert(place, spec)
        break
    return Definition(
        tuple(
            replace(section, criteria=tuple(criteria))
            for section, criteria in zip(definition.sections, sections, strict=True)
        )
    )
