"""The posts' part of ``lms demo``: everybody of the demo team does something in particular."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from lms.kernel.db import db
from lms.people.models import Person
from lms.posts.models import Post
from lms.posts.moving import set_posts
from lms.posts.starter import load_posts

# A team's name says what its people do. Some do more, the main post first.
TEAMS = {"售前一组": "presale", "售前二组": "presale", "售前组": "presale", "售后组": "aftersale"}
MORE = {
    "evaluator": ("quality",),
    "lead": ("presale", "vip"),
    "limengyao": ("vip", "presale"),
    "dengyuwei": ("aftersale", "complaints"),
    "fengkai": ("delivery", "aftersale"),
    "jiangtingting": ("refund", "aftersale"),
    "weilan": ("aftersale", "delivery"),
}


def give_demo_posts(context: Any) -> str:
    """By team, with some who do more. The tasks of the demo come with its lessons."""
    at = context.days_ago(58, hour=10)
    load_posts(at=at)
    posts = {post.slug: post for post in db.session.scalars(select(Post))}
    moves: list[tuple[Person, list[Post], list[Post]]] = []
    for person in db.session.scalars(select(Person).where(Person.active).order_by(Person.id)):
        by_team = TEAMS.get(person.team.name) if person.team else None
        slugs = MORE.get(person.account, (by_team,) if by_team else ())
        if slugs:
            moves.append((person, [], [posts[slug] for slug in slugs]))
    set_posts(actor=context.person("admin"), moves=moves, at=at, told=False)
    return f"{len(posts)} 个岗位，{len(moves)} 人在岗"
