"""A backup taken while people write is one consistent moment; a restore trusts nothing that it did not check."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.orm import scoped_session

from lms.config import ConfigError, settings
from lms.kernel.backups import BackupError, make_backup, restore_backup
from lms.kernel.db import db
from lms.kernel.serving import home_lock
from lms.kernel.storage import files
from lms.people.models import Shop

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def backup(app: Flask, session: scoped_session, tmp_path: Path) -> Path:
    session.add(Shop(name="备份前的店"))
    session.commit()
    files().save(io.BytesIO("附件".encode()), suffix=".txt")
    target = tmp_path / "backup.zip"
    assert make_backup(target).files == 3  # database, key, the file
    return target


def rewrite(source: Path, target: Path, **changed: bytes) -> Path:
    """The same zip with some members' bytes changed (a None-like empty value leaves the member out)."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = changed.get(name, old.read(name))
            if data:
                new.writestr(name, data)
    return target


def test_restore_brings_rows_and_files_back(backup: Path, session: scoped_session) -> None:
    key = files().keys()[0]
    session.add(Shop(name="备份后的店"))
    session.commit()
    files().delete(key)
    session.remove()
    db.engine.dispose()
    done = restore_backup(backup, force=True)
    assert done.checked == 3
    assert (Path(done.moved_aside) / "lms.db").is_file()
    assert {shop.name for shop in session.query(Shop)} == {"备份前的店"}
    assert files().open(key).read().decode() == "附件"


def test_restore_refuses_a_home_with_data(backup: Path) -> None:
    with pytest.raises(BackupError, match="已有数据"):
        restore_backup(backup)


def test_restore_refuses_under_a_running_server(backup: Path) -> None:
    with home_lock(settings().home), pytest.raises(ConfigError, match="正在被"):
        restore_backup(backup, force=True)


@pytest.mark.parametrize("member", ["lms.db", "secret_key"])
def test_a_changed_byte_stops_the_restore_and_changes_nothing(
    backup: Path, tmp_path: Path, session: scoped_session, member: str
) -> None:
    with zipfile.ZipFile(backup) as archive:
        data = bytearray(archive.read(member))
    data[-1] ^= 1
    bad = rewrite(backup, tmp_path / "bad.zip", **{member: bytes(data)})
    session.add(Shop(name="还在"))
    session.commit()
    with pytest.raises(BackupError, match="校验和不符"):
        restore_backup(bad, force=True)
    assert session.query(Shop).filter_by(name="还在").count() == 1


def test_a_missing_member_a_strange_zip_and_a_torn_file_are_refused(backup: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="与清单不符"):
        restore_backup(rewrite(backup, tmp_path / "less.zip", secret_key=b""), force=True)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(BackupError, match="没有清单"):
        restore_backup(tmp_path / "other.zip", force=True)
    (tmp_path / "torn.zip").write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    with pytest.raises(BackupError, match="不是完整的备份"):
        restore_backup(tmp_path / "torn.zip", force=True)


def test_a_path_that_leads_out_of_the_home_is_refused(backup: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(tmp_path / "slip.zip", "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        manifest["sha256"]["files/../../evil"] = "0"
        for name in old.namelist():
            new.writestr(name, json.dumps(manifest) if name == "manifest.json" else old.read(name))
        new.writestr("files/../../evil", "x")
    with pytest.raises(BackupError, match="不该出现的路径"):
        restore_backup(tmp_path / "slip.zip", force=True)


def test_backup_never_overwrites(backup: Path) -> None:
    with pytest.raises(BackupError, match="已存在"):
        make_backup(backup)


def test_a_backup_while_others_write_is_one_moment(app: Flask, session: scoped_session, tmp_path: Path) -> None:
    """A writer adds rows in pairs, each pair in one transaction: the backup never holds half a pair."""
    url = settings().sqlalchemy_url
    stop = threading.Event()

    def write() -> None:
        engine = create_engine(url)
        n = 0
        while not stop.is_set():
            with engine.begin() as connection:
                for side in ("左", "右"):
                    connection.execute(
                        text("INSERT INTO shop (name, created_at) VALUES (:name, CURRENT_TIMESTAMP)"),
                        {"name": f"{side}{n}"},
                    )
            n += 1
        engine.dispose()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not session.query(Shop).count():
            session.rollback()
        make_backup(tmp_path / "busy.zip")
    finally:
        stop.set()
        writer.join()
    with zipfile.ZipFile(tmp_path / "busy.zip") as archive:
        archive.extract("lms.db", tmp_path)
    with create_engine(f"sqlite:///{tmp_path / 'lms.db'}").connect() as connection:
        rows = connection.execute(text("SELECT count(*) FROM shop")).scalar_one()
    assert rows > 0
    assert rows % 2 == 0
