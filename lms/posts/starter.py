"""The posts that ship, and what they require."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lms.kernel.db import db
from lms.learning.models import Competency
from lms.posts.models import Post

# Whoever talks to customers needs these, whatever the post.
_EVERYBODY = ("A1", "A2", "A3", "A7", "K4", "K12", "S1")


@dataclass(frozen=True)
class StarterPost:
    slug: str
    name: str
    description: str
    codes: tuple[str, ...]


STARTER = (
    StarterPost(
        "presale",
        "售前",
        "下单之前的咨询：商品、价格、活动、推荐。",
        (*_EVERYBODY, "K3", "K8", "K9", "S4", "S5", "S6"),
    ),
    StarterPost(
        "aftersale",
        "售后",
        "下单之后的问题：退换、质量、催促、投诉的第一站。",
        (*_EVERYBODY, "K1", "K5", "K6", "S2", "S3", "S7", "S8"),
    ),
    StarterPost("delivery", "快递", "查件、催件、丢件破损和改地址。", (*_EVERYBODY, "K2", "K7", "S7", "S8")),
    StarterPost("refund", "退款", "审退款、核对退回的货、说清到账时间。", (*_EVERYBODY, "K1", "K5", "K6", "S2", "S11")),
    StarterPost(
        "quality", "质检", "抽查会话，指出问题，跟进改进。", ("A1", "A7", "A8", "K4", "K11", "K12", "K13", "S8")
    ),
    StarterPost("vip", "VIP", "老客户和大客户的专属接待。", (*_EVERYBODY, "A8", "K3", "K8", "S5", "S6", "S9", "S12")),
    StarterPost(
        "complaints",
        "客诉专员",
        "升级的投诉：安抚、核实、补偿、回访到底。",
        (*_EVERYBODY, "A4", "A5", "A6", "K1", "K6", "K7", "S3", "S10", "S11", "S12"),
    ),
)


def load_posts(*, at: datetime) -> int:
    """Make the posts that are missing and give them what they require. Returns how many were made.

    Competencies that lessons bring later are added at a later start, while nobody has changed what the post requires.
    A post that somebody renamed or archived stays so.
    """
    known = {post.slug: post for post in db.session.scalars(select(Post).where(Post.slug.is_not(None)))}
    taken = set(db.session.scalars(select(Post.name).where(Post.shop_id.is_(None))))
    shared = select(Competency).where(Competency.shop_id.is_(None), Competency.archived_at.is_(None))
    by_code = {competency.code: competency for competency in db.session.scalars(shared)}
    made = 0
    for starter in STARTER:
        post = known.get(starter.slug)
        if post is None:
            if starter.name in taken:  # somebody made one of this name by hand: theirs it is
                continue
            post = Post(slug=starter.slug, name=starter.name, description=starter.description, created_at=at)
            db.session.add(post)
            made += 1
        if not post.touched:
            have = {competency.id for competency in post.competencies}
            wanted = [by_code[code] for code in starter.codes if code in by_code]
            post.competencies.extend(competency for competency in wanted if competency.id not in have)
    db.session.flush()
    return made
