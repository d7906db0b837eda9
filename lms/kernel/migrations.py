"""Runs Alembic from inside the program, so that no .ini file and no second command are needed."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

import lms
from lms.kernel.db import db
from lms.kernel.plugins import plugins


def migrations_dir() -> Path:
    """Where the shipped migrations stand: inside the installed package, or beside it in a checkout."""
    package = Path(lms.__file__).parent
    installed = package / "migrations"
    return installed if installed.is_dir() else package.parent / "migrations"


def alembic_config() -> Config:
    """The configuration, with the version folders of every plugin."""
    root = migrations_dir()
    config = Config()
    config.set_main_option("script_location", str(root))
    config.set_main_option("path_separator", "newline")
    folders = [str(root / "versions"), *(folder for _, folder in plugins().each("migrations"))]
    config.set_main_option("version_locations", "\n".join(folders))
    return config


def upgrade(engine: Engine, target: str = "heads") -> None:
    """Bring the database to ``target``; all of it or, on an error, nothing."""
    with engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, target)


def downgrade(engine: Engine, target: str = "base") -> None:
    """Take the database back to ``target``."""
    with engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, target)


def current_heads(engine: Engine) -> set[str]:
    """The versions the database is at; empty for a new one."""
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads())


def shipped_heads() -> set[str]:
    """The versions the program brings."""
    return set(ScriptDirectory.from_config(alembic_config()).get_heads())


def differences(engine: Engine) -> list[object]:
    """What the migrated database lacks against the models; a test holds this to nothing."""
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), db.metadata))
