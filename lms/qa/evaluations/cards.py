"""Quality checks on the start page and on a transcript."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from lms.kernel.db import db
from lms.kernel.hookspecs import DashboardCard, TranscriptSection
from lms.people.models import Person
from lms.qa.evaluations import labels
from lms.qa.evaluations.listing import EvaluationFilter, evaluation_list, fault_names
from lms.qa.evaluations.queries import open_answers, queue_counts

SHOWN = 10


def own_card(person: Person) -> list[DashboardCard]:
    """Results that wait for the person's answer."""
    count = open_answers(person.id)
    return [DashboardCard(12, "lms/qa/evaluations/card_own.html", {"count": count})] if count else []


def queue_card(person: Person) -> list[DashboardCard]:
    """How many chats wait for a reviewer; nothing for everybody else."""
    waiting, claimed = queue_counts(person)
    if not waiting and not claimed:
        return []
    return [DashboardCard(14, "lms/qa/evaluations/card_queue.html", {"waiting": waiting, "claimed": claimed})]


def transcript_of(person: Person, viewer: Person, at: datetime) -> list[TranscriptSection]:
    """The person's latest results, as far as the viewer may see them: oneself and those who lead or check."""
    listed = evaluation_list(viewer, EvaluationFilter(agent_id=person.id)).add_columns(fault_names())
    results = db.session.execute(listed.limit(SHOWN)).all()
    if not results:
        return []
    context = {
        "results": [(evaluation, standing) for evaluation, standing, _names in results],
        "faults": {evaluation.id: names.split("\n") for evaluation, _standing, names in results if names},
        "states": labels.STATES,
        "state_colours": labels.STATE_COLOURS,
    }
    return [TranscriptSection(45, _("质检"), "lms/qa/evaluations/transcript.html", context)]
