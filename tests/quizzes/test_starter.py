"""Items and quizzes that ship: every file reads, each lesson has its items, and loading heeds what people changed."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

import courses
from lms.kernel.clock import now
from lms.learning.enums import AssignmentReason, Dimension
from lms.learning.models import Activity, Competency
from lms.learning.services import assign
from quizzes.attempts.services import start_attempt
from quizzes.bank.enums import ItemState
from quizzes.bank.models import Item
from quizzes.bank.queries import question_type
from quizzes.bank.services import edit_item, retire_item
from quizzes.papers.enums import QuizKind, QuizState, ShowAnswers
from quizzes.papers.models import Quiz, QuizItem
from quizzes.papers.services import close_quiz
from quizzes.starter.files import StarterFileError, parse_items, parse_quizzes, read_items, read_quizzes
from quizzes.starter.services import load_starter
from tests.conftest import Cast
from tests.factories import save

T0 = datetime.fromisoformat("2026-03-02T02:00:00+00:00")
LEAST_ITEMS = 3
LESSONS = Path(courses.__file__).parent / "starter"

FRONT = "---\nlesson: buyer-eyes\ncompetency: A1\ndimension: attitude\n---\n"


def block(stem: str, *, why: str = "因为。") -> str:
    return f"## single\n{stem}\n+ 对的\n- 错一\n- 错二\n> {why}\n\n"


def lesson_slugs() -> set[str]:
    """Lessons by the names of their files; checklists and chats have none of their own items."""
    paths = [path for path in LESSONS.glob("*/*.md") if path.name != "course.md"]
    return {path.stem.partition("-")[2] for path in paths if "type: " not in path.read_text(encoding="utf-8")}


def test_every_shipped_item_is_valid_and_each_lesson_has_some() -> None:
    items = read_items()
    faults = {one.slug: question_type(one.type).validate(one.definition) for one in items}
    assert {slug: found for slug, found in faults.items() if found} == {}
    assert len({one.slug for one in items}) == len(items)
    counts = {slug: sum(one.lesson == slug for one in items) for slug in lesson_slugs()}
    assert {slug: n for slug, n in counts.items() if n < LEAST_ITEMS} == {}


def test_every_shipped_quiz_has_a_pool_for_its_papers() -> None:
    items = read_items()
    quizzes = read_quizzes()
    sizes = {quiz.slug: sum(one.lesson in quiz.lessons for one in items) for quiz in quizzes}
    pre_tests = {quiz.parallel_of for quiz in quizzes}
    paired = {quiz.slug for quiz in quizzes if quiz.parallel_of or quiz.slug in pre_tests}
    short = {one.slug: sizes[one.slug] for one in quizzes if sizes[one.slug] < one.draw * (1 + (one.slug in paired))}
    assert short == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no front", "x.md:1: no front matter"),
        ("---\nlesson: a\n---\n", "x.md:3: missing competency, dimension"),
        (FRONT + "\nfoo\n## single\n", "x.md:7: 'foo' stands before"),
        (FRONT + "## essay\nx\n", "x.md:6: item of type 'essay'"),
        (FRONT + "## single\n问\n+ 一\n+ 二\n- 三\n> 因\n", "x.md:6: a single item has one right"),
        (FRONT + "## single\n问\n+ 一\n- 一\n- 三\n> 因\n", "x.md:6: an option stands twice"),
        (FRONT + "## multiple\n问\n+ 一\n+ 二\n> 因\n", "x.md:6: a multiple item"),
        (FRONT + "## truefalse\n问\n- 对\n> 因\n", "x.md:6: a truefalse item"),
        (FRONT + "## single\n问\n+ 一\n- 二\n- 三\n", "x.md:6: an item needs"),
        (FRONT + "## single\n问\n+ 一\n又一行\n> 因\n", "x.md:9: '又一行' does not belong"),
        (FRONT + block("同") + block("同"), "x.md:13: the same stem as in line 6"),
    ],
)
def test_faults_name_file_and_line(text: str, message: str) -> None:
    with pytest.raises(StarterFileError) as caught:
        parse_items(text, name="x.md")
    assert str(caught.value).startswith(message)


def test_faults_of_quizzes_name_the_line_of_the_quiz() -> None:
    good = '[[quiz]]\nslug = "a"\ntitle = "甲"\nlessons = ["x"]\ndraw = 1\ncut = 0.8\n'
    for text, line in (
        (good + "[[quiz]]\nslug = 3", 7),
        (good + good, 7),
        (good.replace("0.8", "80"), 1),
        (good + 'parallel_of = "b"\n', 1),
        ("[[quiz]\n", 1),
    ):
        with pytest.raises(StarterFileError, match=f"q.toml:{line}: "):
            parse_quizzes(text, name="q.toml")


@pytest.fixture
def folder(tmp_path: Path, cast: Cast) -> Path:
    """Six items of one lesson, a gate of three questions, an exam, and a pair."""
    save(Competency(code="A1", name="换位思考", dimension=Dimension.ATTITUDE))
    save(Activity(kind="lesson", title="站在买家一边", dimension=Dimension.ATTITUDE, slug="lesson:buyer-eyes"))
    (tmp_path / "items").mkdir()
    write(tmp_path, 6)
    lines = []
    for slug, extra in (
        ("gate", ""),
        ("exam", 'kind = "exam"\nattempts = 2\nminutes = 20\n'),
        ("pre", ""),
        ("post", 'parallel_of = "pre"\n'),
    ):
        lines.append(
            f'[[quiz]]\nslug = "{slug}"\ntitle = "入门 {slug}"\nlessons = ["buyer-eyes"]\ndraw = 3\ncut = 0.8\n{extra}'
        )
    (tmp_path / "quizzes.toml").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def write(folder: Path, number: int, *, why: str = "因为。") -> None:
    blocks = "".join(block(f"第 {n} 题", why=why) for n in range(1, number + 1))
    (folder / "items" / "buyer-eyes.md").write_text(FRONT + blocks, encoding="utf-8")


def quiz_of(session: scoped_session, slug: str) -> Quiz:
    query = select(Quiz).join(Activity, Activity.id == Quiz.activity_id).where(Activity.slug == f"quiz:{slug}")
    return session.scalars(query).one()


def pool(session: scoped_session, slug: str) -> int:
    query = select(func.count()).where(QuizItem.quiz_id == quiz_of(session, slug).id)
    return session.scalar(query) or 0


def test_fresh_home_gets_accepted_items_and_open_quizzes(cast: Cast, session: scoped_session, folder: Path) -> None:
    report = load_starter(at=T0, folder=folder)
    assert (report.items_added, report.quizzes["added"], report.notes) == (6, 4, [])
    item = session.scalars(select(Item)).first()
    assert item is not None and item.current_version is not None
    assert (item.state, item.shop_id, [one.code for one in item.competencies]) == (ItemState.ACCEPTED, None, ["A1"])
    assert item.current_version.rationale == "因为。\n出自课时《站在买家一边》。"
    exam, post = quiz_of(session, "exam"), quiz_of(session, "post")
    assert (exam.kind, exam.show_answers, exam.attempts_allowed) == (QuizKind.EXAM, ShowAnswers.AFTER_PASS, 2)
    assert exam.state is QuizState.OPEN and exam.dimension is Dimension.ATTITUDE
    assert post.parallel_of is quiz_of(session, "pre") and post.state is QuizState.OPEN
    assert exam.activity is not None and [one.code for one in exam.activity.competencies] == ["A1"]
    assign(
        actor=cast.trainer,
        activity=exam.activity,
        people=[cast.agent],
        due_at=None,
        reason=AssignmentReason.ONBOARDING,
        at=T0,
    )
    assert len(start_attempt(actor=cast.agent, quiz=exam, at=T0).slots) == 3


def test_second_start_does_nothing_and_costs_nothing(session: scoped_session, folder: Path) -> None:
    load_starter(at=T0, folder=folder)
    began = time.perf_counter()
    report = load_starter(at=now(), folder=folder)
    assert not report.changed and time.perf_counter() - began < 0.1


def test_newer_release_renews_what_nobody_touched(cast: Cast, session: scoped_session, folder: Path) -> None:
    load_starter(at=T0, folder=folder)
    first, second = session.scalars(select(Item).order_by(Item.id).limit(2)).all()
    assert first.current_version is not None and second.current_version is not None
    edit_item(
        actor=cast.trainer,
        item=first,
        stem="我们自己的题干",
        definition=first.current_version.definition,
        rationale="",
        at=T0,
    )
    retire_item(actor=cast.trainer, item=second, at=T0)
    close_quiz(actor=cast.admin, quiz=quiz_of(session, "gate"), at=T0 + timedelta(hours=1))
    write(folder, 8, why="因为（改）。")
    report = load_starter(at=T0 + timedelta(days=1), folder=folder)
    assert (report.items_added, report.items_renewed, report.items_retired) == (2, 4, 0)
    assert (report.quizzes["kept"], report.quizzes["renewed"]) == (1, 3)
    assert (first.current_version.stem, first.state) == ("我们自己的题干", ItemState.DRAFT)
    assert second.state is ItemState.RETIRED
    assert quiz_of(session, "gate").state is QuizState.CLOSED and pool(session, "gate") == 6
    assert pool(session, "exam") == 6  # eight, without the one that waits for review and the retired one
    write(folder, 7, why="因为（改）。")
    assert load_starter(at=T0 + timedelta(days=2), folder=folder).items_retired == 1


def test_items_wait_for_their_competency_and_a_pair_for_enough_items(session: scoped_session, folder: Path) -> None:
    code = session.scalars(select(Competency).where(Competency.code == "A1")).one()
    code.archived_at = T0
    session.flush()
    report = load_starter(at=T0, folder=folder)
    assert report.items_added == 0 and any("能力项 A1 还没有" in note for note in report.notes)
    assert quiz_of(session, "gate").state is QuizState.DRAFT
    code.archived_at = None
    session.flush()
    write(folder, 5)
    report = load_starter(at=T0 + timedelta(minutes=1), folder=folder)
    assert report.items_added == 5 and quiz_of(session, "gate").state is QuizState.OPEN
    assert quiz_of(session, "post").state is QuizState.DRAFT
    assert any("《入门 post》还不能开放" in note and "还差 1 个" in note for note in report.notes)
