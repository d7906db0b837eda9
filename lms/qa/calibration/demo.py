"""The demo has a round that is closed, one that is open, and one evaluator whose results were scored again."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from lms.kernel.hookspecs import DemoStep
from lms.people.models import Person
from lms.qa.calibration.models import Calibration, CalibrationChat
from lms.qa.calibration.queries import draw_chats, draw_evaluations, versions_for
from lms.qa.calibration.services import close, compute_results, create_regrade, create_shared, score_chat
from lms.qa.evaluations.demo import FAULTS, WEAK
from lms.qa.evaluations.demo import score_chat as scoring_of
from lms.qa.scorecards.definition import Definition

SHOP, ORGANISER = "songguo", "supervisor"
# How often somebody overlooks a fault, and how often they fault what is fine.
RATERS = {"evaluator": (0.08, 0.01), "admin": (0.12, 0.02), "hejunjie": (0.6, 0.03)}
MADE, CLOSED = 9, 5  # days ago


def run(context: Any) -> str:
    """Three people score the same chats; the part-time one overlooks much."""
    shop, organiser = context.shop(SHOP), context.person(ORGANISER)
    raters = [context.person(account) for account in RATERS]
    versions = versions_for(shop.id)
    if not versions:
        return "还没有评分表"
    begun, closed = context.days_ago(MADE, hour=11), context.days_ago(CLOSED, hour=17)
    drawn = draw_chats(shop.id, count=18, seed=618, raters=[one.id for one in raters], at=context.at)
    made = []
    for title, chats, at in (("上月校准", drawn[:12], begun), ("本月校准：时效与收尾", drawn[12:], closed)):
        if chats:
            made.append(
                create_shared(
                    actor=organiser, shop=shop, title=title, version=versions[0], conversation_ids=chats,
                    raters=raters, at=at, due_at=at + timedelta(days=7),
                )
            )  # fmt: skip
    for place, calibration in enumerate(made):
        _score(calibration, raters, begun if place == 0 else closed, context.rng(f"calibration{place}"), place == 1)
    evaluations = draw_evaluations(shop.id, raters[1].id, count=8, seed=618, raters=[raters[0].id], at=context.at)
    if evaluations:
        again = create_regrade(
            actor=organiser, shop=shop, title="复评：秦朗的质检单", evaluations=evaluations, raters=raters[:1], at=begun
        )
        _score(again, raters[:1], begun, context.rng("regrade"), False)
        made.insert(1, again)
    for calibration in made[:-1]:
        close(actor=organiser, calibration=calibration, at=closed)
        compute_results(calibration=calibration)
    return f"{len(made)} 轮校准"


def _score(
    calibration: Calibration, raters: Sequence[Person], at: datetime, rng: random.Random, half_done: bool
) -> None:
    definition = Definition.from_json(calibration.version.definition)
    for place, chat in enumerate(calibration.chats):
        truth = _truth(chat, definition, WEAK[place % len(WEAK)], rng)
        for n, rater in enumerate(raters):
            if half_done and (n == 1 or place >= 4 - n):
                continue
            overlooks, strict = list(RATERS.values())[n]
            values: dict[int, int | None] = {}
            comments = {}
            for ident, spec in definition.by_id().items():
                value = truth[ident]
                if value is not None and spec.is_fault(value) and rng.random() < overlooks:
                    value = spec.top
                elif value == spec.top and not spec.critical and rng.random() < strict:
                    value = spec.pass_from - 1
                values[ident] = value
                if spec.is_fault(value) and spec.code in FAULTS:
                    comments[ident] = FAULTS[spec.code][0][2]
            moment = at + timedelta(hours=1 + n, minutes=4 * place)
            score_chat(actor=rater, calibration=calibration, chat=chat, values=values, comments=comments, at=moment)


def _truth(chat: CalibrationChat, definition: Definition, weak: str, rng: random.Random) -> dict[int, int | None]:
    """What a careful reader gives: the live values where there are some."""
    if chat.evaluation is not None:
        return {line.criterion_id: line.value for line in chat.evaluation.lines}
    scoring = scoring_of(chat.conversation.messages, definition, weak, 3.0, rng)
    return {answer.criterion_id: answer.value for answer in scoring.answers}


DEMO_STEPS = (DemoStep(90, "校准", run),)
