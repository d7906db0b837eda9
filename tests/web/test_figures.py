"""Times and figures as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from lms.web.i18n import duration, filesize, local, local_date, number, percent


def test_times_are_those_of_shanghai() -> None:
    at = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
    assert local(at) == "2026-11-22 00:30"
    assert local_date(at) == "2026-11-22"
    assert local_date(date(2026, 1, 2)) == "2026-01-02"
    assert local(None) == local_date(None) == "—"


@pytest.mark.parametrize(
    "fraction, shown",
    [(0.853, "85%"), (0, "0%"), (1, "100%"), (0.999, "99%"), (0.001, "1%"), (None, "—"), (0.5, "50%")],
)
def test_percentages(fraction: float | None, shown: str) -> None:
    assert percent(fraction) == shown


@pytest.mark.parametrize(
    "seconds, shown",
    [
        (0, "0 秒"),
        (59.6, "1 分钟"),
        (95, "1 分 35 秒"),
        (3600, "1 小时"),
        (3700, "1 小时 1 分"),
        (90_000, "1 天 1 小时"),
        (None, "—"),
    ],
)
def test_durations(app: Flask, seconds: float | None, shown: str) -> None:
    with app.test_request_context():
        assert duration(seconds) == shown


def test_sizes_and_numbers() -> None:
    assert [filesize(n) for n in (0, 1023, 1536, 5 << 20, 3 << 30, None)] == [
        "0 B",
        "1023 B",
        "1.5 KB",
        "5.0 MB",
        "3.0 GB",
        "—",
    ]
    assert [number(n) for n in (12345, 0, None)] == ["12,345", "0", "—"]
