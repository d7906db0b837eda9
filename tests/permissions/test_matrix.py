"""Every route × every role: what each answers. The tables stand beside each feature's tests, in ``permissions.py``.

Such a module has ``EXPECTED`` {endpoint: {role: status}} with the seven columns below, and, where routes need an object
or a form, ``build(cast, session)`` → {endpoint: {"args": {...}, "data": {...}}} with objects of shop 甲; they are made
anew after a role whose POST went through (with "anew": True also whose GET did, because opening takes something).
"other" is optional: what the trainer of shop 乙 gets on an object of 甲; 404 where it is not written.
A route with GET is asked by GET; add ``"endpoint [POST]"`` to ask the POST of the same route too.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy.orm import scoped_session

import tests
from lms.people.models import Person
from tests.conftest import Cast

ROLES = ("anonymous", "agent", "lead", "supervisor", "evaluator", "trainer", "admin")
OTHER = "other"


def modules() -> list[Any]:
    names = [
        info.name for info in pkgutil.walk_packages(tests.__path__, "tests.") if info.name.endswith(".permissions")
    ]
    return [module for name in sorted(names) if hasattr(module := importlib.import_module(name), "EXPECTED")]


TABLE: dict[str, tuple[dict[str, int], Any]] = {
    route: (expected, module) for module in modules() for route, expected in module.EXPECTED.items()
}


def split(route: str) -> tuple[str, str | None]:
    endpoint, _, method = route.partition(" [")
    return endpoint, method.rstrip("]") or None


def test_every_route_is_in_a_table(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if not rule.endpoint.endswith("static")}
    assert {split(route)[0] for route in TABLE} == routes


def test_every_table_has_every_role() -> None:
    assert {route: set(ROLES) - set(row) for route, (row, _) in TABLE.items() if set(ROLES) - set(row)} == {}


def sent_by(app: Flask, route: str) -> str:
    """GET or POST: how the route is asked."""
    endpoint, method = split(route)
    rule = next(app.url_map.iter_rules(endpoint))
    return method or ("GET" if "GET" in (rule.methods or set()) else "POST")


def ask(app: Flask, client: FlaskClient, route: str, case: dict[str, Any]) -> int:
    endpoint, method = split(route)[0], sent_by(app, route)
    with app.test_request_context():
        url = url_for(endpoint, **case.get("args", {}))
    sent = {"data": case.get("data", {})} if method == "POST" else {}
    answer = client.open(url, method=method, **sent)
    answer.close()
    return answer.status_code


@pytest.mark.parametrize("route", sorted(TABLE))
def test_route_answers_each_role_as_written(
    app: Flask, session: scoped_session, cast: Cast, sign_in: Callable[[Person], FlaskClient], route: str
) -> None:
    expected, module = TABLE[route]
    build = getattr(module, "build", lambda _cast, _session: {})
    case = build(cast, session).get(route, {})
    session.commit()
    got = {}
    spent = False  # whoever may act changes what was built; reading and a refusal leave it as it was
    for role in [*ROLES, OTHER] if case.get("args") else ROLES:
        if spent:
            case = build(cast, session).get(route, {})
            session.commit()
        person = cast.other_trainer if role == OTHER else getattr(cast, role, None)
        got[role] = ask(app, sign_in(person) if person else app.test_client(), route, case)
        session.rollback()
        acted = got[role] < 400 and role != "anonymous" and (case.get("anew") or sent_by(app, route) == "POST")
        spent = acted or any(isinstance(value, tuple) for value in case.get("data", {}).values())  # a file is read once
    assert got == {role: expected.get(role, 404) for role in got}
