"""The lessons that ship are fit for a shop, and loading them is safe at any time."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from courses.cli import courses
from courses.lessons.enums import LessonState
from courses.lessons.models import Course, Lesson, LessonVersion
from courses.lessons.queries import version_of
from courses.lessons.services import Draft, archive, edit_lesson
from courses.starter.files import StarterFileError, StarterLesson, parse, read_starter_lessons
from courses.starter.services import StarterReport, load_starter
from courses.types import lesson_type
from courses.types.blocks import Chat, Check, Checklist, Prose, Rule, Speaker, Verdict, split
from lms.learning.enums import Dimension
from tests.conftest import Cast
from tests.courses.conftest import AT

LESSONS = read_starter_lessons()
by_slug = pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.slug for lesson in LESSONS])
HAN = re.compile(r"[\u4e00-\u9fff]")
# 广告法 第九条 and what platforms treat alike. A lesson may quote them as what not to say, and only so.
ABSOLUTE = re.compile(
    "国家级|世界级|最高级|最佳|最好的|最优|最低价|全网最|史上最|第一品牌|销量第一|全国第一|顶级|极品|独一无二|绝无仅有|"
    "百分之百|100%|万能|永久|根治|包治|零风险|无副作用|绝对(?!化)"
)
QUOTED = re.compile(r"“[^”]*”|「[^」]*」")
CHANGING = re.compile(r"48 ?小时|平台.{0,6}(规则|禁止).{0,20}(处罚|赔付|时限)|赔付标准")


def own_words(lesson: StarterLesson) -> str:
    """What the lesson itself says: without quotations, and without what bad examples say."""
    said: list[str] = [lesson.title, lesson.summary]
    for part in split(lesson.body):
        if isinstance(part, Chat):
            bad = part.verdict is Verdict.BAD
            said += [line.text for line in part.lines if not (bad and line.speaker is Speaker.AGENT)]
        elif isinstance(part, Prose):
            said.append(part.text)
        elif isinstance(part, Rule):
            said += part.paragraphs
        elif isinstance(part, Check):
            said += [text for pair in part.pairs for text in pair]
        else:
            said += part.points
    return QUOTED.sub("", "\n".join(said))


def test_three_lessons_or_more_for_each_dimension() -> None:
    counted = Counter(lesson.dimension for lesson in LESSONS)
    assert len(LESSONS) >= 9
    assert {dimension: counted[dimension] >= 3 for dimension in Dimension} == dict.fromkeys(Dimension, True)


def test_slugs_titles_and_codes_are_unique() -> None:
    for attribute in ("slug", "title", "competency_code"):
        assert len({getattr(lesson, attribute) for lesson in LESSONS}) == len(LESSONS)


@by_slug
def test_front_matter_is_whole(lesson: StarterLesson) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", lesson.slug)
    assert lesson.competency_name and lesson.summary
    assert 5 <= lesson.minutes <= 15


@by_slug
def test_length_is_right_for_one_sitting(lesson: StarterLesson) -> None:
    assert 700 <= len(HAN.findall(lesson.body)) <= 1800


@by_slug
def test_each_lesson_has_examples_practice_a_checklist_and_a_self_check(app: Flask, lesson: StarterLesson) -> None:
    parts = split(lesson.body)
    verdicts = {part.verdict for part in parts if isinstance(part, Chat)}
    assert {Verdict.GOOD, Verdict.BAD} <= verdicts
    assert all(any(line.speaker is Speaker.NOTE for line in part.lines) for part in parts if isinstance(part, Chat))
    assert [len(part.points) >= 5 for part in parts if isinstance(part, Checklist)] == [True]
    assert [3 <= len(part.pairs) <= 5 for part in parts if isinstance(part, Check)] == [True]
    assert "今天就练" in lesson.body or "当天怎么练" in lesson.body
    assert lesson_type("markdown").problems(lesson.body) == []


@by_slug
def test_no_absolute_claims_but_as_a_warning(lesson: StarterLesson) -> None:
    assert ABSOLUTE.findall(own_words(lesson)) == []


def test_the_search_for_absolute_claims_finds_them() -> None:
    body = "```chat 正例\n客服: 这款绝对是顶级的\n```\n全网最低，放心买。\n“史上最低”不能说。\n"
    planted = parse(
        f"---\nslug: x\ntitle: 题\ndimension: skill\ncompetency: S9 某\nminutes: 8\nsummary: 简\n---\n{body}", name="x"
    )
    assert ABSOLUTE.findall(own_words(planted)) == ["绝对", "顶级", "全网最"]


@by_slug
def test_platform_rules_say_when_to_check_them(lesson: StarterLesson) -> None:
    rules = [part for part in split(lesson.body) if isinstance(part, Rule)]
    assert all(rule.check_by and rule.paragraphs for rule in rules)
    assert lesson.check_by == min((rule.check_by for rule in rules if rule.check_by), default=None)
    told = "\n".join(part.text for part in split(lesson.body) if isinstance(part, Prose))
    if CHANGING.search(QUOTED.sub("", told)):
        assert rules, "a convention of platforms stands outside a rule block"


@by_slug
def test_nothing_that_a_lesson_may_not_ask_for(lesson: StarterLesson) -> None:
    """No contact outside the platform, no phone numbers, nothing that reads like an order number."""
    assert not re.search(r"1[3-9]\d{9}|\d{12,}|https?://|@[a-z]", lesson.body)


@by_slug
def test_every_mark_is_read_as_markdown(app: Flask, lesson: StarterLesson) -> None:
    with app.test_request_context():
        html = str(lesson_type("markdown").render(lesson.body, today=date(2026, 11, 2)).html)
    text = re.sub(r"<[^>]+>", "", html)
    assert not re.search(r"\*\*|```|^#|\|\s*---", text, re.MULTILINE)


@by_slug
def test_everything_fits_into_its_page(app: Flask, lesson: StarterLesson) -> None:
    with app.test_request_context():
        rendered = lesson_type("markdown").render(lesson.body, today=date(2026, 11, 2))
    assert len(rendered.html.encode()) < 40_000
    assert len(rendered.headings) >= 5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no front matter", "no front matter"),
        ("---\nslug: a\n---\nbody\n", "missing title, dimension, competency, minutes, summary"),
        ("---\nslug\n---\nbody\n", "is not key: value"),
    ],
)
def test_a_broken_file_is_named(text: str, told: str) -> None:
    with pytest.raises(StarterFileError, match=told):
        parse(text, name="a.md")


# --- loading -----------------------------------------------------------------------------------------------------


def test_loading_publishes_all_for_every_shop(app: Flask, session: scoped_session) -> None:
    assert load_starter(at=AT) == StarterReport(added=len(LESSONS))
    lessons = session.scalars(select(Lesson).order_by(Lesson.position)).all()
    assert [lesson.slug for lesson in lessons] == [lesson.slug for lesson in LESSONS]
    assert {(lesson.state, lesson.shop_id, lesson.published_number) for lesson in lessons} == {
        (LessonState.PUBLISHED, None, 1)
    }
    assert {lesson.activity.archived_at for lesson in lessons} == {None}
    assert [lesson.activity.competencies[0].code for lesson in lessons] == [each.competency_code for each in LESSONS]


def test_loading_again_changes_nothing(app: Flask, session: scoped_session) -> None:
    load_starter(at=AT)
    session.commit()
    assert load_starter(at=AT + timedelta(days=1)) == StarterReport(unchanged=len(LESSONS))
    assert session.scalar(select(func.count(LessonVersion.id))) == len(LESSONS)


def test_a_newer_text_renews_what_nobody_touched(app: Flask, cast: Cast, session: scoped_session) -> None:
    first, second, third = LESSONS[:3]
    load_starter(at=AT, lessons=[first, second, third])
    rows = {lesson.slug: lesson for lesson in session.scalars(select(Lesson))}
    edited = rows[second.slug]
    edit_lesson(
        actor=cast.admin,
        lesson=edited,
        draft=Draft(title="我们店的说法", body="## 改过\n\n改成我们店的。"),
        competencies=edited.activity.competencies,
        base=1,
        at=AT,
    )
    archive(actor=cast.admin, lesson=rows[third.slug], at=AT)
    newer = [StarterLesson(**{**vars(each), "body": each.body + "\n补一句。\n"}) for each in (first, second, third)]
    assert load_starter(at=AT + timedelta(days=30), lessons=newer) == StarterReport(renewed=1, kept=2)
    assert rows[first.slug].published_number == 2
    assert version_of(rows[first.slug], 2).body.endswith("补一句。\n")
    assert version_of(edited, edited.latest_number).title == "我们店的说法"
    assert rows[third.slug].state is LessonState.ARCHIVED


def test_the_course_of_the_first_release_becomes_the_onboarding_week(app: Flask, session: scoped_session) -> None:
    """Its lessons move to the courses of today, its row lives on; a lesson that a trainer put elsewhere stays there."""
    old, own = Course(slug="starter", title="客服第一周"), Course(title="本店的课")
    session.add_all([old, own])
    session.flush()
    some = [lesson for lesson in LESSONS if lesson.slug in ("buyer-eyes", "first-reply", "after-no")]
    load_starter(at=AT, lessons=some)
    rows = {lesson.slug: lesson for lesson in session.scalars(select(Lesson))}
    for row in rows.values():
        row.course_id = old.id
    rows["after-no"].course_id = own.id
    old.slug = "starter"
    session.flush()
    assert load_starter(at=AT, lessons=some) == StarterReport(unchanged=3)
    where = {slug: session.get_one(Course, row.course_id) for slug, row in rows.items()}
    assert {slug: course.slug for slug, course in where.items()} == {
        "buyer-eyes": "attitude",
        "first-reply": "skill",
        "after-no": None,
    }
    assert (old.slug, old.title) == ("onboarding", "新人跟岗：带着清单上岗")


def test_a_lesson_of_an_unknown_type_waits_for_its_plugin(app: Flask, session: scoped_session) -> None:
    odd = StarterLesson(**{**vars(LESSONS[0]), "type": "hologram"})
    assert load_starter(at=AT, lessons=[odd]) == StarterReport(waiting=1)
    assert session.scalar(select(func.count(Lesson.id))) == 0


def test_the_command_tells_what_it_did(app: Flask) -> None:
    result = CliRunner().invoke(courses, ["load-starter", "--json"])
    assert (result.exit_code, result.output.strip()) == (
        0,
        f'{{"added": {len(LESSONS)}, "renewed": 0, "kept": 0, "unchanged": 0, "waiting": 0}}',
    )
    again = CliRunner().invoke(courses, ["load-starter"])
    assert again.output.strip() == f"入门课时：新增 0，更新 0，本店已改动、保持原样 0，无变化 {len(LESSONS)}"
