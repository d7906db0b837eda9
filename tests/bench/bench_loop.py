"""A hundred thousand evaluations: the loop board, lists of results and the line of time of whoever has most of them.

300 agents in 15 teams, 26 weeks, eight criteria a chat, every twentieth line a fault; cases, decisions, lessons and
coaching follow from the faults. Rows are inserted in bulk; the pages are asked through a client that is signed in as a
supervisor. Times are seconds of the processor, since other work on the machine must not count; seconds on the clock
are printed beside them. Prints a line a figure; exits 1 when a bar is missed.
Usage: python tests/bench/bench_loop.py [--evaluations 100000] [--explain]
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, tests is not on the path
AGENTS, TEAM_SIZE, DAYS, CRITERIA, BUSIEST = 300, 20, 182, 8, 3000
FAULTS = 0.05
MOST_STATEMENTS, MOST_PAGE = 10, 1.0
CHUNK = 5000


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What the work returns, its processor seconds and its seconds on the clock."""
    clock, processor = time.perf_counter(), time.process_time()
    result = work()
    return result, time.process_time() - processor, time.perf_counter() - clock


def said(name: str, detail: str, good: bool) -> bool:
    print(f"{name}: {detail}{'' if good else '  MISSED'}")
    return good


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--evaluations", type=int, default=100_000)
    parser.add_argument("--explain", action="store_true", help="print the plan of every statement of a page")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"LMS_HOME": home, "LMS_JOBS_URL": "memory://"}
        from lms.app import create_app
        from lms.kernel.db import db
        from lms.kernel.plugins import plugins

        plugins()
        app = create_app({"TESTING": True, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False})
        with app.app_context():
            db.create_all()
            (rows, busiest), processor, clock = timed(lambda: fill(wanted.evaluations))
            shown = ", ".join(f"{n} {name}" for name, n in rows.items())
            print(f"made: {shown}; {processor:.0f} s, {clock:.0f} s on the clock")
            db.session.remove()
            good = pages(app, busiest, explain=wanted.explain)
            db.session.remove()
            db.engine.dispose()
    return 0 if good else 1


class Rows:
    """Rows on their way into the tables, so many at a time, those that are pointed at first."""

    def __init__(self) -> None:
        self.waiting: dict[Any, list[dict[str, Any]]] = {}
        self.counts: dict[str, int] = {}

    def add(self, model: Any, **values: Any) -> int:
        """Returns the row's place in its table, from 1; that is its id where it has one."""
        name = model.__tablename__
        self.counts[name] = self.counts.get(name, 0) + 1
        self.waiting.setdefault(model, []).append(values)
        return self.counts[name]

    def flush(self, at_least: int = 1) -> None:
        from sqlalchemy import insert

        from lms.kernel.db import db

        if max((len(rows) for rows in self.waiting.values()), default=0) < at_least:
            return
        places = {table: n for n, table in enumerate(db.metadata.sorted_tables)}
        for model in sorted(self.waiting, key=lambda model: places[model.__table__]):
            rows = self.waiting[model]
            for start in range(0, len(rows), CHUNK):
                db.session.execute(insert(model.__table__), rows[start : start + CHUNK])
            rows.clear()


def fill(evaluations: int) -> tuple[dict[str, int], int]:
    """Make everything. Returns the number of rows by table, and the id of the agent with most evaluations."""
    from lms.kernel.clock import now
    from lms.kernel.db import db

    chance = random.Random("kefu-bench/loop")
    at = now()
    shop, agents, evaluators, version, lesson = team_and_scorecard(at)
    rows = Rows()
    faults: dict[tuple[int, int], list[tuple[datetime, int, int]]] = {}
    for n in range(evaluations):
        agent = agents[0] if n < BUSIEST else agents[1 + n % (len(agents) - 1)]
        served = at - timedelta(days=chance.random() * DAYS, hours=2)
        faults_of(rows, faults, chance, shop, agent, chance.choice(evaluators), version, served)
        rows.flush(CHUNK)
    rows.flush()
    cases_of(rows, faults, chance, shop, lesson, at)
    rows.flush()
    db.session.commit()
    return rows.counts, agents[0]


def team_and_scorecard(at: datetime) -> tuple[int, list[int], list[int], tuple[int, list[tuple[int, str]]], int]:
    from lms.kernel.db import db
    from lms.people.enums import Role
    from lms.qa.scorecards.definition import CriterionSpec, Definition
    from tests.factories import make_activity, make_competency, make_person, make_shop, make_team
    from tests.qa.making import make_scorecard

    shop = make_shop("基准店")
    root = make_team("基准客服部", shops=[shop])
    make_person("基准主管", Role.SUPERVISOR, team=root, account="supervisor")
    evaluators = [make_person(f"质检{n + 1}", Role.EVALUATOR, team=root).id for n in range(5)]
    agents = []
    for number in range(AGENTS // TEAM_SIZE):
        team = make_team(f"第{number + 1}组", parent=root)
        make_person(f"组长{number + 1}", Role.LEAD, team=team)
        agents += [make_person(f"客服{number * TEAM_SIZE + n + 1}", team=team).id for n in range(TEAM_SIZE)]
    specs = [
        CriterionSpec(
            f"c{n}", f"评分项{n + 1}", weight=12.5, competency_id=make_competency(f"能力{n + 1}", shop=shop).id
        )
        for n in range(CRITERIA)
    ]
    version = make_scorecard(shop, *specs, at=at - timedelta(days=DAYS + 1))
    criteria = [(ident, spec.name) for ident, spec in Definition.from_json(version.definition).by_id().items()]
    lesson = make_activity("补训课", shop=shop)
    found = (shop.id, agents, evaluators, (version.id, criteria), lesson.id)
    db.session.commit()
    return found


def faults_of(
    rows: Rows,
    faults: dict[tuple[int, int], list[tuple[datetime, int, int]]],
    chance: random.Random,
    shop: int,
    agent: int,
    evaluator: int,
    version: tuple[int, list[tuple[int, str]]],
    served: datetime,
) -> None:
    """One evaluation with its lines, findings and standings; ``faults`` collects (when, finding, line) by criterion."""
    from lms.qa.enums import EvaluationState, FindingState, Origin, RootCause
    from lms.qa.evaluations.models import Evaluation, EvaluationLine, EvaluationStanding, Finding, FindingStanding

    version_id, criteria = version
    failed = {ident for ident, _name in criteria if chance.random() < FAULTS}
    score, submitted = 100 * (1 - len(failed) / CRITERIA), served + timedelta(hours=1)
    ident = rows.add(
        Evaluation, shop_id=shop, agent_id=agent, evaluator_id=evaluator, version_id=version_id, origin=Origin.QUEUE,
        score=score, critical_failed=False, comment="", praise=[], seconds=50, served_at=served, submitted_at=submitted,
    )  # fmt: skip
    open_ = bool(failed) and chance.random() < 0.05
    rows.add(
        EvaluationStanding, evaluation_id=ident, shop_id=shop, agent_id=agent, score=score, critical_failed=False,
        state=EvaluationState.OPEN if open_ else EvaluationState.SETTLED, faults=len(failed), submitted_at=submitted,
        answer_until=submitted + timedelta(hours=72), settled_at=None if open_ else submitted,
    )  # fmt: skip
    for position, (criterion, name) in enumerate(criteria):
        bad = criterion in failed
        line = rows.add(
            EvaluationLine, evaluation_id=ident, criterion_id=criterion, agent_id=agent, served_at=served, top=1,
            position=position, name=name, weight=12.5, critical=False, value=0 if bad else 1, failed=bad, comment="",
        )  # fmt: skip
        if not bad:
            continue
        finding = rows.add(
            Finding, line_id=line, evaluation_id=ident, shop_id=shop, agent_id=agent, criterion_id=criterion,
            competency_id=position + 1, root_cause=RootCause.PERSON if chance.random() < 0.8 else RootCause.PROCESS,
            cause_note="", critical=False, quotes=[{"message_id": None, "text": "亲这个不行"}], note="",
            served_at=served, at=submitted,
        )  # fmt: skip
        state = FindingState.WAITING if open_ else FindingState.CONFIRMED
        rows.add(
            FindingStanding, finding_id=finding, state=state, confirmed_at=None if open_ else submitted,
            changed_at=submitted,
        )  # fmt: skip
        faults.setdefault((agent, criterion), []).append((submitted, finding, line))


def cases_of(
    rows: Rows,
    faults: dict[tuple[int, int], list[tuple[datetime, int, int]]],
    chance: random.Random,
    shop: int,
    lesson: int,
    at: datetime,
) -> None:
    """Every sixth finding or so opened a case, the last one of an agent and criterion may still be open; each finding
    has its decision; each case that was trained its record; some were talked over."""
    from lms.coaching.enums import Arm, CaseState, Help, Outcome, SessionState, Why
    from lms.coaching.loop.models import CaseEvent, CaseFinding, LoopDecision, RemedialCase
    from lms.coaching.sessions.models import CoachingSession
    from lms.learning.enums import Verb
    from lms.learning.models import Record

    ended = (CaseState.FIXED, CaseState.RELAPSED, CaseState.UNCLEAR)
    for (agent, criterion), found in faults.items():
        found.sort()
        for place, (when, finding, _line) in enumerate(found):
            last = place >= len(found) - 2
            case = None
            if place % 3 == 1:
                state = chance.choice((CaseState.TRAINING, CaseState.FOLLOWING)) if last else chance.choice(ended)
                trained = None if state is CaseState.TRAINING else when + timedelta(days=3)
                closed = when + timedelta(days=20) if state in ended else None
                case = rows.add(
                    RemedialCase, shop_id=shop, agent_id=agent, criterion_id=criterion, settings={}, number=1,
                    state=state, help=Help.LESSON, arm=Arm.NONE, lesson_id=lesson, opened_at=when, assigned_at=when,
                    due_at=when + timedelta(days=7), trained_at=trained, note="",
                    follow_until=trained + timedelta(days=14) if trained else None,
                    checks=5 if closed else 0, passes=4 if closed else 0, low=0.4 if closed else None,
                    high=0.98 if closed else None, closed_at=closed,
                )  # fmt: skip
                rows.add(CaseFinding, case_id=case, finding_id=finding)
                rows.add(CaseEvent, case_id=case, state=state, note="", at=when)
                if trained:
                    rows.add(
                        Record, actor_id=agent, verb=Verb.COMPLETED, activity_id=lesson, completion=True, at=trained,
                        context={}, idempotency_key=f"bench:{case}",
                    )  # fmt: skip
                if case % 10 == 0:
                    rows.add(
                        CoachingSession, shop_id=shop, agent_id=agent, coach_id=1, title="复盘", confidential=False,
                        state=SessionState.HELD, planned_at=when, held_at=when, notes=[], rev=1, created_at=when,
                        rating_note="",
                    )  # fmt: skip
            rows.add(
                LoopDecision, shop_id=shop, agent_id=agent, criterion_id=criterion, finding_id=finding, case_id=case,
                outcome=Outcome.ASSIGNED if case else Outcome.NOT_ASSIGNED, figures={"fails": 1, "needed": 2},
                why=Why.RULE_MET if case else Why.RULE_NOT_MET, at=when,
            )  # fmt: skip


def pages(app: Any, busiest: int, *, explain: bool) -> bool:
    from flask import g, request_started
    from sqlalchemy import event

    from lms.kernel.db import db
    from tests.factories import PASSWORD

    counted: list[tuple[str, Any, float]] = []
    began = [0.0]

    def before(*_args: Any) -> None:
        began[0] = time.perf_counter()

    def after(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(("PRAGMA", "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")):
            counted.append((statement, parameters, time.perf_counter() - began[0]))

    board, line = "/coaching/loop", f"/coaching/timeline/{busiest}"
    addresses = {
        "loop board": board,
        "loop board, last page": f"{board}?page=9999",
        "loop board, training": f"{board}?stage=training",
        "loop board, followed up": f"{board}?stage=following",
        "loop board, concluded": f"{board}?stage=concluded",
        "loop board, never followed up": f"{board}?trouble=unfollowed",
        "loop board, overdue": f"{board}?trouble=overdue",
        "loop decisions": f"{board}/decisions",
        "line of time, 90 days": line,
        "line of time, a year": f"{line}?days=365",
        "line of time, last page": f"{line}?days=365&page=9999",
        "coaching sessions": "/coaching/sessions",
        "results of the team": "/qa/evaluations",
        "results, last page": "/qa/evaluations?page=9999",
    }
    good = True
    # The context around outlives a request, and with it who signed in; start clean, as the tests do.
    with request_started.connected_to(lambda *_sender, **_more: g.__dict__.clear(), app):
        client = app.test_client()
        assert client.post("/sign-in", data={"account": "supervisor", "password": PASSWORD}).status_code == 302
        client.get("/coaching/sessions")
        event.listen(db.engine, "before_cursor_execute", before)
        event.listen(db.engine, "after_cursor_execute", after)
        for name, address in addresses.items():
            db.session.remove()
            counted.clear()
            answer, seconds, clock = timed(lambda address=address: client.get(address))
            if answer.status_code == 404 and name.startswith("results"):
                continue  # its plugin is switched off
            assert answer.status_code == 200, (address, answer.status_code)
            ran, size = list(counted), len(answer.get_data())
            # Page 4,000 reads through all that stand before it; it is shown, but nobody waits for it every day.
            fine = len(ran) <= MOST_STATEMENTS and (seconds <= MOST_PAGE or name == "results, last page")
            detail = f"{len(ran)} statements, {seconds:.2f} s, {clock:.2f} s on the clock, {size // 1000} kB"
            good = said(name, f"{detail} (at most {MOST_STATEMENTS} and {MOST_PAGE:.0f} s)", fine) and good
            if explain:
                for statement, parameters, took in ran:
                    print(f"  {took * 1000:.0f} ms  {' '.join(statement.split())[:160]}")
                    if took > 0.02:
                        connection = db.session.connection().connection.dbapi_connection
                        for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters):
                            print(f"        {row[3]}")
    return good


if __name__ == "__main__":
    sys.exit(main())
