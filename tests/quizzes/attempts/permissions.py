"""What each role gets from the pages of attempts, results and marking. The attempts are those of the agent."""

from __future__ import annotations

from typing import Any

from lms.kernel.clock import now
from quizzes.attempts.services import save_answer, start_attempt, submit_attempt
from tests.conftest import Cast
from tests.quizzes.papers.factories import KEYS, give, make_item, make_items, make_quiz

EVERYBODY = {role: 200 for role in ("agent", "lead", "supervisor", "evaluator", "trainer", "admin")}


def owner(status: int) -> dict[str, int]:
    nobody = {"lead": 404, "supervisor": 404, "evaluator": 404, "trainer": 404, "admin": 404}
    return {"anonymous": 302, "agent": status, **nobody}


MARKERS = {"anonymous": 302, "agent": 403, "supervisor": 403, "evaluator": 403}
READERS = {
    "anonymous": 302,
    "agent": 403,
    "evaluator": 403,
    "lead": 200,
    "supervisor": 200,
    "trainer": 200,
    "admin": 200,
}

EXPECTED = {
    "attempts.mine": {"anonymous": 302, **EVERYBODY},
    "attempts.activity": owner(302),
    "attempts.intro": owner(200),
    "attempts.start": owner(302),
    "attempts.take": owner(200),
    "attempts.answer": owner(302),
    "attempts.flag": owner(302),
    "attempts.clock": owner(200),
    "attempts.hand_in": owner(200),
    "attempts.submit": owner(302),
    "attempts.result": {"anonymous": 302, **EVERYBODY, "evaluator": 404},
    "results.index": READERS,
    "results.export": READERS,
    "results.items": {**READERS, "lead": 403, "supervisor": 403},
    "marking.index": {**MARKERS, "lead": 200, "trainer": 200, "admin": 200},
    "marking.slot": {**MARKERS, "lead": 200, "trainer": 200, "admin": 200},
    "marking.mark": {**MARKERS, "lead": 302, "trainer": 302, "admin": 302},
}


def build(cast: Cast, session: Any) -> dict[str, dict[str, Any]]:
    items = [*make_items(2, shop=cast.shop), make_item("short", shop=cast.shop)]
    quiz = make_quiz(cast.trainer, items, shop=cast.shop, title="甲店物流问答小测")
    give(cast.trainer, quiz, cast.agent)
    done_quiz = make_quiz(cast.trainer, items, shop=cast.shop, title="甲店售后问答小测")
    give(cast.trainer, done_quiz, cast.agent)
    running = start_attempt(actor=cast.agent, quiz=quiz, at=now())
    done = start_attempt(actor=cast.agent, quiz=done_quiz, at=now())
    short = next(slot for slot in done.slots if slot.type == "short")
    save_answer(
        actor=cast.agent,
        attempt=done,
        position=short.position,
        answer=KEYS["short"],
        sequence=1,
        client="a",
        at=now(),
    )
    submit_attempt(actor=cast.agent, attempt=done, at=now())
    attempt, place = {"attempt_id": running.id}, {"attempt_id": running.id, "position": 1}
    return {
        "attempts.activity": {"args": {"activity_id": quiz.activity_id}},
        "attempts.intro": {"args": {"quiz_id": quiz.id}},
        "attempts.start": {"args": {"quiz_id": quiz.id}},
        "attempts.take": {"args": attempt},
        "attempts.answer": {"args": place, "data": {"answer": "right", "sequence": 1, "client": "t"}},
        "attempts.flag": {"args": place, "data": {"flagged": "1"}},
        "attempts.clock": {"args": attempt},
        "attempts.hand_in": {"args": attempt},
        "attempts.submit": {"args": attempt},
        "attempts.result": {"args": {"attempt_id": done.id}},
        "results.items": {"args": {"quiz_id": done_quiz.id}},
        "marking.slot": {"args": {"slot_id": short.id}},
        "marking.mark": {"args": {"slot_id": short.id}, "data": {"mark": "1"}},
    }
