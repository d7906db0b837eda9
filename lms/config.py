"""Typed settings, read from the environment (``LMS_…``) and from ``LMS_HOME/config.toml``.

The environment wins over the file. ``LMS_HOME`` (default ``./lms-data``) holds everything the program writes.
"""

from __future__ import annotations

import os
import secrets
import time
from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource


class ConfigError(Exception):
    """A setting that can't be used; the message names it and says what to do."""


def home_dir() -> Path:
    """The folder that holds everything the program writes."""
    return Path(os.environ.get("LMS_HOME", "lms-data")).expanduser().resolve()


class Settings(BaseSettings):
    """Every setting of the host. A name in upper case with the prefix LMS_ is its environment variable."""

    model_config = SettingsConfigDict(env_prefix="LMS_", extra="ignore", frozen=True)

    home: Path = Field(default_factory=home_dir)
    database_url: str = ""
    jobs_url: str = ""
    files_url: str = ""
    secret_key: str = Field(default="", min_length=0)
    locale: str = Field(default="zh_CN", pattern=r"^(zh_CN|zh_TW|en)$")
    timezone: str = Field(default="Asia/Shanghai")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    workers: int = Field(default=2, ge=1, le=64)
    https: bool = False
    public_url: str = Field(default="", pattern=r"^(https?://[^\s?#]+)?$")
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    upload_max_mb: int = Field(default=200, ge=1, le=4096)
    session_hours: int = Field(default=12, ge=1, le=24 * 30)
    session_idle_minutes: int = Field(default=120, ge=5, le=24 * 60)
    disabled_plugins: tuple[str, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        toml = TomlConfigSettingsSource(settings_cls, toml_file=home_dir() / "config.toml")
        return init_settings, env_settings, toml

    @property
    def sqlalchemy_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'lms.db'}"

    @property
    def is_sqlite(self) -> bool:
        return self.sqlalchemy_url.startswith("sqlite")

    @property
    def jobs_path(self) -> Path:
        return self.home / "jobs.db"

    @property
    def files_path(self) -> Path:
        return self.home / "files"

    @property
    def tmp_path(self) -> Path:
        return self.home / "tmp"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once. Raises ConfigError with the name of the setting at fault."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"LMS_{'.'.join(str(p) for p in e['loc']).upper()}: {e['msg']}" for e in error.errors()]
        raise ConfigError("设置有误，请检查环境变量或 config.toml：\n" + "\n".join(lines)) from error
    except (OSError, ValueError) as error:
        raise ConfigError(f"读不了 {home_dir() / 'config.toml'}：{error}") from error


def prepare_home(config: Settings) -> None:
    """Make the folders of LMS_HOME, readable by this account only."""
    for path in (config.home, config.files_path, config.tmp_path):
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)


def secret_key(config: Settings) -> str:
    """The key that signs sessions: the setting, or one made on first start and kept in LMS_HOME."""
    if config.secret_key:
        return config.secret_key
    path = config.home / "secret_key"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    # A second worker may see the file between its creation and its first write.
    for _ in range(50):
        if text := path.read_text().strip():
            return text
        time.sleep(0.02)
    raise ConfigError(f"{path} 是空的：请删除它后重新启动。")
