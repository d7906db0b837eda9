"""Files: kept outside the web root under generated names, never under the names they came with."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from flask_babel import gettext as _

from lms.config import ConfigError, settings
from lms.kernel.errors import DomainError

CHUNK = 1 << 20
KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{30}(\.[a-z0-9]{1,8})?")


class FileTooLarge(DomainError):
    """More bytes came than this kind of upload may have."""

    status = 413


@dataclass(frozen=True)
class StoredFile:
    """What was stored: its key in the store, size in bytes, SHA-256 in hex."""

    key: str
    size: int
    sha256: str


class FileStore(Protocol):
    """Where files live. The default is a folder; another store has the same five verbs."""

    def save(self, stream: BinaryIO, *, suffix: str = "", max_bytes: int | None = None) -> StoredFile: ...

    def open(self, key: str) -> BinaryIO: ...

    def path(self, key: str) -> Path: ...

    def delete(self, key: str) -> None: ...

    def keys(self) -> list[str]: ...


class FolderStore:
    """Files in a folder, each written beside its place and moved there whole: no half-written file has a key."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def save(self, stream: BinaryIO, *, suffix: str = "", max_bytes: int | None = None) -> StoredFile:
        """Store a stream. Raises FileTooLarge beyond ``max_bytes``; nothing is kept then."""
        name = secrets.token_hex(16)
        safe_suffix = suffix.lower() if re.fullmatch(r"\.[A-Za-z0-9]{1,8}", suffix) else ""
        key = f"{name[:2]}/{name[2:]}{safe_suffix}"
        target = self.root / key
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = target.with_name(target.name + ".part")
        digest, size = hashlib.sha256(), 0
        try:
            with open(part, "xb") as out:
                while chunk := stream.read(CHUNK):
                    size += len(chunk)
                    if max_bytes is not None and size > max_bytes:
                        limit = max_bytes // (1 << 20)
                        raise FileTooLarge(
                            _("文件超过 %(limit)s MB 的上限。", limit=limit),
                            hint=_("请拆分后再上传，或请管理员调高上限。"),
                        )
                    digest.update(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            part.rename(target)
        finally:
            part.unlink(missing_ok=True)
        return StoredFile(key, size, digest.hexdigest())

    def path(self, key: str) -> Path:
        """The file's place on disk. Only keys that :meth:`save` made are taken."""
        if not KEY.fullmatch(key):
            raise ValueError(f"not a key of this store: {key!r}")
        return self.root / key

    def open(self, key: str) -> BinaryIO:
        return open(self.path(key), "rb")

    def delete(self, key: str) -> None:
        """Remove the file; removing one that is gone is no error."""
        self.path(key).unlink(missing_ok=True)

    def keys(self) -> list[str]:
        """Every key in the store, sorted."""
        found = (path.relative_to(self.root).as_posix() for path in self.root.glob("??/*"))
        return sorted(key for key in found if KEY.fullmatch(key))


def files() -> FileStore:
    """The store of this installation."""
    config = settings()
    if config.files_url and not config.files_url.startswith("file://"):
        raise ConfigError(f"LMS_FILES_URL={config.files_url}：这个版本只支持本机文件夹（file:///…）。")
    root = Path(config.files_url.removeprefix("file://")) if config.files_url else config.files_path
    return FolderStore(root)
