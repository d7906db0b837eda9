"""Writing posts: what there is, and what each requires."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.errors import Conflict, DomainError, Forbidden
from lms.learning.competency_services import may_write_for
from lms.learning.models import Competency
from lms.people.models import Person
from lms.people.rules import can_see_shop, require, require_visible
from lms.posts.models import Post
from lms.posts.permissions import PP

NAME_MAX = 40
# These divide the posts in a cell of the spreadsheet of people.
FORBIDDEN = "、,，;；|｜\n"


class PostError(DomainError):
    """A post that can't be written like this; ``where`` names the form field."""


class PostTaken(Conflict):
    """Another post of the shop, or of all shops, has this name."""


def create_post(
    *,
    actor: Person,
    name: str,
    description: str,
    shop_id: int | None,
    competencies: Sequence[Competency],
    at: datetime,
) -> Post:
    """Add a post to a shop, or with ``shop_id`` None to all shops (administrators only)."""
    require(PP.POSTS_EDIT, of=actor)
    _may_write(actor, shop_id)
    post = Post(
        name=_free_name(name, shop_id, except_id=None),
        description=description.strip(),
        shop_id=shop_id,
        touched=True,
        created_at=at,
        competencies=_fitting(actor, shop_id, competencies),
    )
    db.session.add(post)
    db.session.flush()
    return post


def update_post(*, actor: Person, post: Post, name: str, description: str, competencies: Sequence[Competency]) -> Post:
    """Change the name and what the post requires. Nobody is given or relieved of a task by that."""
    require(PP.POSTS_EDIT, of=actor)
    _may_write(actor, post.shop_id)
    post.name = _free_name(name, post.shop_id, except_id=post.id)
    post.description = description.strip()
    wanted = _fitting(actor, post.shop_id, competencies)
    if {competency.id for competency in wanted} != {competency.id for competency in post.competencies}:
        post.competencies, post.touched = wanted, True
    db.session.flush()
    return post


def archive_post(*, actor: Person, post: Post, at: datetime) -> Post:
    """Take it out of the choices. Who holds it keeps it."""
    require(PP.POSTS_EDIT, of=actor)
    _may_write(actor, post.shop_id)
    post.archived_at = post.archived_at or at
    db.session.flush()
    return post


def restore_post(*, actor: Person, post: Post) -> Post:
    """Bring an archived post back."""
    require(PP.POSTS_EDIT, of=actor)
    _may_write(actor, post.shop_id)
    post.archived_at = None
    db.session.flush()
    return post


def _may_write(actor: Person, shop_id: int | None) -> None:
    require_visible(can_see_shop(actor, shop_id))
    if not may_write_for(actor, shop_id):
        raise Forbidden(_("所有店铺共用的岗位由管理员维护。"), hint=_("您可以为自己的店铺另建一个岗位。"))


def _fitting(actor: Person, shop_id: int | None, competencies: Sequence[Competency]) -> list[Competency]:
    """The competencies, each once: those of all shops, and those of the post's own shop."""
    for competency in competencies:
        require_visible(can_see_shop(actor, competency.shop_id))
        if competency.shop_id not in (None, shop_id):
            raise PostError(
                _("能力项“%(name)s”属于别的店铺，这个岗位不能要求它。", name=competency.name), where="competencies"
            )
    return list({competency.id: competency for competency in competencies}.values())


def _free_name(name: str, shop_id: int | None, *, except_id: int | None) -> str:
    name = " ".join(name.split())
    if not name:
        raise PostError(_("请填写岗位名称。"), where="name")
    if len(name) > NAME_MAX:
        raise PostError(_("岗位名称最多 %(n)s 个字。", n=NAME_MAX), where="name")
    if name == "无" or any(char in FORBIDDEN for char in name) or name.startswith(("=", "+", "-", "@")):
        raise PostError(_("岗位名称里不能有顿号、逗号、分号，也不能以 = + - @ 开头：人员表格用它们。"), where="name")
    place = Post.shop_id.is_(None) if shop_id is None else Post.shop_id == shop_id
    other = db.session.scalars(select(Post).where(place, Post.name == name)).first()
    if other is not None and other.id != except_id:
        hint = _("它已归档，可以恢复。") if other.archived_at else ""
        raise PostTaken(_("已经有岗位叫“%(name)s”。", name=name), where="name", hint=hint)
    return name
