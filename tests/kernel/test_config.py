"""Settings come from the environment and from LMS_HOME/config.toml; a wrong one is named."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lms.config import ConfigError, prepare_home, secret_key, settings


def test_the_file_is_read_and_the_environment_wins(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    (home / "config.toml").write_text('port = 9001\nlocale = "zh_TW"\n')
    monkeypatch.setenv("LMS_PORT", "9002")
    assert (settings().port, settings().locale) == (9002, "zh_TW")


def test_a_wrong_setting_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_PORT", "eighty")
    with pytest.raises(ConfigError, match="LMS_PORT"):
        settings()


def test_a_broken_file_is_named(home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text("port = = 1")
    with pytest.raises(ConfigError, match=r"config\.toml"):
        settings()


@pytest.mark.sqlite_only
def test_everything_lies_in_the_home_and_is_private(home: Path) -> None:
    prepare_home(settings())
    assert settings().sqlalchemy_url == f"sqlite:///{home / 'lms.db'}"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_the_key_is_made_once_and_kept_private(home: Path) -> None:
    prepare_home(settings())
    first = secret_key(settings())
    assert len(first) >= 48
    assert secret_key(settings()) == first
    assert stat.S_IMODE((home / "secret_key").stat().st_mode) == 0o600
