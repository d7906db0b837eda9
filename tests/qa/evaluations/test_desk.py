"""The scoring page: claims, drafts, one evaluation a chat, and what a reviewer never gets to see."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from lms.conversations.models import ChatView
from lms.kernel.db import db
from lms.people.models import Person
from lms.qa.enums import EntrySource, EntryState, RootCause
from lms.qa.evaluations.desk import DraftMoved, NotYours, draft_of, keep_draft, submit_draft, take
from lms.qa.evaluations.drafts import ScoringDraft, numbers_in, read_form
from lms.qa.evaluations.models import Evaluation, Finding
from lms.qa.evaluations.rules import can_score
from lms.qa.sampling.models import QueueEntry, Reviewer
from lms.qa.scorecards.definition import Definition
from lms.qa.scorecards.models import ScorecardVersion
from tests.conftest import Cast, Counted
from tests.factories import save
from tests.qa.making import MONDAY, make_chat, make_entry, make_evaluation, make_scorecard

SignIn = Callable[[Person], FlaskClient]
Counter = Callable[[], AbstractContextManager[Counted]]


def filled(version: ScorecardVersion, **changed: str) -> dict[str, str]:
    """The form with everything passed but 准确, which is a person's fault shown by the second message."""
    fast, right = Definition.from_json(version.definition).by_id()
    data = {
        f"v-{fast}": "1",
        f"v-{right}": "0",
        f"cause-{right}": "person",
        f"note-{right}": "没有查订单",
        f"quotes-{right}": "2",
        "praise": "4",
        "praise_note": "主动问还有没有别的问题",
        "version": str(version.id),
    }
    return data | changed


def draft(version: ScorecardVersion, **changed: str) -> ScoringDraft:
    return read_form(filled(version, **changed), Definition.from_json(version.definition))


@pytest.fixture
def version(cast: Cast) -> ScorecardVersion:
    return make_scorecard(cast.shop)


@pytest.fixture
def entry(cast: Cast, version: ScorecardVersion) -> QueueEntry:
    return make_entry(make_chat(cast.shop, cast.agent), cast.agent, version.scorecard)


def test_numbers_are_read_however_they_are_typed() -> None:
    assert numbers_in("#3、7, 7 和12") == (3, 7, 12)


def test_a_draft_survives_its_json(version: ScorecardVersion) -> None:
    made = draft(version)
    assert ScoringDraft.from_json(made.to_json()) == made


def test_a_chat_is_scored_from_the_form(
    session: scoped_session, cast: Cast, sign_in: SignIn, version: ScorecardVersion, entry: QueueEntry
) -> None:
    client = sign_in(cast.evaluator)
    assert client.get(f"/qa/evaluations/score/{entry.id}").status_code == 200
    assert client.post(f"/qa/evaluations/score/{entry.id}", data=filled(version)).status_code == 302
    made = session.scalars(select(Evaluation)).one()
    assert (made.score, made.evaluator_id, made.praise[0]["quote"]) == (40.0, cast.evaluator.id, "还有别的可以帮您吗")
    finding = session.scalars(select(Finding)).one()
    assert (finding.root_cause, finding.cause_note) == (RootCause.PERSON, "没有查订单")
    assert finding.quotes[0]["text"] == "您好，今天下午五点前发出"
    assert session.scalar(select(func.count()).select_from(ChatView)) == 1


def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    session: scoped_session, cast: Cast, sign_in: SignIn, version: ScorecardVersion, entry: QueueEntry
) -> None:
    right = list(Definition.from_json(version.definition).by_id())[1]
    client = sign_in(cast.evaluator)
    answer = client.post(
        f"/qa/evaluations/score/{entry.id}", data=filled(version, **{f"cause-{right}": "", "comment": "总的还行"})
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "请选择扣分的原因" in page and "总的还行" in page and "没有查订单" in page
    answer = client.post(f"/qa/evaluations/score/{entry.id}", data=filled(version, **{f"quotes-{right}": "9"}))
    assert "没有第 9 条消息" in answer.get_data(as_text=True)
    assert session.scalars(select(Evaluation)).all() == []


def test_a_second_submission_is_the_first_one(
    session: scoped_session, cast: Cast, version: ScorecardVersion, entry: QueueEntry
) -> None:
    first = submit_draft(actor=cast.evaluator, entry=entry, draft=draft(version), version=version, at=MONDAY)
    again = submit_draft(actor=cast.evaluator, entry=entry, draft=draft(version), version=version, at=MONDAY)
    assert again.id == first.id
    assert session.scalar(select(func.count()).select_from(Evaluation)) == 1


def test_whoever_claims_second_is_told(
    session: scoped_session, cast: Cast, sign_in: SignIn, version: ScorecardVersion, entry: QueueEntry
) -> None:
    take(actor=cast.admin, entry=entry, at=MONDAY)
    with pytest.raises(NotYours, match="由别人领取"):
        submit_draft(actor=cast.evaluator, entry=entry, draft=draft(version), version=version, at=MONDAY)
    session.commit()
    answer = sign_in(cast.evaluator).get(f"/qa/evaluations/score/{entry.id}")
    assert answer.status_code == 409 and "由别人领取" in answer.get_data(as_text=True)
    assert entry.reviewer_id == cast.admin.id


def test_a_claim_that_ran_out_is_taken_again_by_submitting(
    session: scoped_session, cast: Cast, version: ScorecardVersion, entry: QueueEntry
) -> None:
    take(actor=cast.evaluator, entry=entry, at=MONDAY)
    entry.state, entry.reviewer_id, entry.claimed_at = EntryState.WAITING, None, None
    session.flush()
    made = submit_draft(actor=cast.evaluator, entry=entry, draft=draft(version), version=version, at=MONDAY)
    assert made.evaluator_id == cast.evaluator.id


def test_of_two_windows_the_older_one_is_told(
    session: scoped_session, cast: Cast, version: ScorecardVersion, entry: QueueEntry
) -> None:
    assert keep_draft(actor=cast.evaluator, entry=entry, draft=draft(version), at=MONDAY) == 1
    with pytest.raises(DraftMoved):
        keep_draft(actor=cast.evaluator, entry=entry, draft=draft(version), at=MONDAY)
    kept = draft_of(entry, cast.evaluator)
    assert (kept.rev, kept.praise) == (1, (4,))
    assert draft_of(entry, cast.admin) == ScoringDraft()


def test_the_draft_is_there_after_a_reload(
    session: scoped_session, cast: Cast, sign_in: SignIn, version: ScorecardVersion, entry: QueueEntry
) -> None:
    client = sign_in(cast.evaluator)
    url = f"/qa/evaluations/score/{entry.id}"
    assert client.post(f"{url}/draft", data=filled(version)).get_json()["rev"] == 1
    assert client.post(f"{url}/draft", data=filled(version)).status_code == 409
    assert client.post(f"{url}/draft", data=filled(version, rev="1")).get_json()["rev"] == 2
    page = client.get(url).get_data(as_text=True)
    assert "没有查订单" in page and 'name="rev" value="2"' in page


def test_a_new_version_of_the_scorecard_asks_to_look_again(
    session: scoped_session, cast: Cast, sign_in: SignIn, version: ScorecardVersion, entry: QueueEntry
) -> None:
    answer = sign_in(cast.evaluator).post(
        f"/qa/evaluations/score/{entry.id}", data=filled(version) | {"version": str(version.id + 1)}
    )
    assert answer.status_code == 400 and "发布了新版本" in answer.get_data(as_text=True)


def test_who_may_score(session: scoped_session, cast: Cast, entry: QueueEntry) -> None:
    def enrolled(person: Person, **more: Any) -> Reviewer:
        return save(Reviewer(shop_id=cast.shop.id, person_id=person.id, **more))

    assert can_score(cast.evaluator, entry, None)
    assert not can_score(cast.other_evaluator, entry, None)
    assert not can_score(cast.agent2, entry, None)
    assert can_score(cast.agent2, entry, enrolled(cast.agent2))
    assert not can_score(cast.agent, entry, enrolled(cast.agent))  # one's own chat
    assert not can_score(cast.evaluator, entry, enrolled(cast.evaluator, suspended_at=MONDAY))
    assert not can_score(cast.lead, entry, enrolled(cast.lead, removed_at=MONDAY))


def test_a_part_time_reviewer_takes_what_the_queue_gives(
    session: scoped_session, cast: Cast, sign_in: SignIn, version: ScorecardVersion, entry: QueueEntry
) -> None:
    save(Reviewer(shop_id=cast.shop.id, person_id=cast.agent2.id, weekly_quota=1))
    client, url = sign_in(cast.agent2), f"/qa/evaluations/score/{entry.id}"
    answer = client.get(url)
    assert answer.status_code == 409 and "不在您手上" in answer.get_data(as_text=True)
    client.post("/qa/queue/next", data={"shop_id": cast.shop.id})
    page = client.get(url).get_data(as_text=True)
    assert "首次" not in page and cast.agent.name not in page
    assert client.post(url, data=filled(version)).location == f"/qa/queue?shop={cast.shop.id}"
    made = session.scalars(select(Evaluation)).one()
    assert made.evaluator_id == cast.agent2.id
    assert client.get(f"/qa/evaluations/{made.id}").status_code == 404  # a peer's result, though scored by oneself


def test_submitting_opens_the_next_chat(
    session: scoped_session, cast: Cast, sign_in: SignIn, version: ScorecardVersion, entry: QueueEntry
) -> None:
    second = make_entry(make_chat(cast.shop, cast.agent2), cast.agent2, version.scorecard)
    client = sign_in(cast.evaluator)
    answer = client.post(f"/qa/evaluations/score/{entry.id}", data=filled(version))
    assert answer.location == f"/qa/evaluations/score/{second.id}"
    assert second.reviewer_id == cast.evaluator.id


def test_a_chat_of_ones_choice_is_scored(
    session: scoped_session, cast: Cast, sign_in: SignIn, version: ScorecardVersion
) -> None:
    chat, nameless = make_chat(cast.shop, cast.agent), make_chat(cast.shop, None)
    client = sign_in(cast.evaluator)
    data = {"chat": f"#{chat.id}", "scorecard": version.scorecard_id}
    first = client.post("/qa/evaluations/new", data=data)
    assert client.post("/qa/evaluations/new", data=data).location == first.location
    assert client.get(first.location).status_code == 200
    answer = client.post("/qa/evaluations/new", data=data | {"chat": nameless.id})
    assert answer.status_code == 400 and "由谁接待" in answer.get_data(as_text=True)
    other = make_chat(cast.other_shop, cast.other_agent)
    assert "没有编号" in client.post("/qa/evaluations/new", data=data | {"chat": other.id}).get_data(as_text=True)


@pytest.mark.parametrize("who", ["agent", "agent2", "lead", "trainer", "other_evaluator"])
def test_nobody_else_reaches_the_page(
    session: scoped_session, cast: Cast, sign_in: SignIn, entry: QueueEntry, who: str
) -> None:
    client = sign_in(getattr(cast, who))
    assert client.get(f"/qa/evaluations/score/{entry.id}").status_code == 404
    assert client.post(f"/qa/evaluations/score/{entry.id}/draft").status_code == 404
    assert entry.state is EntryState.WAITING


def test_the_page_keeps_to_itself_why_the_chat_is_checked(
    session: scoped_session, cast: Cast, sign_in: SignIn, version: ScorecardVersion
) -> None:
    """A follow-up check looks like any other; neither the agent's name nor older results are on the page."""
    make_evaluation(cast.evaluator, cast.agent, cast.shop, version, failed=("right",))
    pages = []
    for source, wish in ((EntrySource.FOLLOW_UP, "loop-7"), (EntrySource.RANDOM, None)):
        made = make_entry(
            make_chat(cast.shop, cast.agent), cast.agent, version.scorecard, source=source, wish=wish, at=MONDAY
        )
        made.signals = ["refund"] if wish else []
        session.commit()
        page = sign_in(cast.evaluator).get(f"/qa/evaluations/score/{made.id}").get_data(as_text=True)
        assert cast.agent.name not in page
        assert "loop-7" not in page and "follow_up" not in page and "refund" not in page
        assert len(page) < 60_000
        pages.append(page)
    assert abs(len(pages[0]) - len(pages[1])) < 200


def test_the_page_takes_few_statements(
    session: scoped_session, cast: Cast, sign_in: SignIn, count_queries: Counter, entry: QueueEntry
) -> None:
    client, url = sign_in(cast.evaluator), f"/qa/evaluations/score/{entry.id}"
    db.session.remove()
    with count_queries() as counted:
        assert client.get(url).status_code == 200
    assert counted.count <= 10, counted.statements
