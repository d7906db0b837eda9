"""Who may upload, and look at a file by itself."""

from __future__ import annotations

import io
from typing import Any

from sqlalchemy.orm import scoped_session

from lms.media.services import store_upload
from tests.conftest import Cast
from tests.courses.conftest import write_lesson
from tests.media.conftest import AT
from tests.media.making import picture

_EDIT = {"anonymous": 302, "agent": 403, "lead": 403, "supervisor": 403, "evaluator": 403, "trainer": 200, "admin": 200}

_ALL = {name: status if status == 302 else 200 for name, status in _EDIT.items()}

EXPECTED = {"media.upload": _EDIT, "media.show": _EDIT, "lessons.media": _ALL}


def build(cast: Cast, session: scoped_session) -> dict[str, dict[str, Any]]:
    data = picture()
    media = store_upload(
        actor=cast.trainer, shop_id=cast.shop.id, stream=io.BytesIO(data), filename="甲店海报.png", at=AT
    )
    lesson = write_lesson(cast.trainer, cast.shop, body=f"![海报](media:{media.ref})")
    return {
        "lessons.media": {"args": {"lesson_id": lesson.id, "ref": media.ref}},
        "media.upload": {"data": {"file": (io.BytesIO(data), "甲店海报.png"), "shop_id": str(cast.shop.id)}},
        "media.show": {"args": {"media_id": media.id}},
    }
