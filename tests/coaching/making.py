"""Makes what tests of the loop need: a scorecard whose criteria have a lesson and a quiz behind them."""

from __future__ import annotations

from datetime import datetime, timedelta

from lms.kernel.db import db
from lms.learning.enums import Verb
from lms.learning.models import Activity, Competency
from lms.learning.services import write_record
from lms.people.models import Person, Shop
from lms.qa.enums import EntrySource, RootCause
from lms.qa.evaluations.models import Evaluation, Finding
from lms.qa.evaluations.services import acknowledge, findings_of
from lms.qa.scorecards.definition import Definition
from lms.qa.scorecards.models import ScorecardVersion
from tests.conftest import Cast
from tests.factories import make_activity
from tests.qa.making import MONDAY, make_evaluation, make_scorecard


def make_taught(shop: Shop) -> tuple[ScorecardVersion, Activity, Activity]:
    """A scorecard of 及时 and 准确, and the lesson and the quiz that teach and test 准确."""
    version = make_scorecard(shop)
    right = Definition.from_json(version.definition).criteria[1]
    competency = db.session.get_one(Competency, right.competency_id)
    lesson, quiz = make_activity("准确这一课", shop=shop), make_activity("准确测验", kind="quiz", shop=shop)
    lesson.competencies, quiz.competencies = [competency], [competency]
    db.session.flush()
    return version, lesson, quiz


def check(
    cast: Cast,
    version: ScorecardVersion,
    day: float,
    *,
    ok: bool = False,
    answered: bool = True,
    cause: RootCause = RootCause.PERSON,
    source: EntrySource = EntrySource.RANDOM,
    wish: str | None = None,
    agent: Person | None = None,
) -> Evaluation:
    """The agent's chat of a day, scored at once; 准确 fails unless ``ok``; the agent acknowledges unless not."""
    at = MONDAY + timedelta(days=day)
    person = agent or cast.agent
    made = make_evaluation(
        cast.evaluator,
        person,
        cast.shop,
        version,
        failed=() if ok else ("right",),
        cause=cause,
        served_at=at,
        at=at + timedelta(hours=1),
        source=source,
        wish=wish,
    )
    if answered and not ok:
        acknowledge(actor=person, evaluation=made, at=at + timedelta(hours=2))
    return made


def finding_of(evaluation: Evaluation) -> Finding:
    return findings_of(evaluation.id)[0]


def learn(person: Person, *activities: Activity, at: datetime) -> None:
    """The person finishes the activities."""
    for activity in activities:
        write_record(
            actor=person,
            verb=Verb.COMPLETED,
            activity=activity,
            at=at,
            idempotency_key=f"{person.id}:{activity.id}:{at.isoformat()}",
            completion=True,
            success=True,
            score=1.0,
        )
