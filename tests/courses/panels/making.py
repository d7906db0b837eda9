"""Lessons of the types that have a panel, for shop 甲."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

from courses.lessons.models import Lesson
from courses.lessons.publishing import publish
from courses.lessons.services import Draft, create_lesson
from lms.learning.enums import Dimension
from lms.media.models import Media
from lms.media.services import store_upload
from lms.people.models import Person, Shop
from tests.courses.conftest import AT, switch_reviews_off
from tests.factories import make_competency

VIDEO = Path(__file__).parents[2] / "browser" / "data" / "eight-seconds.mp4"
SECONDS = 8.0
CHECKLIST = """先看一遍组长怎么做。

## 接待

```清单
进线 30 秒内回第一句 ｜ 三次都在 30 秒内
把客人的问题说回去
```

## 收尾

```清单
把客人的问题说回去
记下没解决的事 —— 写进交接本
```

做完找组长签字。
"""


def make_lesson(
    author: Person,
    shop: Shop | None,
    type_name: str,
    body: str,
    settings: dict[str, Any] | None = None,
    *,
    title: str = "甲店带教课",
    at: datetime = AT,
) -> Lesson:
    lesson = create_lesson(
        actor=author,
        draft=Draft(title=title, body=body, minutes=6, settings=settings or {}),
        competencies=[make_competency(dimension=Dimension.SKILL)],
        shop_id=shop.id if shop else None,
        type_name=type_name,
        at=at,
    )
    switch_reviews_off(lesson.shop_id)
    return publish(actor=author, lesson=lesson, at=at)


def make_video(author: Person, shop: Shop | None, *, cover: float = 0.9, title: str = "甲店视频课") -> Lesson:
    media = keep_video(author, shop)
    return make_lesson(author, shop, "video", "## 要点\n\n照着说。", {"media": media.ref, "cover": cover}, title=title)


def keep_video(author: Person, shop: Shop | None) -> Media:
    stream = io.BytesIO(VIDEO.read_bytes())
    return store_upload(actor=author, shop_id=shop.id if shop else None, stream=stream, filename="甲店.mp4", at=AT)
