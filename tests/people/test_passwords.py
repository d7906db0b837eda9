"""Password rules and hashes, without a database."""

from __future__ import annotations

import re

import pytest

from lms.people import passwords


def problem(password, account="zhangwei", name="张伟", app=None):
    return passwords.password_problem(password, account=account, name=name)


@pytest.fixture(autouse=True)
def _words(app):
    """The messages need a language, which the app knows."""


@pytest.mark.parametrize(
    "password",
    ["correct horse", "仓库今天发货了吗", "tr0ub4dor&3", "x" * 7 + "yz1", "a" * 100 + "bcd", "我的密码很长的呀"],
)
def test_good_enough(password):
    assert problem(password) is None


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("1234567", "至少要 8 位"),
        ("", "至少要 8 位"),
        ("七个字的密码呀", "至少要 8 位"),
        ("x1" * 65, "最多 128 位"),
        ("zhangwei", "账号"),
        ("ZhangWei2026", "账号"),
        ("我是zhangwei", "账号"),
        ("aaaaaaaa", "太简单"),
        ("abababab", "太简单"),
        ("abcdefgh", "太简单"),
        ("87654321", "太简单"),
        ("１２３４５６７８", "太简单"),
        ("password", "太常见"),
        ("PASSWORD", "太常见"),
        ("Woaini1314", "太常见"),
        ("1qaz2wsx", "太常见"),
        ("taobao123456", "太常见"),
    ],
)
def test_too_weak(password, told):
    assert told in problem(password)


def test_short_account_does_not_forbid_every_word():
    assert problem("wangzhan fahuo", account="wang") is not None
    assert problem("mei you wenti", account="me", name="梅") is None


def test_hash_holds_owasps_parameters_and_a_salt():
    first, second = passwords.hash_password("correct horse"), passwords.hash_password("correct horse")
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.verify_password(first, "correct horse")
    assert not passwords.verify_password(first, "correct horsf")
    assert not passwords.needs_rehash(first)


@pytest.mark.parametrize("broken", ["", "plain", "$argon2id$v=19$m=1$x", "$2b$12$abcdefghijklmnopqrstuv"])
def test_what_is_not_a_hash_lets_nobody_in(broken):
    assert not passwords.verify_password(broken, "")
    assert not passwords.verify_password(broken, broken)


def test_one_time_passwords_are_readable_and_differ():
    made = {passwords.one_time_password() for _ in range(300)}
    assert len(made) == 300
    assert all(re.fullmatch(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", word) for word in made)
    assert not {"0", "o", "1", "l", "i"} & set("".join(made))


def test_one_time_hash_is_cheap_and_renewed_later():
    word = passwords.one_time_password()
    assert passwords.verify_password(passwords.hash_one_time_password(word), word)
    assert passwords.needs_rehash(passwords.hash_one_time_password(word))


def test_a_million_characters_cost_nothing():
    assert not passwords.verify_password(passwords.hash_password("correct horse"), "x" * 1_000_000)
