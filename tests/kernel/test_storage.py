"""Files keep generated names, arrive whole or not at all, and no key leads out of the store."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from lms.config import ConfigError, settings
from lms.kernel.storage import FileTooLarge, FolderStore, files


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path)


def test_a_file_comes_back_as_it_went_in(store: FolderStore) -> None:
    data = "会话".encode() * 1000
    kept = store.save(io.BytesIO(data), suffix=".TXT")
    assert store.open(kept.key).read() == data
    assert (kept.size, kept.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert kept.key.endswith(".txt")
    assert store.keys() == [kept.key]


def test_too_large_leaves_nothing(store: FolderStore, tmp_path: Path) -> None:
    with pytest.raises(FileTooLarge, match="上限"):
        store.save(io.BytesIO(b"x" * 2_000_001), max_bytes=2_000_000)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_stream_that_breaks_leaves_nothing(store: FolderStore, tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("connection lost")

    with pytest.raises(OSError, match="connection lost"):
        store.save(Broken())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("suffix", [".tar.gz/../x", "/../../evil", ".php\x00", "." + "a" * 40])
def test_a_strange_suffix_is_dropped(store: FolderStore, suffix: str) -> None:
    assert "." not in store.save(io.BytesIO(b"x"), suffix=suffix).key


@pytest.mark.parametrize("key", ["../../etc/passwd", "ab/../../x", "/etc/passwd", "ab/" + "g" * 30, ""])
def test_only_keys_of_the_store_are_taken(store: FolderStore, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        store.path(key)


def test_deleting_twice_is_no_error(store: FolderStore) -> None:
    kept = store.save(io.BytesIO(b"x"))
    store.delete(kept.key)
    store.delete(kept.key)
    assert store.keys() == []


def test_a_store_that_is_not_there_yet_is_refused_in_words(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_FILES_URL", "s3://bucket/lms")
    settings.cache_clear()
    with pytest.raises(ConfigError, match="LMS_FILES_URL"):
        files()
