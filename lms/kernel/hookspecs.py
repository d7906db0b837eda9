"""The whole plugin interface of Kefu LMS, in one file.

A plugin is a module with functions of these names, each marked ``@hookimpl``, announced by an entry point in the
group ``lms.plugins``. Implement only the hooks you need, with only the arguments you need. Hooks of the first part
return things; hooks of the second part are told of something done, inside the transaction that did it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pluggy
from flask import Blueprint, Flask

if TYPE_CHECKING:
    from lms.config import Settings

hookspec = pluggy.HookspecMarker("lms")
hookimpl = pluggy.HookimplMarker("lms")


@dataclass(frozen=True)
class NavItem:
    """One line of the navigation. Shown to people who hold ``permission`` ("" = everybody signed in).

    group is one of learn, chats, qa, team, system; a lower order stands higher. ``tab`` puts it on the phone's tab bar.
    """

    endpoint: str
    label: Any
    icon: str
    order: int
    permission: str = ""
    group: str = "learn"
    tab: bool = False


@dataclass(frozen=True)
class DashboardCard:
    """A card of the start page: a template of the plugin and what it is rendered with."""

    order: int
    template: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PermissionSpec:
    """A permission ``<scope>:<resource>:<action>``, its label on screen, and the roles that hold it by default."""

    name: str
    label: Any
    roles: frozenset[str]


@dataclass(frozen=True)
class ActivityKind:
    """A kind of learning activity, such as "lesson" or "quiz".

    ``url(activity_id)`` is the page where a person does it; ``manage_url(activity_id)`` the page of its editor;
    ``record_url(context)`` the page that shows what a learning record with this context tells of, or None.
    ``open_to(person, activity_ids)`` → those of them whose ``url`` the person may open, in one statement; without it
    everybody who sees the activity may.
    """

    kind: str
    label: Any
    icon: str
    url: Callable[[int], str]
    manage_url: Callable[[int], str] | None = None
    record_url: Callable[[dict[str, Any]], str | None] | None = None
    open_to: Callable[[Any, Sequence[int]], set[int]] | None = None


@dataclass(frozen=True)
class PeopleCell:
    """A cell of a further column as its plugin understands it: the value to apply and the text an export has for it;
    or ``problem``, a sentence that says what is wrong and what could stand there instead.
    """

    value: Any = None
    text: str = ""
    problem: str = ""


@dataclass(frozen=True)
class PeopleColumn:
    """A further column of the spreadsheet of people, such as 岗位 or 培训计划; read and written with each row.

    ``names`` are the headers it is known by, the first one is written in exports. ``shown(viewer, person_ids)`` →
    {person id: the cell as an export has it}. ``read(actor, texts)`` → {cell text: PeopleCell} for the distinct texts
    of a sheet. ``apply(actor, wishes, at)`` takes all (person, value) of a sheet at once, so that thousands of rows
    take few statements, in the import's transaction, and returns {person id: what went wrong}. A cell that comes out
    as what ``shown`` says is never applied; an empty one leaves the person as they are. A column that only adds
    says with ``after(shown, cell)`` what an export would have then. ``hint`` and ``example`` are for the import's page
    and its template.
    """

    name: str
    label: Any
    names: tuple[str, ...]
    shown: Callable[[Any, Sequence[int]], dict[int, str]]
    read: Callable[[Any, Sequence[str]], dict[str, PeopleCell]]
    apply: Callable[[Any, Sequence[tuple[Any, Any]], datetime], dict[int, str]]
    after: Callable[[str, PeopleCell], str] | None = None
    hint: Any = ""
    example: str = ""


@dataclass(frozen=True)
class Lock:
    """Why a person can't do an activity yet: a sentence for them, and where to go on (an address, or "")."""

    reason: str
    url: str = ""
    link_text: str = ""


@dataclass(frozen=True)
class TranscriptSection:
    """A part of a person's transcript: a heading, a template of the plugin and what it is rendered with."""

    order: int
    title: Any
    template: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class BriefingSection:
    """A part of a drafted weekly briefing: a heading and lines of Markdown."""

    order: int
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class CheckWish:
    """Chats of an agent that somebody wants checked: ``count`` of those served in [since, until), with a scorecard that
    holds the criterion. ``key`` comes back as ``QueueEntry.wish``. Evaluators never learn of it.
    """

    key: str
    agent_id: int
    criterion_id: int
    count: int
    since: datetime
    until: datetime


@dataclass(frozen=True)
class TimelineEvent:
    """Something in the life of a person: ``lane`` is one of learning, qa, coaching, certificate; ``figure`` a number to
    plot, in percent, such as a score; ``tone`` is good, bad or "".
    """

    at: datetime
    lane: str
    title: str
    detail: str = ""
    url: str = ""
    icon: str = ""
    figure: float | None = None
    tone: str = ""


@dataclass(frozen=True)
class DemoStep:
    """A step of ``lms demo``, in rising order, each in its own transaction. ``run(context)`` → a line to show."""

    order: int
    name: str
    run: Callable[[Any], str]


@dataclass(frozen=True)
class DoctorCheck:
    """A line of ``lms doctor``: its name, whether it is all right, and the figure or what to do."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True)
class HelpPage:
    """A page of the help in Markdown, shown at /help/<slug> under ``section``."""

    slug: str
    title: str
    path: Path
    order: int = 100
    section: str = "manual"


# --- hooks that return things ------------------------------------------------------------------------------------


@hookspec
def blueprints() -> Iterable[Blueprint]:  # type: ignore[empty-body]
    """Flask blueprints to register. Names and URL prefixes must be unique; every view declares who may call it."""


@hookspec
def init_app(app: Flask) -> None:
    """Called once for each Flask app after all blueprints are registered: filters, request handlers, extensions."""


@hookspec
def navigation() -> Iterable[NavItem]:  # type: ignore[empty-body]
    """Lines for the navigation."""


@hookspec
def dashboard_cards(person: Any, at: datetime) -> Iterable[DashboardCard]:  # type: ignore[empty-body]
    """Cards for the start page of ``person`` that must be there at once; one statement a plugin, please."""


@hookspec
def later_cards(person: Any, at: datetime) -> Iterable[DashboardCard]:  # type: ignore[empty-body]
    """Cards of the start page that the browser fetches right after it: all that take more than a statement to know."""


@hookspec
def sign_in_notes() -> Iterable[str]:  # type: ignore[empty-body]
    """Names of templates to show below the sign-in form (the demo team's accounts, say); often none."""


@hookspec
def permissions() -> Iterable[PermissionSpec]:  # type: ignore[empty-body]
    """Permissions that this plugin's views and rules ask for."""


@hookspec
def activity_kinds() -> Iterable[ActivityKind]:  # type: ignore[empty-body]
    """Kinds of learning activity: what can be assigned to a person and completed."""


@hookspec
def lesson_types() -> Iterable[Any]:  # type: ignore[empty-body]
    """Lesson types (courses): objects of the protocol ``courses.types.LessonType``."""


@hookspec
def question_types() -> Iterable[Any]:  # type: ignore[empty-body]
    """Question types (quizzes): objects of the protocol ``quizzes.types.QuestionType``; grading is a pure function."""


@hookspec
def item_drafters() -> Iterable[Any]:  # type: ignore[empty-body]
    """Item drafters (quizzes): objects of the protocol ``quizzes.drafting.Drafter``, each for one question type."""


@hookspec
def chat_formats() -> Iterable[Any]:  # type: ignore[empty-body]
    """Chat-export formats: objects of the protocol ``lms.conversations.formats.ChatFormat``."""


@hookspec
def jobs() -> dict[str, str]:  # type: ignore[empty-body]
    """Background jobs: a name, and where its function stands, as ``"package.module:function"``.

    The module is imported by the job process only, so it may import heavy libraries.
    """


@hookspec
def periodic_jobs() -> dict[str, tuple[int, str]]:  # type: ignore[empty-body]
    """Work that the job process does by itself: a name, and (every how many minutes, ``"package.module:function"``).

    The function takes ``at`` and runs in a transaction of its own; it must be quick and idempotent.
    """


@hookspec
def people_columns() -> Iterable[PeopleColumn]:  # type: ignore[empty-body]
    """Further columns of the spreadsheet of people."""


@hookspec
def activity_locks(person: Any, activity_ids: Sequence[int], at: datetime) -> dict[int, Lock]:  # type: ignore[empty-body]
    """Which of the activities ``person`` can't do yet, and why; a fixed number of statements, however many they are."""


@hookspec
def transcript_sections(person: Any, viewer: Any, at: datetime) -> Iterable[TranscriptSection]:  # type: ignore[empty-body]
    """Parts of the transcript of ``person`` as ``viewer`` may see it; often none."""


@hookspec
def briefing_sections(viewer: Any, shop_id: int, since: datetime, until: datetime) -> Iterable[BriefingSection]:  # type: ignore[empty-body]
    """What happened in a shop in [since, until) that its agents should hear of in the weekly briefing."""


@hookspec
def certificate_renderers() -> Iterable[Any]:  # type: ignore[empty-body]
    """Looks of certificates: objects of the protocol ``lms.certification.rendering.CertificateRenderer``."""


@hookspec
def qa_checks() -> Iterable[Any]:  # type: ignore[empty-body]
    """Automatic checks of chats: objects of the protocol ``lms.qa.checks.protocol.ChatCheck``."""


@hookspec
def checks_wanted(shop_id: int, at: datetime) -> Iterable[CheckWish]:  # type: ignore[empty-body]
    """Chats of a shop that are to be checked on top of its sampling plans, such as after a lesson."""


@hookspec
def guidance(competency_ids: Sequence[int], shop_id: int | None) -> dict[str, dict[int, int]]:  # type: ignore[empty-body]
    """What teaches or tests each competency in a shop: {"lesson" or "item": {competency id: how many}}, in a fixed
    number of statements. A criterion that nothing is behind is flagged: nothing is demanded that was not taught."""


@hookspec
def timeline_events(person: Any, viewer: Any, since: datetime, until: datetime) -> Iterable[TimelineEvent]:  # type: ignore[empty-body]
    """What happened to ``person`` in [since, until), as ``viewer`` may see it; a fixed number of statements."""


@hookspec
def commands() -> Iterable[click.Command]:  # type: ignore[empty-body]
    """Sub-commands of ``lms``."""


@hookspec
def migrations() -> str | None:
    """The folder of this plugin's Alembic versions, each with ``branch_labels``; None for what ships with the host."""


@hookspec
def demo_steps() -> Iterable[DemoStep]:  # type: ignore[empty-body]
    """Steps of ``lms demo``."""


@hookspec
def setup_home(at: datetime) -> str | None:
    """Called by ``lms init`` in one transaction on every start; must be idempotent. Returns a line to show, or None."""


@hookspec
def help_pages() -> Sequence[HelpPage]:  # type: ignore[empty-body]
    """Pages of the manual."""


@hookspec
def doctor_checks(config: Settings) -> Iterable[DoctorCheck]:  # type: ignore[empty-body]
    """Lines for ``lms doctor``."""


# --- hooks that tell of something done ---------------------------------------------------------------------------


@hookspec
def record_written(record: Any) -> None:
    """A row was added to the ledger of learning records (``lms.learning.models.Record``)."""


@hookspec
def assignments_made(assignments: Sequence[Any]) -> None:
    """Activities were given to people (``lms.learning.models.Assignment``, all of one activity, all new)."""


@hookspec
def assignment_cancelled(assignment: Any) -> None:
    """An open task was taken back."""


@hookspec
def lesson_published(lesson: Any, version: Any) -> None:
    """A version of a lesson is shown to readers from now on (``courses.lessons.models``)."""


@hookspec
def sop_replaced(entry: Any, version: Any) -> None:
    """An SOP entry has another version in force (``lms.knowledge.sop.models``); what quotes the old one is stale."""


@hookspec
def certificate_issued(certificate: Any) -> None:
    """A certificate was issued (``lms.certification.models.Certificate``)."""


@hookspec
def certificate_ended(certificate: Any) -> None:
    """A certificate lapsed or was revoked."""


@hookspec
def attempt_submitted(attempt: Any) -> None:
    """An attempt was closed and graded as far as it grades itself."""


@hookspec
def chats_imported(chat_import: Any) -> None:
    """A file of chats was imported (``lms.conversations.models.ChatImport``)."""


@hookspec
def questions_mined(run: Any) -> None:
    """The question factory finished a run (``quizzes.mining.models.MiningRun``)."""


@hookspec
def scorecard_published(version: Any) -> None:
    """A version of a scorecard is in force from now on (``lms.qa.scorecards.models.ScorecardVersion``)."""


@hookspec
def evaluation_submitted(evaluation: Any) -> None:
    """A chat was evaluated (``lms.qa.evaluations.models.Evaluation``, with its lines and findings)."""


@hookspec
def finding_confirmed(finding: Any, at: datetime) -> None:
    """A finding stands: acknowledged, not disputed in time, or the dispute was lost."""


@hookspec
def dispute_filed(dispute: Any) -> None:
    """An agent disputes a finding (``lms.qa.disputes.models.Dispute``); what it caused pauses."""


@hookspec
def dispute_decided(decision: Any) -> None:
    """An arbiter decided a dispute (``lms.qa.disputes.models.DisputeDecision``). When it was upheld, the finding is
    overturned and the score corrected already."""


@hookspec
def person_deactivated(person: Any) -> None:
    """A person left: they can't sign in any more; their records stay."""
