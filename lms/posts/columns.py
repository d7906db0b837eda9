"""The column 岗位 of the spreadsheet of people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from lms.kernel.db import db
from lms.kernel.hookspecs import PeopleCell, PeopleColumn
from lms.people.models import Person
from lms.people.queries import serving_filter
from lms.people.rules import can_see_shop
from lms.people.sheets import NOTHING, NOTHING_WORDS
from lms.posts.models import Post
from lms.posts.moving import give_posts
from lms.posts.queries import posts_of, visible_posts

_SEPARATOR = re.compile(r"[、,，;；|｜\n]+")

Candidates = tuple[tuple[Post, ...], ...]
"""For each name of a cell the posts it may mean: several shops may have one of the name."""


def _shown(viewer: Person, person_ids: Sequence[int]) -> dict[int, str]:
    """Names, the main post first. One that belongs to a shop out of the viewer's sight is left out."""
    return {
        person_id: "、".join(post.name for post in posts if can_see_shop(viewer, post.shop_id)) or NOTHING
        for person_id, posts in posts_of(person_ids).items()
    }


def _read(actor: Person, texts: Sequence[str]) -> dict[str, PeopleCell]:
    """One statement for all cells."""
    by_name: dict[str, list[Post]] = {}
    for post in db.session.scalars(visible_posts(actor)):
        by_name.setdefault(post.name, []).append(post)
    return {text: _cell(text, by_name) for text in texts}


def _cell(text: str, by_name: dict[str, list[Post]]) -> PeopleCell:
    if text.casefold() in NOTHING_WORDS:
        return PeopleCell((), NOTHING)
    folded = {name.casefold(): name for name in by_name}
    names: list[str] = []
    for part in _SEPARATOR.split(text):
        word = " ".join(part.split())
        if not word:
            continue
        name = folded.get(word.casefold())
        if name is None:
            known = "、".join(by_name) or _("（还没有岗位）")
            return PeopleCell(problem=_("没有岗位“%(word)s”，可以填：%(known)s。", word=word[:20], known=known))
        if name not in names:
            names.append(name)
    return PeopleCell(tuple(tuple(by_name[name]) for name in names), "、".join(names) or NOTHING)


def _apply(actor: Person, wishes: Sequence[tuple[Person, Candidates]], at: datetime) -> dict[int, str]:
    """Several shops may have a post of one name: the person's own shop's goes before the shared one."""
    serving: dict[int, set[int]] = {}
    problems: dict[int, str] = {}
    chosen: list[tuple[Person, list[Post]]] = []
    for person, candidates in wishes:
        posts = []
        for alternatives in candidates:
            post = next((p for p in reversed(alternatives) if _fits(person, p, serving)), None)
            if post is None:
                problems[person.id] = _(
                    "岗位“%(post)s”属于%(name)s不服务的店铺。", post=alternatives[0].name, name=person.name
                )
                break
            posts.append(post)
        else:
            chosen.append((person, posts))
    return problems | give_posts(actor=actor, wishes=chosen, at=at)


def _fits(person: Person, post: Post, serving: dict[int, set[int]]) -> bool:
    if post.shop_id is None:
        return True
    if post.shop_id not in serving:
        people = select(Person.id).where(serving_filter(post.shop_id, Person.id))
        serving[post.shop_id] = set(db.session.scalars(people))
    return person.id in serving[post.shop_id]


POSTS_COLUMN = PeopleColumn(
    name="posts",
    label=_l("岗位"),
    names=("岗位", "崗位", "职位", "post", "posts", "position"),
    shown=_shown,
    read=_read,
    apply=_apply,
    hint=_l(
        "几个岗位用顿号隔开，第一个是主岗位。新增的要求会布置成任务，一周内完成；正在学培训计划的新人只布置课时，不限时间。原有的任务不取消。"
    ),
    example="售前",
)
