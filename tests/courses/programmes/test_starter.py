"""The programmes that ship, and loading them: once, again, renewed, and where something is missing."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from courses.programmes.authoring import save_draft
from courses.programmes.cli import programmes as command
from courses.programmes.definition import Gate, Remedial, Skip, Step, flaws, from_json
from courses.programmes.models import Programme
from courses.programmes.starter.files import StarterFileError, parse, read_starter_programmes
from courses.programmes.starter.services import load_starter
from lms.learning.models import Activity
from tests.conftest import Cast
from tests.courses.programmes.conftest import Week, clock
from tests.factories import make_activity

WEEK = """
slug = "probe"
title = "试用周"
summary = "两天"
[[days]]
title = "第一天"
goal = "认识岗位"
start = "09:30"
steps = ["lesson:a", { activity = "lesson:b", required = false, requires = ["lesson:a"] },
         { activity = "lesson:c", skip_if = { activity = "quiz:pre", score = 0.8 } }, "quiz:pre"]
gate = { activity = "quiz:one", cut = 0.8, remedial = { activity = "lesson:a", below = 0.6 } }
[[days]]
title = "第二天"
offset_days = 3
attendance = false
steps = ["lesson:d"]
"""
SLUGS = ("lesson:a", "lesson:b", "lesson:c", "lesson:d", "quiz:pre", "quiz:one")


def shelf(session: scoped_session) -> dict[str, int]:
    ids = {}
    for slug in SLUGS:
        activity = make_activity(slug, kind=slug.partition(":")[0])
        activity.slug = slug
        ids[slug] = activity.id
    session.flush()
    return ids


def test_a_file_becomes_a_definition(session: scoped_session) -> None:
    ids = shelf(session)
    first, second = parse(WEEK, name="probe.toml").definition(ids).days
    assert first.steps == (
        Step(ids["lesson:a"]),
        Step(ids["lesson:b"], required=False, requires=(ids["lesson:a"],)),
        Step(ids["lesson:c"], skip=Skip(ids["quiz:pre"], 0.8)),
        Step(ids["quiz:pre"]),
    )
    assert first.gate == Gate(ids["quiz:one"], 0.8, Remedial(ids["lesson:a"], 0.6))
    assert (first.start, first.offset, first.attendance) == ("09:30", 0, True)
    assert (second.offset, second.attendance, second.gate) == (3, False, None)


def test_loading_twice_changes_nothing_and_renews_only_what_is_untouched(session: scoped_session, cast: Cast) -> None:
    shelf(session)
    shipped = parse(WEEK, name="probe.toml")
    assert load_starter(at=clock(1, 9), programmes=[shipped]).added == 1
    programme = session.scalars(select(Programme)).one()
    assert (programme.published_number, programme.activity.slug, programme.shop_id) == (1, "programme:probe", None)
    assert load_starter(at=clock(1, 10), programmes=[shipped]).unchanged == 1
    newer = replace(shipped, title="试用周（新）")
    assert load_starter(at=clock(2, 9), programmes=[newer]).renewed == 1
    assert (programme.title, programme.published_number) == ("试用周（新）", 2)
    save_draft(
        actor=cast.admin, programme=programme, title="我们的试用周", summary="", base=0,
        definition=from_json(programme.draft), at=clock(3, 9),
    )  # fmt: skip
    assert load_starter(at=clock(4, 9), programmes=[shipped]).kept == 1
    assert programme.title == "我们的试用周"


def test_one_with_a_missing_activity_is_skipped_and_says_which(session: scoped_session) -> None:
    shelf(session)
    session.scalars(select(Activity).where(Activity.slug == "quiz:one")).one().archived_at = clock(1, 8)
    session.flush()
    report = load_starter(at=clock(1, 9), programmes=[parse(WEEK, name="probe.toml")])
    assert report.line() == "培训计划“试用周”没有装入，缺少 quiz:one"


@pytest.mark.parametrize("text", ["title = 'x'", "slug = 'x'\ntitle = 'x'\n[[days]]\nsteps = []", "days = 3", "===="])
def test_a_broken_file_names_itself(text: str) -> None:
    with pytest.raises(StarterFileError, match=r"^bad\.toml"):
        parse(text, name="bad.toml")


def test_what_ships_has_no_flaw_that_would_keep_a_trainer_from_publishing_it() -> None:
    for shipped in read_starter_programmes():
        ids = {slug: n for n, slug in enumerate(sorted(shipped.slugs()), 1)}
        slugs = {n: slug for slug, n in ids.items()}
        found = flaws(
            shipped.definition(ids),
            usable=lambda _ident: True,
            scored=lambda ident, slugs=slugs: slugs[ident].startswith("quiz:"),  # type: ignore[misc]
        )
        assert [flaw for flaw in found if flaw.blocks] == [], shipped.slug


def test_the_command_lists_and_rebuilds(app: Flask, session: scoped_session, cast: Cast, week: Week) -> None:
    week.give(cast.trainer, cast.agent, at=clock(2, 9))
    session.commit()
    runner = app.test_cli_runner()
    (row,) = json.loads(runner.invoke(command, ["list", "--json"]).output)
    assert (row["title"], row["days"], row["version"], row["active"]) == ("甲店新人周", 2, 1, 1)
    assert "甲店新人周" in runner.invoke(command, ["list"]).output
    assert json.loads(runner.invoke(command, ["rebuild", "--json"]).output) == {"enrolments": 1}
