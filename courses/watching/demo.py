"""A short video that some have watched, and a checklist of the first day that a lead has begun to sign."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from courses.lessons.models import Lesson, LessonVersion
from courses.lessons.queries import version_of
from courses.lessons.services import Draft, create_lesson, open_lesson, show
from courses.signoffs.enums import SignVerdict
from courses.signoffs.points import points_of
from courses.signoffs.services import Mark, sign
from courses.watching.coverage import Claim
from courses.watching.services import COVER, Told, watch
from courses.watching.sessions import PlayerSession
from lms.kernel.db import db
from lms.learning.enums import AssignmentReason
from lms.learning.services import assign
from lms.media.services import store_upload
from lms.people.models import Person

VIDEO = Path(__file__).parents[1] / "starter" / "media" / "first-three-lines.mp4"
TITLE = "示范视频：接待的前三句"
BODY = """## 看完记住三句

- **有人在**：“您好，我在的，您说。”30 秒内回，短一点没关系。
- **说回去**：用自己的话重复一遍客人的问题，确认没听错。
- **下一步**：谁来做、做什么、什么时候有结果。

```自测
问：客人问“这件起球吗”，您还不知道答案，第三句怎么说？
答：先说谁去查、多久回来，例如“我帮您查面料，两分钟内回您”。不知道可以，没有下一步不行。
```
"""
TEACHES = "first-reply"
CHECKLIST = "ojt-day1"
# How much of the video each of the first agents has watched, in stretches of seconds at the usual speed.
WATCHED: tuple[tuple[tuple[float, float], ...], ...] = (
    ((0, 40),),
    ((0, 12), (24, 31)),
    ((0, 22),),
    ((0, 18), (18, 40)),
    ((0, 6), (34, 40)),
)
# (account, days since it was given, points signed, a point to do again with the reason)
SIGNED: tuple[tuple[str, int, int, str], ...] = (
    ("agent", 5, 4, "两处要翻找，明天再来一遍"),
    ("limengyao", 4, 2, ""),
    ("zhanghaoran", 1, 0, ""),
)


def run(context: Any) -> str:
    """Load the video, let people watch it, and have the first day's checklist signed in part."""
    lessons = {row.slug: row for row in db.session.scalars(select(Lesson).where(Lesson.slug.in_([TEACHES, CHECKLIST])))}
    video = _video(context, lessons[TEACHES])
    watching = context.agents("songguo")[: len(WATCHED)]
    for person, spans in zip(watching, WATCHED, strict=True):
        _watch(context, person, video, spans)
    signed = sum(_sign(context, lessons[CHECKLIST], *row) for row in SIGNED)
    return f"1 节视频课时，{len(watching)} 人看过；带教清单签了 {signed} 条"


def _video(context: Any, like: Lesson) -> Lesson:
    trainer, shop = context.person("trainer"), context.shop("songguo")
    at = context.days_ago(9, hour=15)
    with open(VIDEO, "rb") as stream:
        media = store_upload(actor=trainer, shop_id=shop.id, stream=stream, filename=f"{TITLE[5:]}.mp4", at=at)
    lesson = create_lesson(
        actor=trainer,
        draft=Draft(
            title=TITLE,
            body=BODY,
            summary="40 秒看完开场三句话，再看要点，照着练一遍。",
            minutes=3,
            settings={"media": media.ref, "cover": COVER},
        ),
        competencies=like.activity.competencies,
        shop_id=shop.id,
        type_name="video",
        at=at,
    )
    show(lesson=lesson, at=at, by_id=trainer.id)
    assign(
        actor=trainer,
        activity=lesson.activity,
        people=context.agents("songguo"),
        due_at=context.days_ago(-3, hour=18),
        reason=AssignmentReason.BY_HAND,
        at=context.days_ago(8, hour=9),
    )
    return lesson


def _watch(context: Any, person: Person, lesson: Lesson, spans: tuple[tuple[float, float], ...]) -> None:
    version = _published(lesson)
    since = context.days_ago(2, hour=14, minute=person.id % 60)
    open_lesson(actor=person, lesson=lesson, version=version, at=since)
    took = sum(end - start for start, end in spans)
    claims, left = {}, took
    for seq, (start, end) in enumerate(spans):
        left -= end - start
        claims[seq] = Claim(start, end, end - start, left)
    watch(
        actor=person,
        lesson=lesson,
        version=version,
        ref=version.settings["media"],
        seconds=40.0,
        cover=COVER,
        player=PlayerSession(f"demo-{person.id}", since),
        told=Told(claims, spans[-1][1], 40.0),
        at=since + timedelta(seconds=took + 5),
    )


def _sign(context: Any, lesson: Lesson, account: str, days: int, signed: int, redo: str) -> int:
    lead, person, version = context.person("lead"), context.person(account), _published(lesson)
    given = context.days_ago(days, hour=9)
    assign(
        actor=context.person("trainer"),
        activity=lesson.activity,
        people=[person],
        due_at=context.days_ago(-2, hour=18),
        reason=AssignmentReason.ONBOARDING,
        at=given,
    )
    open_lesson(actor=person, lesson=lesson, version=version, at=given + timedelta(minutes=20))
    marks = {point.key: Mark(SignVerdict.OK) for point in points_of(version.body)[:signed]}
    if redo:
        marks[list(marks)[1]] = Mark(SignVerdict.REDO, redo)
    at = given + timedelta(hours=7)
    return len(sign(actor=lead, person=person, lesson=lesson, version=version, marks=marks, at=at)) if marks else 0


def _published(lesson: Lesson) -> LessonVersion:
    return version_of(lesson, lesson.published_number or lesson.latest_number)
