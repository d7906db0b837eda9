"""Scorecards: drafts that nobody overwrites, versions, what changed, and nothing demanded without guidance."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session
from werkzeug.datastructures import MultiDict

from courses.lessons.enums import LessonState
from lms.inbox.models import Notification
from lms.kernel.errors import NotFound
from lms.learning.models import Competency
from lms.people.models import Person
from lms.qa.enums import Scale
from lms.qa.scorecards.definition import CriterionSpec, Definition, Section
from lms.qa.scorecards.differences import differences, shares
from lms.qa.scorecards.editing import act, read_form
from lms.qa.scorecards.guiding import Behind, guidance_of, guided, lacks_of
from lms.qa.scorecards.models import Criterion, Scorecard, ScorecardVersion
from lms.qa.scorecards.queries import editable_filter, orphans_for, scorecard_filter
from lms.qa.scorecards.rules import can_edit_scorecard, can_see_scorecard
from lms.qa.scorecards.services import (
    ScorecardError,
    ScorecardMoved,
    copy_scorecard,
    create_scorecard,
    discard_draft,
    draft_of,
    publish,
    save_draft,
    set_archived,
    version_in_force,
)
from lms.qa.scorecards.starter import SLUG, load_starter
from lms.qa.scorecards.telling import cards_for
from quizzes.bank.services import accept_item
from tests.conftest import Cast, Counted
from tests.courses.panels.making import make_lesson
from tests.factories import make_competency
from tests.qa.making import MONDAY, make_definition, make_scorecard
from tests.quizzes.bank.making import make_item

SignIn = Callable[[Person], FlaskClient]
Counter = Callable[[], AbstractContextManager[Counted]]


def spec(code: str, **changed: object) -> CriterionSpec:
    return replace(CriterionSpec(code=code, name=code, competency_id=1), **changed)


# --- pure ----------------------------------------------------------------------------------------------------------


def test_differences_say_what_was_added_dropped_and_weighted_anew() -> None:
    old = Definition((Section("服务", (spec("及时", weight=20), spec("准确", weight=30))),))
    new = Definition((Section("服务", (spec("准确", weight=60, critical=True), spec("态度", weight=40))),))
    assert shares(old) == {"及时": 40, "准确": 60}
    assert [change.text for change in differences(old, new)] == [
        "新增“态度”，占 40%",
        "去掉“及时”",
        "“准确”的权重从 30 改为 60（占比 60% → 60%）",
        "“准确”改为致命项",
    ]
    assert differences(new, new) == []
    swapped = Definition((Section("服务", tuple(reversed(new.criteria))),))
    assert [change.kind for change in differences(new, swapped)] == ["wording"]


def test_buttons_move_over_the_borders_of_sections() -> None:
    start = Definition((Section("一", (spec("a"), spec("b"))), Section("二", (spec("c"),))))

    def after(action: str) -> list[list[str]]:
        return [[one.code for one in section.criteria] for section in act(start, action).sections]

    assert after("down:a") == [["b", "a"], ["c"]]
    assert after("down:b") == [["a"], ["b", "c"]]
    assert after("up:c") == [["a", "b", "c"], []]
    assert after("up:a") == after("down:c") == after("nonsense:9") == after("sup:0") == [["a", "b"], ["c"]]
    assert after("drop:a") == [["b"], ["c"]]
    assert after("sdown:0") == [["c"], ["a", "b"]]
    assert after("sdrop:0") == [["c"]]
    assert [len(codes) for codes in after("add:1")] == [2, 2]
    assert [len(codes) for codes in after("section")] == [2, 1, 1]


def test_form_is_read_in_the_order_of_the_page_and_never_raises() -> None:
    form = MultiDict(
        [
            ("row", "s:k1"), ("row", "c:b"), ("row", "c:a"), ("row", "c:a"), ("row", "c:../x"), ("row", "zzz"),
            ("s-k1", " 态度 "), ("c-b-name", "有问候"), ("c-b-weight", "7.5"), ("c-b-competency", "9"),
            ("c-b-scale", "steps"), ("c-b-top", "3"), ("c-b-pass", "2"), ("c-b-na", "1"), ("c-b-good", "您好\n\n在\n"),
            ("c-b-checks", "no_greeting"), ("c-b-checks", "<x>"), ("c-a-weight", "很多"), ("c-a-competency", "x"),
            ("c-a-scale", "yes_no"), ("c-a-top", "9"), ("c-a-critical", "1"),
        ]
    )  # fmt: skip
    read = read_form(form)
    assert read == Definition(
        (
            Section(
                "态度",
                (
                    CriterionSpec(
                        "b",
                        "有问候",
                        Scale.STEPS,
                        3,
                        2,
                        7.5,
                        False,
                        True,
                        9,
                        good=("您好", "在"),
                        checks=("no_greeting",),
                    ),
                    CriterionSpec("a", "", weight=0, critical=True, na_allowed=False),
                ),
            ),
        )
    )
    assert {problem.code for problem in read.problems()} == {"a"}
    shut = MultiDict([("row", "s:k1"), ("row", "c:b"), ("row", "c:z"), ("c-b-name", "有问候语"), ("c-b-weight", "9")])
    assert read_form(shut, read).criteria == [  # what was not opened is not sent, and stays
        replace(read.criteria[0], name="有问候语", weight=9),
        CriterionSpec("z", "", weight=0),
    ]


def test_criterion_lacks_what_nobody_made() -> None:
    assert lacks_of(spec("a"), Behind()) == ("lesson", "sample", "item")
    assert lacks_of(spec("a", good=("您好",)), Behind(1, 2)) == ()
    assert lacks_of(spec("a", good=(" ",)), Behind(1, 2)) == ("sample",)


# --- services ------------------------------------------------------------------------------------------------------


def test_stale_save_is_refused_and_overwrites_nothing(session: scoped_session, cast: Cast) -> None:
    scorecard = make_scorecard(cast.shop).scorecard
    opened = scorecard.updated_at
    first, second = make_definition(), make_definition()
    what = {"actor": cast.evaluator, "scorecard": scorecard, "title": "甲表"}
    save_draft(**what, definition=first, at=MONDAY + timedelta(minutes=1), known=opened)
    with pytest.raises(ScorecardMoved, match="还没有保存"):
        save_draft(**what, definition=second, at=MONDAY + timedelta(minutes=2), known=opened)
    assert draft_of(scorecard) == first
    save_draft(**what, definition=second, at=MONDAY + timedelta(minutes=3), known=scorecard.updated_at)
    assert draft_of(scorecard) == second
    assert scorecard.title == "甲店的质检表"  # the new name comes with the version
    publish(actor=cast.evaluator, scorecard=scorecard, at=MONDAY + timedelta(minutes=4))
    assert (scorecard.title, version_in_force(scorecard).title) == ("甲表", "甲表")


def test_versions_keep_what_they_said_and_criteria_live_on(session: scoped_session, cast: Cast) -> None:
    first = make_scorecard(cast.shop)
    fast, right = first.scorecard, Definition.from_json(first.definition).criteria
    ids = {one.code: one.id for one in right}
    changed = Definition((Section("服务", (replace(right[1], weight=50), replace(right[1], code="new", name="新"))),))
    save_draft(actor=cast.evaluator, scorecard=fast, title="评分表", definition=changed, at=MONDAY)
    second = publish(actor=cast.evaluator, scorecard=fast, at=MONDAY + timedelta(days=1), note="加重准确")
    assert [one.weight for one in Definition.from_json(first.definition).criteria] == [20, 30]
    now = {one.code: one.id for one in Definition.from_json(second.definition).criteria}
    assert now["right"] == ids["right"] and second.number == 2
    assert session.get(Criterion, ids["fast"]).retired_at == MONDAY + timedelta(days=1)
    with pytest.raises(ScorecardError, match="没有改动"):
        publish(actor=cast.evaluator, scorecard=fast, at=MONDAY)
    with pytest.raises(NotFound):
        publish(actor=cast.trainer, scorecard=fast, at=MONDAY)


def test_archived_and_foreign_competencies_are_not_published(session: scoped_session, cast: Cast) -> None:
    foreign = make_competency("乙的能力", shop=cast.other_shop)
    definition = make_definition(CriterionSpec("a", "甲项", competency_id=foreign.id))
    scorecard = create_scorecard(
        actor=cast.evaluator, title="甲表", shop_id=cast.shop.id, definition=definition, at=MONDAY
    )
    with pytest.raises(ScorecardError, match="能力项"):
        publish(actor=cast.evaluator, scorecard=scorecard, at=MONDAY)
    with pytest.raises(ScorecardError, match="放弃"):
        discard_draft(actor=cast.evaluator, scorecard=scorecard, at=MONDAY)
    set_archived(actor=cast.evaluator, scorecard=scorecard, archived=True, at=MONDAY)
    with pytest.raises(ScorecardError, match="归档"):
        publish(actor=cast.evaluator, scorecard=scorecard, at=MONDAY)


def test_copy_goes_only_to_ones_own_shops(session: scoped_session, cast: Cast) -> None:
    shared = make_scorecard(None).scorecard
    own = copy_scorecard(actor=cast.evaluator, scorecard=shared, title="甲表", shop_id=cast.shop.id, at=MONDAY)
    assert (own.shop_id, own.current_number, draft_of(own)) == (cast.shop.id, None, draft_of(shared))
    for shop_id in (None, cast.other_shop.id):
        with pytest.raises(NotFound):
            copy_scorecard(actor=cast.evaluator, scorecard=shared, title="x", shop_id=shop_id, at=MONDAY)
    with pytest.raises(NotFound):
        copy_scorecard(actor=cast.other_evaluator, scorecard=own, title="x", shop_id=cast.other_shop.id, at=MONDAY)
    local = make_competency("甲的能力", shop=cast.shop)
    mine = make_scorecard(cast.shop, CriterionSpec("a", "甲项", competency_id=local.id)).scorecard
    over = copy_scorecard(actor=cast.admin, scorecard=mine, title="乙表", shop_id=cast.other_shop.id, at=MONDAY)
    assert [one.competency_id for one in draft_of(over).criteria] == [None]


def test_rules_and_filters_agree(session: scoped_session, cast: Cast) -> None:
    for shop in (cast.shop, cast.other_shop, None):
        make_scorecard(shop)
        create_scorecard(
            actor=None, title="草稿", shop_id=shop.id if shop else None, definition=make_definition(), at=MONDAY
        )
    cards = session.scalars(select(Scorecard)).all()
    for person in cast.people().values():
        for rule, condition in ((can_see_scorecard, scorecard_filter), (can_edit_scorecard, editable_filter)):
            listed = set(session.scalars(select(Scorecard.id).where(condition(person))))
            assert listed == {card.id for card in cards if rule(person, card)}, (person.name, rule)


# --- no demand without guidance ------------------------------------------------------------------------------------


def test_guidance_counts_published_lessons_and_reviewed_items(session: scoped_session, cast: Cast) -> None:
    one = make_competency("有课有题")
    lesson = make_lesson(cast.trainer, cast.shop, "markdown", "## 要点")
    item = make_item(cast.trainer, shop=cast.shop)
    accept_item(actor=cast.trainer, item=item, dimension=one.dimension, competencies=[one], at=MONDAY)
    lesson.activity.competencies.append(one)
    session.flush()
    assert guidance_of([one.id, None], cast.shop.id) == {one.id: Behind(1, 1)}
    assert guidance_of([one.id], None) == guidance_of([one.id], cast.other_shop.id) == {one.id: Behind()}
    lesson.state, item.stale = LessonState.ARCHIVED, True
    session.flush()
    assert guidance_of([one.id], cast.shop.id) == {one.id: Behind()}


def test_hook_scorecard_published_tells_trainers_of_orphans(session: scoped_session, cast: Cast) -> None:
    scorecard = create_scorecard(
        actor=cast.supervisor, title="甲表", shop_id=cast.shop.id, definition=make_definition(), at=MONDAY
    )
    publish(actor=cast.supervisor, scorecard=scorecard, at=MONDAY)
    told = {(row.person_id, row.kind): row for row in session.scalars(select(Notification))}
    assert set(told) == {(cast.evaluator.id, "scorecard"), (cast.trainer.id, "scorecard_orphans")}
    assert told[cast.trainer.id, "scorecard_orphans"].title == "有 2 个评分项没教过就在考核，请补上课时或试题"
    assert [row.one.spec.code for row in orphans_for(cast.trainer)] == ["fast", "right"]
    assert [card.context["count"] for card in cards_for(cast.trainer)] == [2]
    assert cards_for(cast.other_trainer) == cards_for(cast.agent) == []
    set_archived(actor=cast.supervisor, scorecard=scorecard, archived=True, at=MONDAY)
    assert cards_for(cast.trainer) == []


# --- what ships ----------------------------------------------------------------------------------------------------


def test_starter_is_complete_idempotent_and_respects_edits(session: scoped_session, cast: Cast) -> None:
    assert load_starter(at=MONDAY)
    scorecard = session.scalars(select(Scorecard).where(Scorecard.slug == SLUG)).one()
    version = version_in_force(scorecard)
    definition = Definition.from_json(version.definition)
    assert [section.title for section in definition.sections] == [
        "及时", "准确", "时效", "方案合理", "解决有效", "态度", "合规"
    ]  # fmt: skip
    assert sum(one.weight for one in definition.criteria) == 100
    assert [one.name for one in definition.criteria if one.critical] == [
        "泄露客户信息", "辱骂、嘲讽客户", "引导线下交易", "虚假承诺"
    ]  # fmt: skip
    assert all(one.guide and one.good and one.bad for one in definition.criteria)
    assert load_starter(at=MONDAY) is None

    scorecard.draft = replace(definition, sections=definition.sections[:2]).to_json()
    publish(actor=None, scorecard=scorecard, at=MONDAY)  # an older release's
    assert load_starter(at=MONDAY + timedelta(days=1)) == "质检评分表“客服会话质检评分表”更新到第 3 版"
    save_draft(
        actor=cast.admin,
        scorecard=scorecard,
        title="我们的",
        definition=Definition(definition.sections[:1]),
        at=MONDAY,
    )
    assert load_starter(at=MONDAY) is None
    publish(actor=cast.admin, scorecard=scorecard, at=MONDAY)
    assert load_starter(at=MONDAY) is None
    assert (scorecard.current_number, scorecard.title) == (4, "我们的")
    assert len(session.scalars(select(ScorecardVersion)).all()) == 4


@pytest.mark.sqlite_only
def test_starter_is_taught_and_tested_by_what_ships(session: scoped_session) -> None:
    from courses.starter.services import load_starter as load_lessons
    from quizzes.starter.services import load_starter as load_items

    load_lessons(at=MONDAY)
    load_items(at=MONDAY)
    load_starter(at=MONDAY)
    version = session.scalars(select(ScorecardVersion)).one()
    rows = guided(Definition.from_json(version.definition), None)
    assert [(one.spec.name, one.lacks) for one in rows if one.is_orphan] == []
    known = session.scalars(select(Competency.code)).all()
    assert len(known) == len(set(known))


# --- pages ---------------------------------------------------------------------------------------------------------


def test_editor_saves_refuses_stale_and_publishes(
    session: scoped_session, cast: Cast, sign_in: SignIn, count_queries: Counter
) -> None:
    version = make_scorecard(cast.shop)
    scorecard_id, competency = version.scorecard_id, make_competency("问候").id
    session.commit()
    client = sign_in(cast.evaluator)
    with count_queries() as counted:
        page = client.get(f"/qa/scorecards/{scorecard_id}/edit").get_data(as_text=True)
    assert counted.count <= 10
    known = page.split('name="known" value="')[1].split('"')[0]
    form = {
        "known": known, "title": "甲店评分表", "row": ["s:s1", "c:fast"], "s-s1": "服务", "c-fast-name": "首次响应",
        "c-fast-weight": "10", "c-fast-competency": str(competency), "c-fast-scale": "yes_no", "c-fast-na": "1",
    }  # fmt: skip
    told = client.post(f"/qa/scorecards/{scorecard_id}/draft", data=form).get_json()
    assert told["saved"] and told["known"] != known
    answer = client.post(f"/qa/scorecards/{scorecard_id}/draft", data=form | {"c-fast-name": "别人的"})
    assert (answer.status_code, answer.get_json()["saved"]) == (409, False)
    stale = client.post(f"/qa/scorecards/{scorecard_id}/edit", data=form | {"c-fast-name": "我写的", "do": "save"})
    assert stale.status_code == 409 and "我写的" in stale.get_data(as_text=True)
    form["known"] = told["known"]
    answer = client.post(f"/qa/scorecards/{scorecard_id}/edit", data=form | {"do": "publish"}, follow_redirects=True)
    shown = answer.get_data(as_text=True)
    assert "去掉“准确”" in shown and "“及时”改名为“首次响应”" in shown and "还没教过" in shown
    with count_queries() as counted:
        shown = client.post(
            f"/qa/scorecards/{scorecard_id}/publish", data={"note": "只看响应"}, follow_redirects=True
        ).get_data(as_text=True)
    assert "第 2 版" in shown and "只看响应" in shown and "有依据的评分项 0 / 1" in shown
    again = client.post(f"/qa/scorecards/{scorecard_id}/publish")
    assert again.status_code == 400


def test_preview_shows_what_zeroes_the_score(session: scoped_session, cast: Cast, sign_in: SignIn) -> None:
    one, two = make_competency("a"), make_competency("b")
    version = make_scorecard(
        cast.shop,
        CriterionSpec("fast", "及时", weight=20, competency_id=one.id),
        CriterionSpec("right", "准确", Scale.STEPS, 5, 3, 50, competency_id=two.id),
        CriterionSpec("leak", "泄露信息", weight=0, critical=True, na_allowed=False, competency_id=two.id),
    )
    session.commit()
    client = sign_in(cast.agent)
    url = f"/qa/scorecards/{version.scorecard_id}/preview"
    assert "<strong>71.43</strong>" in client.get(url + "?v-right=3").get_data(as_text=True)  # (20 + 50·0.6) ÷ 70
    assert "<strong>60</strong>" in client.get(url + "?v-right=3&v-fast=na").get_data(as_text=True)
    assert "因“泄露信息”总分归零" in client.get(url + "?v-leak=0").get_data(as_text=True)
