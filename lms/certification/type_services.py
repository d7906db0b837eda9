"""Writing kinds of certificate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from lms.certification.models import CertificateRequirement, CertificateType
from lms.certification.permissions import P
from lms.certification.rendering import renderers
from lms.certification.rules import Need
from lms.kernel.db import db
from lms.kernel.errors import DomainError, Forbidden
from lms.kernel.jobs import Job, enqueue
from lms.learning.models import Activity, Competency
from lms.people.models import Person
from lms.people.rules import can_see_shop, require, require_visible

RECHECK_JOB = "certification.recheck"
MOST_NEEDS = 20
LONGEST_VALIDITY = 3650
_CODE = re.compile(r"[A-Z][A-Z0-9]{0,7}")


class TypeRefused(DomainError):
    """A kind of certificate that can't be saved like this; ``where`` names the form field."""


@dataclass(frozen=True)
class TypeDraft:
    """What the editor says. ``validity_days`` None: for good."""

    code: str
    title: str
    needs: Sequence[Need]
    competencies: Sequence[Competency]
    validity_days: int | None
    renewal_activity_id: int | None
    renderer: str


def save_type(
    *, actor: Person, certificate_type: CertificateType | None, shop_id: int | None, draft: TypeDraft, at: datetime
) -> CertificateType:
    """Make a kind of certificate, or change one; its shop stays. What was issued before stays as it is.

    A change of what is required, certified, or how long it counts raises ``version``. Raises TypeRefused for a field
    that won't do; what belongs to all shops is the administrators'.
    """
    require(P.CERTIFICATES_EDIT, of=actor)
    place = certificate_type.shop_id if certificate_type else shop_id
    _may_write(actor, place)
    code, title = draft.code.strip().upper(), " ".join(draft.title.split())
    if not _CODE.fullmatch(code):
        raise TypeRefused(_("编号前缀用 1–8 位大写字母和数字，以字母开头，例如 SG。"), where="code")
    if not title:
        raise TypeRefused(_("请填写证书名称。"), where="title")
    if draft.validity_days is not None and not 0 < draft.validity_days <= LONGEST_VALIDITY:
        raise TypeRefused(_("有效期填 1–%(n)s 天，长期有效就留空。", n=LONGEST_VALIDITY), where="validity_days")
    if draft.renderer not in renderers():
        raise TypeRefused(_("请选择证书样式。"), where="renderer")
    _check_activities(draft, place)
    if certificate_type is None:
        certificate_type = CertificateType(
            shop_id=place, created_by_id=actor.id, created_at=at, version=0, code=code, title=title
        )
        db.session.add(certificate_type)
    if certificate_type.version == 0 or _changed(certificate_type, draft):
        certificate_type.version += 1
    certificate_type.code, certificate_type.title = code, title
    certificate_type.validity_days, certificate_type.renderer = draft.validity_days, draft.renderer
    certificate_type.renewal_activity_id = draft.renewal_activity_id
    certificate_type.competencies = list(draft.competencies)
    _set_needs(certificate_type, draft.needs)
    db.session.flush()
    return certificate_type


def _check_activities(draft: TypeDraft, shop_id: int | None) -> None:
    if not draft.needs:
        raise TypeRefused(_("请至少填一项发证要求。"), where="needs")
    if len(draft.needs) > MOST_NEEDS:
        raise TypeRefused(_("发证要求最多 %(n)s 项。", n=MOST_NEEDS), where="needs")
    ids = [need.activity_id for need in draft.needs]
    if len(set(ids)) != len(ids):
        raise TypeRefused(_("同一项学习活动填了两次。"), where="needs")
    if any(need.min_score is not None and not 0 <= need.min_score <= 1 for need in draft.needs):
        raise TypeRefused(_("最低分填 0–100。"), where="needs")
    every = _activities([*ids, *([draft.renewal_activity_id] if draft.renewal_activity_id else [])])
    for activity in every:
        if activity.shop_id is not None and activity.shop_id != shop_id:
            raise TypeRefused(_("“%(title)s”属于别的店铺，拿证的人可能看不到它。", title=activity.title), where="needs")


def _activities(ids: Iterable[int]) -> list[Activity]:
    return list(db.session.scalars(select(Activity).where(Activity.id.in_(list(ids)))))


def _changed(certificate_type: CertificateType, draft: TypeDraft) -> bool:
    before = [(each.activity_id, each.min_score) for each in certificate_type.requirements]
    return (
        before != [(need.activity_id, need.min_score) for need in draft.needs]
        or {each.id for each in certificate_type.competencies} != {each.id for each in draft.competencies}
        or certificate_type.validity_days != draft.validity_days
        or certificate_type.renewal_activity_id != draft.renewal_activity_id
    )


def _set_needs(certificate_type: CertificateType, needs: Sequence[Need]) -> None:
    known = {each.activity_id: each for each in certificate_type.requirements}
    rows = []
    for position, need in enumerate(needs):
        row = known.get(need.activity_id) or CertificateRequirement(activity_id=need.activity_id)
        row.position, row.min_score = position, need.min_score
        rows.append(row)
    certificate_type.requirements = rows


def archive_type(*, actor: Person, certificate_type: CertificateType, at: datetime) -> CertificateType:
    """Issue no more of it; what was issued stays valid to its end."""
    require(P.CERTIFICATES_EDIT, of=actor)
    _may_write(actor, certificate_type.shop_id)
    certificate_type.archived_at = certificate_type.archived_at or at
    db.session.flush()
    return certificate_type


def restore_type(*, actor: Person, certificate_type: CertificateType) -> CertificateType:
    """Issue it again. What was earned meanwhile comes with :func:`start_recheck`."""
    require(P.CERTIFICATES_EDIT, of=actor)
    _may_write(actor, certificate_type.shop_id)
    certificate_type.archived_at = None
    db.session.flush()
    return certificate_type


def start_recheck(*, actor: Person, certificate_type: CertificateType) -> Job:
    """Look in the background for people who have earned the certificate and were not issued it."""
    require(P.CERTIFICATES_EDIT, of=actor)
    _may_write(actor, certificate_type.shop_id)
    if certificate_type.archived_at is not None:
        raise TypeRefused(_("这种证书已停用，先恢复使用再补发。"), where=certificate_type.title)
    return enqueue(RECHECK_JOB, actor_id=actor.id, type_id=certificate_type.id)


def may_write_type(actor: Person, shop_id: int | None) -> bool:
    """Whether ``actor`` may write kinds of certificate of the shop; those of all shops are the administrators'."""
    return actor.access.shop_ids is None or (shop_id is not None and can_see_shop(actor, shop_id))


def _may_write(actor: Person, shop_id: int | None) -> None:
    require_visible(can_see_shop(actor, shop_id))
    if not may_write_type(actor, shop_id):
        raise Forbidden(_("所有店铺共用的证书由管理员维护。"), hint=_("您可以为自己的店铺另建一种证书。"))
