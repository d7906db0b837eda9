"""Signing in and out: who gets in, who waits, and which sessions hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from lms.app import create_app
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.people.models import Person
from lms.people.passwords import hash_password
from lms.people.sessions import local_target
from lms.people.sign_in_models import SignInThrottle
from lms.people.throttle import FREE_TRIES, take_try, wait_after
from tests.factories import PASSWORD, make_person


def post_sign_in(client, account, password, **more):
    return client.post("/sign-in", data={"account": account, "password": password, **more})


def is_signed_in(client):
    return client.get("/password").status_code == 200


def test_right_password_leads_to_the_start_page(client, cast):
    answer = post_sign_in(client, "agent", PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/")
    assert is_signed_in(client)
    assert db.session.get(Person, cast.agent.id).last_sign_in_at is not None


def test_account_is_forgiving_about_case_width_and_blanks(client, cast):
    assert post_sign_in(client, " ＡGent ", PASSWORD).status_code == 302


@pytest.mark.parametrize(("account", "password"), [("agent", "wrong"), ("nobody", PASSWORD), ("", ""), ("agent", "")])
def test_wrong_words_stay_outside(client, cast, account, password):
    answer = post_sign_in(client, account, password)
    assert answer.status_code in (401, 422)
    assert not is_signed_in(client)


@time_machine.travel("2026-11-02T01:00:00Z", tick=False)  # a page's token tells the second it was made in
def test_unknown_account_and_wrong_password_look_the_same(client, cast):
    known, unknown = post_sign_in(client, "agent", "wrong-one"), post_sign_in(client, "agenx", "wrong-one")
    assert known.status_code == unknown.status_code == 401
    assert known.text.replace("agent", "agenx") == unknown.text
    assert "账号或密码不对" in known.text


def test_leaver_can_not_sign_in_but_is_told_so_only_with_the_password(client, cast, session):
    make_person("走了", account="gone", active=False)
    session.commit()
    assert "已停用" not in post_sign_in(client, "gone", "guess").text
    answer = post_sign_in(client, "gone", PASSWORD)
    assert answer.status_code == 401
    assert "已停用" in answer.text


def test_account_without_password_lets_nobody_in(client, cast, session):
    make_person(account="fresh").password_hash = ""
    session.commit()
    assert post_sign_in(client, "fresh", "anything").status_code == 401


def test_password_is_never_in_the_page_again(client, cast):
    assert "my-secret-typo" not in post_sign_in(client, "agent", "my-secret-typo").text


# --- throttle ----------------------------------------------------------------------------------------------------


def test_waits_grow_and_end():
    shown = [wait_after(n).total_seconds() for n in range(3, 12)]
    assert shown == [0, 0, 30, 60, 120, 240, 480, 900, 900]


@pytest.mark.parametrize("account", ["agent", "nobody-at-all"])
def test_after_five_failures_even_the_right_password_waits(client, cast, account):
    start = now()
    with time_machine.travel(start, tick=False):
        for _ in range(FREE_TRIES):
            assert post_sign_in(client, account, "wrong").status_code == 401
        answer = post_sign_in(client, account, PASSWORD)
    assert answer.status_code == 429
    assert "请 30 秒后再试" in answer.text
    assert answer.headers["Retry-After"] == "30"
    with time_machine.travel(start + timedelta(seconds=31), tick=False):
        assert post_sign_in(client, account, PASSWORD).status_code == (302 if account == "agent" else 401)


def test_tries_while_waiting_do_not_lengthen_the_wait(client, cast):
    start = now()
    with time_machine.travel(start, tick=False):
        for _ in range(FREE_TRIES + 20):
            post_sign_in(client, "agent", "wrong")
    with time_machine.travel(start + timedelta(seconds=31), tick=False):
        assert post_sign_in(client, "agent", PASSWORD).status_code == 302


def test_success_gives_the_tries_back(client, cast, app):
    for _ in range(FREE_TRIES - 1):
        post_sign_in(client, "agent", "wrong")
    post_sign_in(client, "agent", PASSWORD)
    other = app.test_client()
    for _ in range(FREE_TRIES - 1):
        assert post_sign_in(other, "agent", "wrong").status_code == 401
    assert post_sign_in(other, "agent", PASSWORD).status_code == 302


def test_a_try_is_counted_before_the_password_is_looked_at(app):
    at = now()
    assert [bool(take_try("key", at=at)) for _ in range(8)] == [False] * 5 + [True] * 3
    assert db.session.get(SignInThrottle, "key").failures == 5


def test_forgotten_tries_are_swept(app):
    at = now()
    take_try("old", at=at - timedelta(days=2))
    take_try("new", at=at)
    assert [row.key for row in db.session.query(SignInThrottle)] == ["new"]


def test_too_many_tries_from_one_address(cast):
    limited = create_app({"TESTING": True, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": True})
    client = limited.test_client()
    assert [post_sign_in(client, f"user-{n}", "").status_code for n in range(60)] == [422] * 60
    answer = post_sign_in(client, "agent", PASSWORD)
    assert answer.status_code == 429
    assert "这个网络登录太频繁" in answer.text
    assert int(answer.headers["Retry-After"]) in range(1, 61)
    assert limited.test_client().get("/sign-in").status_code == 200


# --- where to go after -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.com/",
        "//evil.com",
        "/\\evil.com",
        "\\\\evil.com",
        "/\t/evil.com",
        "javascript:alert(1)",
        "people",
        "///evil.com",
        " //evil.com",
        "/\r\nSet-Cookie: a=b",
        "http:/evil.com",
        "/" * 2000,
    ],
)
def test_sign_in_never_leads_elsewhere(client, cast, target):
    assert local_target(target) is None
    assert post_sign_in(client, "agent", PASSWORD, next=target).location == "/"


def test_sign_in_leads_back_to_the_page_asked_for(client, cast):
    answer = client.get("/password?a=1")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/password?a%3D1" or "next=%2Fpassword%3Fa%3D1" in answer.location
    assert 'value="/password?a=1"' in client.get(answer.location).text
    assert post_sign_in(client, "agent", PASSWORD, next="/password?a=1").location == "/password?a=1"


def test_htmx_is_told_to_load_the_sign_in_page_whole(client, cast):
    answer = client.get("/password", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/sign-in")
    assert answer.text == ""


# --- sessions ----------------------------------------------------------------------------------------------------


def cookie(client):
    return client.get_cookie("lms").value


def replay(app, value):
    thief = app.test_client()
    thief.set_cookie("lms", value)
    return is_signed_in(thief)


def test_sign_in_starts_a_fresh_session(client, cast):
    with client.session_transaction() as before:
        before["csrf_token"] = before["planted"] = "by an attacker"
    post_sign_in(client, "agent", PASSWORD)
    with client.session_transaction() as after:
        assert "planted" not in after
        assert after.get("csrf_token") != "by an attacker"


def test_sign_out_ends_copies_of_the_cookie_too(app, cast, sign_in):
    client = sign_in(cast.agent)
    stolen = cookie(client)
    assert replay(app, stolen)
    assert client.post("/sign-out").status_code == 302
    assert not is_signed_in(client)
    assert not replay(app, stolen)


def test_sign_out_leaves_the_other_device_alone(cast, sign_in):
    phone, desk = sign_in(cast.agent), sign_in(cast.agent)
    phone.post("/sign-out")
    assert is_signed_in(desk)


def test_session_ends_after_idle_time_and_after_a_working_day(cast, sign_in):
    start = now()
    with time_machine.travel(start, tick=False):
        client, busy = sign_in(cast.agent), sign_in(cast.agent)
    for minutes in range(60, 12 * 60 + 1, 60):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert is_signed_in(busy)
    with time_machine.travel(start + timedelta(minutes=121), tick=False):
        assert not is_signed_in(client)
    with time_machine.travel(start + timedelta(hours=12, seconds=2), tick=False):
        assert not is_signed_in(busy)


def test_deactivation_ends_sessions_at_once(cast, sign_in, session):
    client = sign_in(cast.agent)
    cast.agent.active = False
    session.commit()
    assert not is_signed_in(client)


# --- passwords ---------------------------------------------------------------------------------------------------


def change(client, current, new, again=None):
    return client.post("/password", data={"current": current, "new": new, "again": again or new})


def test_change_of_password_ends_all_other_sessions(app, cast, sign_in):
    here, elsewhere = sign_in(cast.agent), sign_in(cast.agent)
    stolen = cookie(here)
    assert change(here, PASSWORD, "battery staple 9").status_code == 302
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    assert not replay(app, stolen)
    fresh = app.test_client()
    assert post_sign_in(fresh, "agent", PASSWORD).status_code == 401
    assert post_sign_in(fresh, "agent", "battery staple 9").status_code == 302


@pytest.mark.parametrize(
    ("current", "new", "again", "told"),
    [
        ("wrong", "battery staple 9", "battery staple 9", "当前密码不对"),
        (PASSWORD, "short", "short", "密码要有 8 到 128 位"),
        (PASSWORD, "battery staple 9", "battery staple 8", "两次输入的新密码不一样"),
        (PASSWORD, "password123", "password123", "太常见"),
        (PASSWORD, PASSWORD, PASSWORD, "不能和当前密码一样"),
        (PASSWORD, "agent2026!", "agent2026!", "不能用自己的账号"),
    ],
)
def test_bad_changes_say_why_and_change_nothing(cast, sign_in, current, new, again, told):
    client = sign_in(cast.agent)
    answer = change(client, current, new, again)
    assert answer.status_code == 422
    assert told in answer.text
    assert post_sign_in(client, "agent", PASSWORD).status_code == 302


def test_guessing_the_current_password_is_throttled(cast, sign_in):
    client = sign_in(cast.agent)
    for _ in range(FREE_TRIES):
        assert "当前密码不对" in change(client, "wrong", "battery staple 9").text
    assert "秒后再试" in change(client, PASSWORD, "battery staple 9").text


def test_first_sign_in_insists_on_a_new_password(client, cast, session):
    person = make_person("新人", account="newbie", must_change_password=True)
    session.commit()
    assert post_sign_in(client, "newbie", PASSWORD, next="/people").location == "/password"
    for url in ("/", "/people", "/people/export", "/jobs/1"):
        answer = client.get(url)
        assert (answer.status_code, answer.location) == (302, "/password"), url
    assert client.post("/people/new").location == "/password"
    assert client.get("/people", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/password"
    assert "一次性密码" in client.get("/password").text
    assert change(client, PASSWORD, "battery staple 9").location == "/"
    assert client.get("/").status_code == 200
    assert db.session.get(Person, person.id).must_change_password is False


def test_old_hashes_are_renewed_at_sign_in(client, cast, session):
    from argon2 import PasswordHasher

    cast.agent.password_hash = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    session.commit()
    post_sign_in(client, "agent", PASSWORD)
    session.expire_all()
    assert "m=19456,t=2,p=1" in session.get(Person, cast.agent.id).password_hash


def test_sign_in_with_full_width_digits_is_the_same_password(client, cast, session):
    cast.agent.password_hash = hash_password("战马 电池 2026")
    session.commit()
    assert post_sign_in(client, "agent", "战马 电池 ２０２６").status_code == 302
