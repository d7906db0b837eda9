"""Passwords: hashing with Argon2id, the rules for new ones, and one-time passwords. No database, no request."""

from __future__ import annotations

import secrets
import unicodedata
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

MIN_LENGTH = 8
MAX_LENGTH = 128

# OWASP's Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# A one-time password holds 59 bits of chance, which no guessing reaches; it needs no costly hash, and an import of
# a thousand people would otherwise keep the server busy for a minute.
_ONE_TIME_HASHER = PasswordHasher(time_cost=1, memory_cost=2_048, parallelism=1)
# Without 0/O, 1/l/I and the like: these passwords are read off a sheet and typed on a phone.
_ONE_TIME_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_ONE_TIME_LENGTH = 12


def hash_password(password: str) -> str:
    """The Argon2id hash to store; its own parameters are part of it."""
    return _HASHER.hash(_prepared(password))


def hash_one_time_password(password: str) -> str:
    """The hash of a password made by :func:`one_time_password`; replaced by a full one when its owner changes it."""
    return _ONE_TIME_HASHER.hash(_prepared(password))


def verify_password(password_hash: str, password: str) -> bool:
    """Whether ``password`` belongs to the hash. An empty hash costs as much and is False."""
    try:
        return _HASHER.verify(password_hash or _decoy(), _prepared(password)[:MAX_LENGTH]) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """Whether the hash was made with older parameters than today's."""
    try:
        return _HASHER.check_needs_rehash(password_hash)
    except InvalidHashError:
        return True


def one_time_password() -> str:
    """Twelve letters and digits in groups of four: 59 bits, easy to read out and to type."""
    letters = [secrets.choice(_ONE_TIME_ALPHABET) for _ in range(_ONE_TIME_LENGTH)]
    return "-".join("".join(letters[i : i + 4]) for i in range(0, _ONE_TIME_LENGTH, 4))


def password_problem(password: str, *, account: str, name: str = "") -> str | None:
    """What is wrong with a new password, as a sentence for its owner; None when it will do.

    Follows NIST SP 800-63B: length and a list of common ones, no rules about kinds of characters.
    """
    plain = _prepared(password)
    if len(plain) < MIN_LENGTH:
        return _("密码至少要 %(n)s 位。", n=MIN_LENGTH)
    if len(plain) > MAX_LENGTH:
        return _("密码最多 %(n)s 位。", n=MAX_LENGTH)
    folded = plain.casefold()
    own = {_prepared(text).casefold() for text in (account, name) if text}
    stripped = folded.strip("0123456789.!@#_- ")
    if folded in own or (stripped and stripped in own) or any(len(text) >= 4 and text in folded for text in own):
        return _("密码里不能用自己的账号或姓名。")
    if len(set(folded)) <= 2 or _is_run(folded):
        return _("这个密码太简单，别人一猜就中。试试几个不相干的词连起来。")
    if folded in _common():
        return _("这个密码太常见，别人一猜就中。试试几个不相干的词连起来。")
    return None


def _prepared(password: str) -> str:
    """Normalised, so that full-width digits typed with a Chinese keyboard give the same password."""
    return unicodedata.normalize("NFKC", password)


def _is_run(text: str) -> bool:
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return steps in ({1}, {-1})


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    path = Path(__file__).with_name("common_passwords.txt")
    return frozenset(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


@lru_cache(maxsize=1)
def _decoy() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))
