"""Makes a home ready: folders, database at the newest version, and what plugins set up on every start."""

from __future__ import annotations

from flask import Flask

from lms.kernel.clock import now
from lms.kernel.db import db, unit_of_work
from lms.kernel.migrations import current_heads, shipped_heads, upgrade
from lms.kernel.plugins import plugins


def prepare(app: Flask) -> list[str]:
    """Upgrade the database where needed and let the plugins set the home up. Returns lines to show."""
    with app.app_context():
        if current_heads(db.engine) != shipped_heads():
            upgrade(db.engine)
        with unit_of_work():
            return [line for _, line in plugins().each("setup_home", inside=db.session.begin_nested, at=now()) if line]
