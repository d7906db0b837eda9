"""Backup and restore: one zip with the database, the files, the key and the settings, and a checksum for each.

The database is copied with SQLite's own online backup, so a backup taken while people work is a consistent moment.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from lms import __version__
from lms.config import Settings, prepare_home, settings
from lms.kernel.clock import now
from lms.kernel.errors import DomainError
from lms.kernel.serving import home_lock

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1 << 20
SINGLE_FILES = ("secret_key", "config.toml")


class BackupError(DomainError):
    """A backup that can't be made, or can't be trusted."""


@dataclass(frozen=True)
class Backup:
    """What was written: number of files in it, bytes of the zip, its SHA-256."""

    files: int
    size: int
    sha256: str


@dataclass(frozen=True)
class Restored:
    """What was put back; ``moved_aside`` is where the former content of the home went."""

    files: int
    checked: int
    moved_aside: str


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _need_sqlite(config: Settings) -> None:
    if not config.is_sqlite:
        raise BackupError(
            "数据库是 PostgreSQL，请用 pg_dump 备份、pg_restore 恢复数据库。", hint="文件在 LMS_HOME/files。"
        )


def make_backup(target: Path) -> Backup:
    """Write a backup to ``target``. It appears whole or not at all, and never over an existing file."""
    config = settings()
    _need_sqlite(config)
    database = config.home / "lms.db"
    if not database.is_file():
        raise BackupError("这里还没有数据可以备份。", where=str(config.home))
    if target.exists():
        raise BackupError("文件已存在，不会覆盖。", where=str(target), hint="请换一个文件名。")
    if not target.parent.is_dir():
        raise BackupError("文件夹不存在。", where=str(target.parent), hint="请先建好文件夹。")
    prepare_home(config)
    part = target.with_name(target.name + ".part")
    sums: dict[str, str] = {}
    try:
        with tempfile.TemporaryDirectory(dir=config.tmp_path) as folder:
            copy = Path(folder) / "lms.db"
            _copy_database(database, copy)
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
                part.chmod(0o600)
                sums["lms.db"] = _add(archive, copy, "lms.db")
                for name in SINGLE_FILES:
                    if (config.home / name).is_file():
                        sums[name] = _add(archive, config.home / name, name)
                for path in sorted(p for p in config.files_path.rglob("*") if p.is_file() and p.suffix != ".part"):
                    name = "files/" + path.relative_to(config.files_path).as_posix()
                    try:
                        sums[name] = _add(archive, path, name)
                    except FileNotFoundError:  # deleted since it was listed: the program deletes raw uploads
                        continue
                manifest = {"format": FORMAT, "version": __version__, "made_at": now().isoformat(), "sha256": sums}
                archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        with open(part, "rb") as stream:
            whole = _digest(stream)
        part.rename(target)
    except OSError as error:
        raise BackupError(
            f"备份没有写成：{error.strerror or error}", where=str(target), hint="请检查磁盘空间。"
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return Backup(len(sums), target.stat().st_size, whole)


def _copy_database(source: Path, copy: Path) -> None:
    with sqlite3.connect(source) as original, sqlite3.connect(copy) as target:
        original.backup(target)
    target.close()
    original.close()


def _add(archive: zipfile.ZipFile, path: Path, name: str) -> str:
    with open(path, "rb") as source:
        digest = _digest(source)
        source.seek(0)
        with archive.open(zipfile.ZipInfo.from_file(path, name), "w", force_zip64=True) as out:
            shutil.copyfileobj(source, out, CHUNK)
    return digest


def restore_backup(source: Path, *, force: bool = False) -> Restored:
    """Put a backup back. Everything is unpacked and checked first; only then does the home change.

    A home that holds data is refused unless ``force``; its content is then moved aside, not deleted.
    """
    config = settings()
    _need_sqlite(config)
    prepare_home(config)
    with home_lock(config.home):
        database = config.home / "lms.db"
        if database.exists() and not force:
            raise BackupError("LMS_HOME 里已有数据。", where=str(config.home), hint="确认要替换时加上 --force。")
        with tempfile.TemporaryDirectory(dir=config.tmp_path) as folder:
            fresh = Path(folder)
            checked = _unpack(source, fresh)
            _check_database(fresh / "lms.db")
            aside = _move_aside(config) if force else ""
            for name in ("lms.db", *SINGLE_FILES):
                if (fresh / name).is_file():
                    shutil.move(fresh / name, config.home / name)
                    (config.home / name).chmod(0o600)
            if (fresh / "files").is_dir():
                shutil.copytree(fresh / "files", config.files_path, dirs_exist_ok=True)
    return Restored(checked, checked, aside)


def _unpack(source: Path, fresh: Path) -> int:
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError) as error:
        raise BackupError("这不是完整的备份文件，可能下载或拷贝时损坏了。", where=str(source)) from error
    with archive:
        try:
            manifest = json.loads(archive.read(MANIFEST))
            sums: dict[str, str] = manifest["sha256"]
            known_format = manifest["format"] == FORMAT
        except (KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
            raise BackupError("备份里没有清单，这不是客服学堂的备份。", where=str(source)) from error
        if not known_format:
            raise BackupError("备份来自更新的版本，请先升级程序。", where=str(source))
        if set(archive.namelist()) != {*sums, MANIFEST} or "lms.db" not in sums:
            raise BackupError("备份里的文件与清单不符，不能恢复。", where=str(source))
        for name, expected in sums.items():
            path = PurePosixPath(name)
            allowed = name in ("lms.db", *SINGLE_FILES) or path.parts[:1] == ("files",)
            if not allowed or path.is_absolute() or ".." in path.parts:
                raise BackupError("备份里有不该出现的路径，不能恢复。", where=name)
            target = fresh / name
            target.parent.mkdir(parents=True, exist_ok=True)
            digest = hashlib.sha256()
            try:
                with archive.open(name) as packed, open(target, "wb") as out:
                    while chunk := packed.read(CHUNK):
                        digest.update(chunk)
                        out.write(chunk)
            except (zipfile.BadZipFile, EOFError, OSError) as error:
                raise BackupError("备份已损坏，不能恢复。", where=name) from error
            if digest.hexdigest() != expected:
                raise BackupError("校验和不符，备份已损坏或被改动，不能恢复。", where=name)
    return len(sums)


def _check_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise BackupError("备份里的数据库打不开，不能恢复。") from error
    finally:
        connection.close()
    if verdict != "ok":
        raise BackupError("备份里的数据库不完整，不能恢复。", where=str(verdict)[:200])


def _move_aside(config: Settings) -> str:
    aside = config.home / f"replaced-{now():%Y%m%d-%H%M%S}"
    aside.mkdir(mode=0o700)
    for name in ("lms.db", "lms.db-wal", "lms.db-shm", "jobs.db", "jobs.db-wal", "jobs.db-shm", *SINGLE_FILES):
        if (config.home / name).exists():
            shutil.move(config.home / name, aside / name)
    if config.files_path.exists():
        shutil.move(config.files_path, aside / "files")
    return str(aside)
