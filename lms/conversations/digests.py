"""Keyed digests: they know a session, a customer or a message again, and tell nobody what it was.

A plain hash of a phone number is undone by trying all of them; without the installation's key this one is not.
"""

from __future__ import annotations

from hashlib import blake2b

from lms.config import secret_key, settings


class Digests:
    """Digests of one shop; the same customer of two shops has nothing in common here."""

    def __init__(self, shop_id: int | None) -> None:
        self._key = blake2b(secret_key(settings()).encode(), person=b"chats", digest_size=32).digest()
        self._scope = f"{shop_id or 0}|".encode()

    def session(self, source_key: str) -> str:
        """32 hexadecimal digits for a session's key in its export."""
        return self._hex(b"session|", source_key)

    def customer(self, name: str) -> str:
        """32 hexadecimal digits for a customer's name or number; "" for none."""
        return self._hex(b"customer|", name) if name else ""

    def message(self, side: str, at: str, text: str) -> int:
        """64 bits, signed, for one message of a session."""
        data = f"{side}|{at}|{text}".encode("utf-8", "surrogatepass")
        return int.from_bytes(blake2b(data, key=self._key, digest_size=8).digest(), "big", signed=True)

    def _hex(self, kind: bytes, text: str) -> str:
        data = kind + self._scope + text.encode("utf-8", "surrogatepass")
        return blake2b(data, key=self._key, digest_size=16).hexdigest()
