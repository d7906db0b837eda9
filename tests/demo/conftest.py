"""An app on a copy of the demo home."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from lms.config import settings
from lms.kernel.db import db


def lms(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a home, with none of this machine's settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    command = [sys.executable, "-m", "lms", *arguments]
    return subprocess.run(command, env=clean | {"LMS_HOME": str(home)}, capture_output=True, text=True, check=False)


@pytest.fixture
def demo_app(demo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An app on a copy of the demo home. No context is pushed: each request has its own session and its own ``g``."""
    from lms.app import create_app

    shutil.copytree(demo_home, tmp_path / "home")
    monkeypatch.setenv("LMS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LMS_JOBS_URL", "memory://")
    settings.cache_clear()
    app = create_app({"TESTING": True, "JOBS_INLINE": True, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False})
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def in_demo(demo_app: Flask) -> Iterator[Flask]:
    """The same app with a context, for tests that look into the database and send no request."""
    with demo_app.app_context():
        yield demo_app
