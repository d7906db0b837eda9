"""Writing competencies: the A-K-S list that lessons teach, items test and criteria check."""

from __future__ import annotations

import re
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError, Forbidden
from lms.learning.enums import Dimension
from lms.learning.models import Competency
from lms.people.models import Person
from lms.people.permissions import P
from lms.people.rules import can_see_shop, require, require_visible

_CODE = re.compile(r"\w[\w.-]{0,39}")


class CompetencyError(DomainError):
    """A competency that can't be written like this; ``where`` names the form field."""


class CodeTaken(Conflict):
    """Another competency of the shop has this code."""


def create_competency(
    *, actor: Person, code: str, name: str, description: str, dimension: Dimension, shop_id: int | None
) -> Competency:
    """Add a competency to a shop's list, or with ``shop_id`` None to everybody's (administrators only)."""
    require(P.COMPETENCIES_EDIT, of=actor)
    _may_write(actor, shop_id)
    competency = Competency(
        code=_free_code(code, shop_id, except_id=None),
        name=_name(name),
        description=description.strip(),
        dimension=dimension,
        shop_id=shop_id,
    )
    db.session.add(competency)
    db.session.flush()
    return competency


def update_competency(
    *, actor: Person, competency: Competency, code: str, name: str, description: str, dimension: Dimension
) -> Competency:
    """Change the wording, code or dimension; the shop stays, since activities of that shop refer to it."""
    require(P.COMPETENCIES_EDIT, of=actor)
    _may_write(actor, competency.shop_id)
    competency.code = _free_code(code, competency.shop_id, except_id=competency.id)
    competency.name = _name(name)
    competency.description = description.strip()
    competency.dimension = dimension
    db.session.flush()
    return competency


def archive_competency(*, actor: Person, competency: Competency, at: datetime) -> Competency:
    """Take it out of the choice lists; what refers to it keeps it."""
    require(P.COMPETENCIES_EDIT, of=actor)
    _may_write(actor, competency.shop_id)
    competency.archived_at = competency.archived_at or at
    db.session.flush()
    return competency


def restore_competency(*, actor: Person, competency: Competency) -> Competency:
    """Bring an archived competency back."""
    require(P.COMPETENCIES_EDIT, of=actor)
    _may_write(actor, competency.shop_id)
    competency.archived_at = None
    db.session.flush()
    return competency


def may_write_for(actor: Person, shop_id: int | None) -> bool:
    """Whether ``actor`` may write what belongs to the shop; what belongs to all shops is the administrators'."""
    return actor.access.shop_ids is None or (shop_id is not None and can_see_shop(actor, shop_id))


def _may_write(actor: Person, shop_id: int | None) -> None:
    require_visible(can_see_shop(actor, shop_id))
    if not may_write_for(actor, shop_id):
        raise Forbidden(_("所有店铺共用的能力项由管理员维护。"), hint=_("您可以为自己的店铺另建一个能力项。"))


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise CompetencyError(_("请填写能力项名称。"), where="name")
    return name


def _free_code(code: str, shop_id: int | None, *, except_id: int | None) -> str:
    code = code.strip()
    if not _CODE.fullmatch(code):
        raise CompetencyError(_("编号用文字、数字、点和横线，最多 40 个字符。"), where="code")
    place = Competency.shop_id.is_(None) if shop_id is None else Competency.shop_id == shop_id
    other = db.session.scalars(select(Competency).where(place, Competency.code == code)).first()
    if other is not None and other.id != except_id:
        raise CodeTaken(_("编号“%(code)s”已经用了。", code=code), where="code")
    return code
