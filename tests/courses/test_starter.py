"""The lessons that ship are fit for a shop, and loading them is safe at any time."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from courses.cli import courses
from courses.lessons.enums import LessonState
from courses.lessons.models import Course, CourseModule, Lesson, LessonVersion
from courses.lessons.queries import version_of
from courses.lessons.services import Draft, archive, edit_lesson
from courses.signoffs.points import points_of
from courses.starter.files import (
    ABOUT,
    FOLDER,
    StarterFileError,
    StarterLesson,
    parse,
    read_starter_courses,
    read_starter_lessons,
)
from courses.starter.services import StarterReport, load_starter
from courses.types import lesson_type
from courses.types.blocks import Chat, Check, Checklist, Prose, Rule, Speaker, Verdict, split
from tests.conftest import Cast
from tests.courses.conftest import AT

ROOT = Path(__file__).parents[2]
LESSONS = read_starter_lessons()
READINGS = [lesson for lesson in LESSONS if lesson.type != "checklist"]
CHECKLISTS = [lesson for lesson in LESSONS if lesson.type == "checklist"]
PROGRAMMES = sorted((ROOT / "courses" / "programmes" / "starter").glob("*.toml"))
ITEM_FILES = sorted((ROOT / "quizzes" / "starter" / "items").glob("*.md"))
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


def test_three_full_courses_and_the_onboarding_week() -> None:
    counted = Counter((lesson.course, lesson.type == "checklist") for lesson in LESSONS)
    assert len(READINGS) >= 28
    assert counted["attitude", False] >= 8
    assert counted["knowledge", False] >= 11
    assert counted["skill", False] >= 9
    assert counted["onboarding", True] >= 5
    assert all(lesson.dimension.value == lesson.course for lesson in READINGS if lesson.course != "camp")


def test_slugs_titles_and_codes_are_unique() -> None:
    for attribute in ("slug", "title"):
        assert len({getattr(lesson, attribute) for lesson in LESSONS}) == len(LESSONS)
    assert len({lesson.competency_code for lesson in READINGS}) == len(READINGS)
    names = {(lesson.competency_code, lesson.competency_name, lesson.dimension) for lesson in LESSONS}
    assert len({code for code, _name, _dimension in names}) == len(names)


def test_files_are_named_after_their_lessons() -> None:
    files = [path for path in FOLDER.glob("*/*.md") if path.name != ABOUT]
    assert [path.name for path in files if path.stem != f"{path.stem[:2]}-{front(path, 'slug')}"] == []
    assert len(files) == len(LESSONS)


def test_modules_of_a_course_stand_together() -> None:
    for course in read_starter_courses():
        modules = [lesson.module for lesson in course.lessons]
        assert all(modules)
        assert len([name for name, _ in groupby(modules)]) == len(set(modules)), course.slug


def test_front_matter_is_whole() -> None:
    for lesson in LESSONS:
        assert re.fullmatch(r"[a-z0-9-]+", lesson.slug), lesson.slug
        assert lesson.competency_name and lesson.summary, lesson.slug
        assert lesson.type == "checklist" or 5 <= lesson.minutes <= 15, lesson.slug


def test_length_is_right_for_one_sitting() -> None:
    for lesson in READINGS:
        assert 700 <= len(HAN.findall(lesson.body)) <= 1800, lesson.slug


def test_each_lesson_has_examples_practice_a_checklist_and_a_self_check(app: Flask) -> None:
    for lesson in READINGS:
        parts = split(lesson.body)
        verdicts = {part.verdict for part in parts if isinstance(part, Chat)}
        assert {Verdict.GOOD, Verdict.BAD} <= verdicts, lesson.slug
        assert all(
            any(line.speaker is Speaker.NOTE for line in part.lines) for part in parts if isinstance(part, Chat)
        ), lesson.slug
        assert [len(part.points) >= 5 for part in parts if isinstance(part, Checklist)] == [True], lesson.slug
        assert [3 <= len(part.pairs) <= 5 for part in parts if isinstance(part, Check)] == [True], lesson.slug
        assert "今天就练" in lesson.body or "当天怎么练" in lesson.body, lesson.slug


def test_each_body_is_fit_for_its_type(app: Flask) -> None:
    for lesson in LESSONS:
        assert lesson_type(lesson.type).problems(lesson.body, {}) == [], lesson.slug


def test_each_point_of_a_checklist_says_what_is_right_about_it() -> None:
    for lesson in CHECKLISTS:
        points = points_of(lesson.body)
        assert 6 <= len(points) <= 9, lesson.slug
        assert all(4 <= len(point.text) <= 40 and 6 <= len(point.standard) <= 60 for point in points), lesson.slug
        assert len({point.key for point in points}) == len(points), lesson.slug


def test_punctuation_is_chinese() -> None:
    """No half-width comma, stop or bracket between Chinese characters, no doubled marks, no straight quotes."""
    for lesson in LESSONS:
        text = f"{lesson.title}\n{lesson.summary}\n{lesson.body}"
        assert re.findall(r"[\u4e00-\u9fff][,;!?:][\u4e00-\u9fff]", text.replace("chat", "")) == [], lesson.slug
        assert re.findall(r"[\u4e00-\u9fff]\(|\)[\u4e00-\u9fff]", text) == [], lesson.slug
        assert re.findall(r"[，。；：、]{2,}|[\u4e00-\u9fff]\"|\"[\u4e00-\u9fff]", text) == [], lesson.slug
        assert text.count("“") == text.count("”"), lesson.slug


def test_no_absolute_claims_but_as_a_warning() -> None:
    for lesson in LESSONS:
        assert ABSOLUTE.findall(own_words(lesson)) == [], lesson.slug


def test_the_search_for_absolute_claims_finds_them() -> None:
    body = "```chat 正例\n客服: 这款绝对是顶级的\n```\n全网最低，放心买。\n“史上最低”不能说。\n"
    planted = parse(
        f"---\nslug: x\ntitle: 题\ndimension: skill\ncompetency: S9 某\nminutes: 8\nsummary: 简\n---\n{body}", name="x"
    )
    assert ABSOLUTE.findall(own_words(planted)) == ["绝对", "顶级", "全网最"]


def test_platform_rules_say_when_to_check_them() -> None:
    for lesson in READINGS:
        rules = [part for part in split(lesson.body) if isinstance(part, Rule)]
        assert all(rule.check_by and rule.paragraphs for rule in rules), lesson.slug
        assert lesson.check_by == min((rule.check_by for rule in rules if rule.check_by), default=None), lesson.slug
        assert lesson.check_by is None or date(2027, 1, 15) <= lesson.check_by <= date(2027, 5, 31), lesson.slug
        told = "\n".join(part.text for part in split(lesson.body) if isinstance(part, Prose))
        if CHANGING.search(QUOTED.sub("", told)):
            assert rules, lesson.slug


def test_nothing_that_a_lesson_may_not_ask_for() -> None:
    """No contact outside the platform, no phone numbers, nothing that reads like an order number."""
    for lesson in LESSONS:
        assert not re.search(r"1[3-9]\d{9}|\d{12,}|https?://|@[a-z]", lesson.body), lesson.slug


def test_every_mark_is_read_as_markdown(app: Flask) -> None:
    for lesson in LESSONS:
        with app.test_request_context():
            html = str(lesson_type(lesson.type).render(lesson.body, today=date(2026, 11, 2)).html)
        text = re.sub(r"<[^>]+>", "", html)
        assert not re.search(r"\*\*|```|^#|\|\s*---", text, re.MULTILINE), lesson.slug


def test_everything_fits_into_its_page(app: Flask) -> None:
    for lesson in READINGS:
        with app.test_request_context():
            rendered = lesson_type(lesson.type).render(lesson.body, today=date(2026, 11, 2))
        assert len(rendered.html.encode()) < 40_000, lesson.slug
        assert len(rendered.headings) >= 5, lesson.slug


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


# --- what goes with the lessons: read as files, since the quizzes are another plugin's ----------------------------


def front(path: Path, key: str) -> str:
    return re.search(rf"^{key}: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)[1]  # type: ignore[index]


def blocks(path: Path) -> list[list[str]]:
    """The items of a file, each as its lines without empty ones; the first is its type."""
    body = path.read_text(encoding="utf-8").split("\n## ")[1:]
    return [[line for line in block.splitlines() if line.strip()] for block in body]


def test_every_lesson_to_read_has_five_items_or_more_of_its_competency() -> None:
    told = {path.stem: len(blocks(path)) for path in ITEM_FILES}
    assert {lesson.slug: told.get(lesson.slug, 0) >= 5 for lesson in READINGS} == {each.slug: True for each in READINGS}
    assert sum(told.values()) >= 140
    assert {
        path.stem: (front(path, "lesson"), front(path, "competency"), front(path, "dimension")) for path in ITEM_FILES
    } == {lesson.slug: (lesson.slug, lesson.competency_code, lesson.dimension.value) for lesson in READINGS}


def test_no_stem_twice_and_no_easy_way_out() -> None:
    stems = Counter(block[1] for path in ITEM_FILES for block in blocks(path))
    assert [stem for stem, times in stems.items() if times > 1] == []
    options = [line[2:] for path in ITEM_FILES for block in blocks(path) for line in block if line[:2] in ("+ ", "- ")]
    assert [option for option in options if re.search("^以上|以上都|以上均|都不对|都正确|[ABCD]和", option)] == []


def test_the_right_option_does_not_stand_out_by_its_length() -> None:
    singles = [block for path in ITEM_FILES for block in blocks(path) if block[0] == "single"]
    longest = 0
    for block in singles:
        right = [len(line) for line in block if line.startswith("+ ")]
        wrong = [len(line) for line in block if line.startswith("- ")]
        assert (len(right), len(wrong)) == (1, 3), block[1]
        assert right[0] <= 1.35 * max(wrong), block[1]
        longest += right[0] > max(wrong)
    assert longest / len(singles) < 0.3


def test_items_are_punctuated_in_chinese() -> None:
    told = "\n".join(path.read_text(encoding="utf-8") for path in ITEM_FILES)
    assert re.findall(r"[\u4e00-\u9fff][,;!?:][\u4e00-\u9fff]|[，。；：、]{2,}", told) == []
    assert told.count("“") == told.count("”")


def quizzes() -> dict[str, list[str]]:
    told = tomllib.loads((ROOT / "quizzes" / "starter" / "quizzes.toml").read_text(encoding="utf-8"))
    return {quiz["slug"]: quiz["lessons"] for quiz in told["quiz"]}


def test_quizzes_draw_on_lessons_that_are_there() -> None:
    known = {path.stem for path in ITEM_FILES}
    assert {slug: set(lessons) - known for slug, lessons in quizzes().items() if set(lessons) - known} == {}


def named(kept: Any) -> set[str]:
    """Every slug of an activity in a programme, wherever it stands."""
    if isinstance(kept, str):
        return {kept} if re.fullmatch(r"(lesson|quiz):[a-z0-9-]+", kept) else set()
    inside = kept.values() if isinstance(kept, dict) else kept if isinstance(kept, list) else ()
    return set().union(*(named(each) for each in inside))


@pytest.mark.parametrize("path", PROGRAMMES, ids=[path.stem for path in PROGRAMMES])
def test_programmes_are_made_of_what_ships(path: Path) -> None:
    known = {f"lesson:{lesson.slug}" for lesson in LESSONS} | {f"quiz:{slug}" for slug in quizzes()}
    programme = tomllib.loads(path.read_text(encoding="utf-8"))
    assert named(programme) - known == set()
    assert all(day["title"] and day["goal"] and day["steps"] for day in programme["days"])


def test_days_of_the_programmes() -> None:
    told = {path.stem: tomllib.loads(path.read_text(encoding="utf-8"))["days"] for path in PROGRAMMES}
    assert {slug: len(days) for slug, days in told.items()} == {
        "onboarding-week": 5,
        "yearly-camp": 6,
        "guest-visit": 1,
    }
    for number, day in enumerate(told["onboarding-week"], start=1):
        assert f"lesson:ojt-day{number}" in day["steps"]
        assert day["gate"]["activity"] == (f"quiz:week1-day{number}" if number < 5 else "quiz:onboarding-exam")
        taught = {step.removeprefix("lesson:") for step in day["steps"] if isinstance(step, str)}
        if number < 5:
            assert set(quizzes()[f"week1-day{number}"]) <= taught, "a gate asks what its day has not taught"


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
    placed = [(lesson.course, lesson.module, lesson.type) for lesson in lessons]
    assert [(course and course.slug, module and module.title, kind) for course, module, kind in placed] == [
        (each.course, each.module, each.type) for each in LESSONS
    ]
    modules = session.scalars(select(CourseModule).order_by(CourseModule.course_id, CourseModule.position)).all()
    assert [module.title for module in modules] == list(dict.fromkeys(each.module for each in LESSONS))


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
        row.course_id, row.module = old.id, None
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
    assert rows["buyer-eyes"].module is not None
    assert (rows["buyer-eyes"].module.title, rows["after-no"].module) == ("看见买家", None)
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
