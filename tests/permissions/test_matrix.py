"""Every route × every role: what each answers. The tables stand beside each feature's tests, in ``permissions.py``.

Such a module has ``EXPECTED`` {endpoint: {role: status}} with the seven columns below, and, where routes need an object
or a form, ``build(cast, session)`` → {endpoint: {"args": {...}, "data": {...}}} with objects of shop 甲, made anew for
each role. "other" is optional: what the trainer of shop 乙 gets on an object of 甲; 404 where it is not written.
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


def ask(app: Flask, client: FlaskClient, route: str, case: dict[str, Any]) -> int:
    endpoint, method = split(route)
    rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint)
    method = method or ("GET" if "GET" in (rule.methods or set()) else "POST")
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
    roles = [*ROLES, OTHER] if build(cast, session).get(route, {}).get("args") else list(ROLES)
    session.commit()
    got = {}
    for role in roles:
        case = build(cast, session).get(route, {})
        session.commit()
        person = cast.other_trainer if role == OTHER else getattr(cast, role, None)
        got[role] = ask(app, sign_in(person) if person else app.test_client(), route, case)
        session.rollback()
    assert got == {role: expected.get(role, 404) for role in roles}
