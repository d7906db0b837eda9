"""Thirty lessons in five days for five thousand people: giving the programme to all, and the pages that follow them.

Everything goes through the services and through a client that is signed in as a supervisor of all teams. Times are
seconds of the processor, since other work on the machine must not count; seconds on the clock are printed beside them.
Prints a line a figure; exits 1 when a bar is missed.
Usage: python tests/bench/bench_programmes.py [--people 5000]
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
DAYS, LESSONS, TEAM_SIZE = 5, 6, 100
MOST_STATEMENTS, MOST_PAGE, MOST_ASSIGN = 10, 1.0, 20.0


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
    parser.add_argument("--people", type=int, default=5000)
    count = parser.parse_args().people
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"LMS_HOME": home, "LMS_JOBS_URL": "memory://"}
        from lms.app import create_app
        from lms.kernel.db import db
        from lms.kernel.plugins import plugins

        plugins()
        app = create_app({"TESTING": True, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False})
        with app.app_context():
            db.create_all()
            good = measured(app, count)
            db.session.remove()
            db.engine.dispose()
    return 0 if good else 1


def measured(app: Any, count: int) -> bool:
    from sqlalchemy import select

    from courses.programmes.enrolling import rebuild
    from courses.programmes.models import Enrolment
    from lms.kernel.clock import now
    from lms.kernel.db import db
    from lms.learning.enums import AssignmentReason
    from lms.learning.models import Assignment
    from lms.learning.services import assign
    from lms.people.models import Person

    began = now() - timedelta(days=4)
    trainer, people, programme = team_and_programme(count, began)
    _, assigned, clock = timed(
        lambda: (
            assign(
                actor=trainer, activity=programme.activity, people=people, due_at=None,
                reason=AssignmentReason.ONBOARDING, at=began,
            ),
            db.session.commit(),
        )
    )  # fmt: skip
    tasks = db.session.query(Assignment).count()
    good = said(
        "giving it to all",
        f"{count} people, {tasks} tasks, {assigned:.1f} s, {clock:.1f} s on the clock (at most {MOST_ASSIGN:.0f})",
        assigned <= MOST_ASSIGN,
    )
    rows = progress_of(people, programme, began)
    _, rebuilt, _clock = timed(lambda: (rebuild(at=now()), db.session.commit()))
    finished = db.session.query(Enrolment).filter(Enrolment.state == "finished").count()
    print(f"progress: {rows} records counted in {rebuilt:.1f} s; {finished} people have finished")
    team_id = db.session.scalar(select(Person.team_id).where(Person.id == people[0].id))
    return pages(app, programme.id, team_id) and good


def team_and_programme(count: int, at: datetime) -> tuple[Any, list[Any], Any]:
    from sqlalchemy import select

    from courses.programmes.authoring import create_programme, publish
    from courses.programmes.definition import Day, Definition, Gate, Step
    from lms.kernel.db import db
    from lms.people.enums import Role
    from lms.people.models import Person
    from tests.factories import make_activity, make_person, make_shop, make_team

    shop = make_shop("基准店")
    root = make_team("基准客服部", shops=[shop])
    trainer = make_person("基准培训", Role.TRAINER, team=root, account="trainer")
    make_person("基准主管", Role.SUPERVISOR, team=root, account="supervisor")
    for number in range(-(-count // TEAM_SIZE)):
        team = make_team(f"第{number + 1}组", parent=root)
        make_person(f"组长{number + 1}", Role.LEAD, team=team)
        for place in range(min(TEAM_SIZE, count - number * TEAM_SIZE)):
            make_person(
                f"客服{number * TEAM_SIZE + place + 1}", team=team, account=f"agent{number * TEAM_SIZE + place}"
            )
    days = []
    for number in range(1, DAYS + 1):
        steps = tuple(Step(make_activity(f"第{number}天第{n + 1}课", shop=shop).id) for n in range(LESSONS))
        gate = Gate(make_activity(f"第{number}天小测", kind="quiz", shop=shop).id, 0.8)
        days.append(Day(f"第{number}天", offset=number - 1, start="09:30", steps=steps, gate=gate))
    programme = create_programme(
        actor=trainer, title="五千人入职周", shop_id=shop.id, source=Definition(tuple(days)), at=at
    )
    publish(actor=trainer, programme=programme, at=at)
    db.session.commit()
    people = list(db.session.scalars(select(Person).where(Person.account.like("agent%")).order_by(Person.id)))
    return trainer, people, programme


def progress_of(people: list[Any], programme: Any, began: datetime) -> int:
    """People stand anywhere between the first lesson and the end; every fifth gate is failed once or twice first."""
    from sqlalchemy import insert

    from courses.programmes.definition import from_json
    from lms.kernel.db import db
    from lms.learning.enums import Verb
    from lms.learning.models import Record

    chance = random.Random("kefu-bench/programmes")
    days = from_json(programme.draft).days
    rows: list[dict[str, Any]] = []

    def record(person: Any, ident: int, at: datetime, verb: Verb, score: float | None, success: bool | None) -> None:
        rows.append(
            {
                "actor_id": person.id, "activity_id": ident, "verb": verb, "score": score, "success": success,
                "completion": None if verb is Verb.OPENED else True, "at": at, "context": {},
                "idempotency_key": f"bench:{len(rows)}",
            }
        )  # fmt: skip

    for person in people:
        steps = chance.randint(0, DAYS * (LESSONS + 1) + 4)
        moment = began + timedelta(minutes=chance.randint(5, 90))
        for day in days:
            for ident in [step.activity_id for step in day.steps]:
                if steps <= 0:
                    break
                record(person, ident, moment, Verb.OPENED, None, None)
                moment += timedelta(minutes=chance.randint(5, 40))
                record(person, ident, moment, Verb.COMPLETED, None, None)
                steps -= 1
            if steps <= 0 or day.gate is None:
                break
            for _ in range(chance.choice((0, 0, 0, 1, 2))):
                record(person, day.gate.activity_id, moment, Verb.FAILED, chance.uniform(0.3, 0.79), False)
                moment += timedelta(minutes=20)
            if chance.random() < 0.1:
                break
            record(person, day.gate.activity_id, moment, Verb.PASSED, chance.uniform(0.8, 1), True)
            moment += timedelta(hours=chance.randint(2, 14))
            steps -= 1
    for start in range(0, len(rows), 5000):
        db.session.execute(insert(Record), rows[start : start + 5000])
    db.session.commit()
    return len(rows)


def pages(app: Any, programme_id: int, team_id: int | None) -> bool:
    from flask import g, request_started
    from sqlalchemy import event

    from lms.kernel.db import db
    from tests.factories import PASSWORD

    counted: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(("PRAGMA", "BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")):
            counted.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    here = f"/programmes/team/{programme_id}"
    addresses = {
        "matrix": here,
        "matrix, last page": f"{here}?page=9999",
        "matrix, stuck": f"{here}?state=stuck",
        "matrix, late": f"{here}?state=late",
        "matrix, not started": f"{here}?state=not_started",
        "matrix, finished": f"{here}?state=finished",
        "matrix, one team": f"{here}?team={team_id}",
        "matrix, by name": f"{here}?q=客服12",
        "matrix, on day 3": f"{here}?day=3",
        "roll": f"{here}/attendance",
        "all programmes": "/programmes/team",
    }
    good = True
    # The context around outlives a request, and with it who signed in; start clean, as the tests do.
    with request_started.connected_to(lambda *_sender, **_more: g.__dict__.clear(), app):
        client = app.test_client()
        assert client.post("/sign-in", data={"account": "supervisor", "password": PASSWORD}).status_code == 302
        client.get("/programmes/team")
        for name, address in addresses.items():
            db.session.remove()
            counted.clear()
            answer, seconds, clock = timed(lambda address=address: client.get(address))
            assert answer.status_code == 200, address
            size = len(answer.get_data())
            fine = len(counted) <= MOST_STATEMENTS and seconds <= MOST_PAGE
            detail = f"{len(counted)} statements, {seconds:.2f} s, {clock:.2f} s on the clock, {size // 1000} kB"
            good = said(name, f"{detail} (at most {MOST_STATEMENTS} and {MOST_PAGE:.0f} s)", fine) and good
        answer, seconds, clock = timed(lambda: client.get(f"{here}/export").get_data())
        print(f"export: {len(answer) // 1000} kB in {seconds:.1f} s, {clock:.1f} s on the clock")
    return good


if __name__ == "__main__":
    sys.exit(main())
