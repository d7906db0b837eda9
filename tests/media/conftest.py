"""Keeping a file as the trainer of shop 甲."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import scoped_session

from lms.media.models import Media
from lms.media.services import store_upload
from lms.people.models import Person, Shop
from tests.conftest import Cast

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def upload(actor: Person, shop: Shop | None, data: bytes, name: str = "甲店图.png", **more: Any) -> Media:
    return store_upload(
        actor=actor, shop_id=shop.id if shop else None, stream=io.BytesIO(data), filename=name, at=AT, **more
    )


@pytest.fixture
def keep(cast: Cast, session: scoped_session) -> Callable[..., Media]:
    """keep(bytes, name) → the row, for shop 甲."""

    def kept(data: bytes, name: str = "甲店图.png", **more: Any) -> Media:
        return upload(cast.trainer, cast.shop, data, name, **more)

    return kept
