"""Sign-offs, levels and gates: what is said about somebody's probation, and by whom."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from lms.certification.enums import Level, RequirementKind, Signer, Verdict
from lms.certification.live_models import NOTE_MAX, TEXT_MAX, LiveGate, LiveLevel, LiveSignOff
from lms.certification.live_queries import live_row
from lms.certification.live_rules import Requirement
from lms.certification.models import CertificateType
from lms.certification.permissions import P
from lms.inbox.services import notify
from lms.kernel.db import db
from lms.kernel.errors import DomainError, Forbidden
from lms.learning.models import Activity
from lms.people.enums import Role
from lms.people.models import Person
from lms.people.rules import can_see_person, can_see_shop, has_permission, require, require_visible
from lms.posts.models import Post

MOST_LINES = 12
_ROLES = {Signer.LEAD: (Role.LEAD, Role.SUPERVISOR), Signer.SUPERVISOR: (Role.SUPERVISOR,)}


class LiveError(DomainError):
    """A sign-off or gate that can't be written like this; ``where`` names the form field."""


def signs_as(actor: Person, person: Person, signer: Signer) -> bool:
    """Whether ``actor`` may sign what asks for ``signer``: never for oneself, and within one's own branch only.

    A supervisor may stand in for a lead, an administrator for both.
    """
    if actor.id == person.id or not has_permission(actor, P.SIGN_OFFS_EDIT):
        return False
    if Role.ADMIN in actor.access.roles:
        return True
    path = person.team.path if person.team else ""
    roots = [grant.team_id or actor.team_id for grant in actor.grants if grant.role in _ROLES[signer]]
    return any(root is not None and f"/{root}/" in path for root in roots)


def may_set_level(actor: Person, person: Person) -> bool:
    """Who may say that somebody clears the old hands' bar: whoever may confirm them as supervisor."""
    return signs_as(actor, person, Signer.SUPERVISOR)


def sign_off(*, actor: Person, person: Person, key: str, verdict: Verdict, note: str, at: datetime) -> LiveSignOff:
    """Say something on one requirement of one person; it stands until somebody says otherwise.

    Raises NotFound for a person out of reach or a requirement that does not apply to them, Forbidden for one that
    the actor may not sign, LiveError for a refusal without a reason.
    """
    require(P.SIGN_OFFS_EDIT, of=actor)
    require_visible(can_see_person(actor, person))
    before = live_row(person, at).status
    line = next((each for each in before.lines if each.requirement.key == key), None)
    require_visible(line is not None and line.requirement.kind is RequirementKind.SIGN_OFF and person.active)
    assert line is not None and line.requirement.signer is not None
    requirement, signer = line.requirement, line.requirement.signer
    if actor.id == person.id:
        raise Forbidden(_("不能给自己签字。"), hint=_("请由组长、主管或管理员签字。"))
    if not signs_as(actor, person, signer):
        raise Forbidden(_("“%(text)s”不由您签字。", text=requirement.text), hint=_("只能给自己负责的团队签字。"))
    note = " ".join(note.split())
    if verdict is Verdict.REFUSED and not note:
        raise LiveError(_("暂不同意时请写明原因，方便对方改进。"), where="note")
    if len(note) > NOTE_MAX:
        raise LiveError(_("说明太长了，最多 %(n)s 个字。", n=NOTE_MAX), where="note")
    made = LiveSignOff(
        person_id=person.id,
        key=key,
        text=requirement.text,
        verdict=verdict,
        note=note,
        signed_as=signer,
        by_id=actor.id,
        at=at,
    )
    db.session.add(made)
    db.session.flush()
    _tell(person, made, was_live=before.live, at=at)
    return made


def _tell(person: Person, signed: LiveSignOff, *, was_live: bool, at: datetime) -> None:
    live = live_row(person, at).status.live
    if signed.verdict is Verdict.REFUSED:
        title, body = _("“%(text)s”暂未通过", text=signed.text), signed.note
    elif live and not was_live:
        title, body = _("您已上岗"), _("上岗条件已全部满足，可以独立接待客户了。")
    else:
        title, body = _("“%(text)s”已签字", text=signed.text), signed.note
    key = f"live:sign-off:{signed.id}"
    notify(people=[person.id], kind="live_sign_off", key=key, title=title, body=body, url="/live/me", at=at)


def set_level(*, actor: Person, person: Person, level: Level, at: datetime) -> bool:
    """Say which bar a person has to clear. False when it was so already."""
    require(P.SIGN_OFFS_EDIT, of=actor)
    require_visible(can_see_person(actor, person))
    if not may_set_level(actor, person):
        raise Forbidden(_("按新人还是老员工的条件，由主管或管理员决定。"))
    if live_row(person, at).level is level:
        return False
    db.session.add(LiveLevel(person_id=person.id, level=level, by_id=actor.id, at=at))
    db.session.flush()
    return True


# --- gates ---------------------------------------------------------------------------------------------------------


def save_gate(
    *,
    actor: Person,
    gate: LiveGate | None,
    shop_id: int | None,
    post_id: int | None,
    level: Level,
    requirements: Sequence[Requirement],
    at: datetime,
) -> LiveGate:
    """Make a gate, or change what one asks for; for whom it is stays.

    A new sign-off gets a key of its own; one that keeps its key keeps the signatures. Whoever misses something new
    is on probation again at once.
    """
    require(P.GATES_EDIT, of=actor)
    place = gate.shop_id if gate else shop_id
    _may_write(actor, place)
    if gate is None:
        post = db.session.get(Post, post_id) if post_id is not None else None
        if post_id is not None and (post is None or post.shop_id not in (None, place)):
            raise LiveError(_("这个岗位不属于所选的店铺。"), where="post_id")
        same = select(LiveGate.id).where(
            LiveGate.archived_at.is_(None),
            LiveGate.level == level,
            LiveGate.shop_id.is_(None) if place is None else LiveGate.shop_id == place,
            LiveGate.post_id.is_(None) if post_id is None else LiveGate.post_id == post_id,
        )
        if db.session.scalar(same) is not None:
            raise LiveError(_("这个店铺、岗位和级别已经有上岗条件了，请直接编辑它。"), where="level")
        gate = LiveGate(shop_id=place, post_id=post_id, level=level, version=0)
        db.session.add(gate)
    lines = _checked(requirements, place, _keys(gate))
    kept = [line.as_json() for line in lines]
    if gate.version == 0 or kept != gate.requirements:
        gate.version += 1
    gate.requirements, gate.updated_by_id, gate.updated_at = kept, actor.id, at
    db.session.flush()
    return gate


def _keys(gate: LiveGate) -> dict[tuple[str, Signer | None], str]:
    """The keys of sign-offs in use, by words and signer: the same words elsewhere are the same signature."""
    others = db.session.scalars(select(LiveGate).where(LiveGate.archived_at.is_(None)).order_by(LiveGate.id))
    lines = [Requirement.from_json(kept) for other in others for kept in other.requirements]
    found = {(line.text, line.signer): line.key for line in reversed(lines) if line.kind is RequirementKind.SIGN_OFF}
    own = [Requirement.from_json(kept) for kept in gate.requirements or []]
    return found | {(line.key, None): line.key for line in own if line.kind is RequirementKind.SIGN_OFF}


def _checked(
    requirements: Sequence[Requirement], shop_id: int | None, keys: dict[tuple[str, Signer | None], str]
) -> list[Requirement]:
    if not requirements:
        raise LiveError(_("请至少填一项上岗条件。"), where="lines")
    if len(requirements) > MOST_LINES:
        raise LiveError(_("上岗条件最多 %(n)s 项。", n=MOST_LINES), where="lines")
    lines = []
    for line in requirements:
        text = " ".join(line.text.split())
        if line.kind is RequirementKind.SIGN_OFF:
            if not text or len(text) > TEXT_MAX or line.signer is None:
                raise LiveError(_("签字项要写明内容（最多 %(n)s 个字）和谁签。", n=TEXT_MAX), where="lines")
            key = keys.get((line.key, None)) or keys.get((text, line.signer)) or f"s-{secrets.token_hex(6)}"
            lines.append(replace(line, text=text, key=key, ref=None))
            continue
        target: CertificateType | Activity | None
        if line.kind is RequirementKind.CERTIFICATE:
            target = db.session.get(CertificateType, line.ref)
        else:
            target = db.session.get(Activity, line.ref)
        if target is None or target.shop_id not in (None, shop_id):
            raise LiveError(_("有一项证书或学习活动不属于这个店铺。"), where="lines")
        lines.append(replace(line, text=target.title[:TEXT_MAX], key=f"{line.kind.value}-{line.ref}", signer=None))
    if len({line.key for line in lines}) != len(lines):
        raise LiveError(_("同一项条件填了两次。"), where="lines")
    return lines


def archive_gate(*, actor: Person, gate: LiveGate, at: datetime) -> LiveGate:
    """Take a gate away; the next nearest one applies to its people. What ships can be changed but not taken away."""
    require(P.GATES_EDIT, of=actor)
    _may_write(actor, gate.shop_id)
    if gate.slug is not None:
        raise LiveError(_("默认的上岗条件不能删除，可以修改。"))
    gate.archived_at = gate.archived_at or at
    db.session.flush()
    return gate


def may_write_gate(actor: Person, shop_id: int | None) -> bool:
    """Whether ``actor`` may write gates of the shop; those of all shops are the administrators'."""
    return actor.access.shop_ids is None or (shop_id is not None and can_see_shop(actor, shop_id))


def _may_write(actor: Person, shop_id: int | None) -> None:
    require_visible(can_see_shop(actor, shop_id))
    if not may_write_gate(actor, shop_id):
        raise Forbidden(_("所有店铺共用的上岗条件由管理员维护。"), hint=_("您可以为自己的店铺另设一份。"))
