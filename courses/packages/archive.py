"""The zip around a package: written the same every time, and read with suspicion. No database."""

from __future__ import annotations

import hashlib
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from flask_babel import gettext as _

from courses.lessons.forms import LONGEST_BODY
from courses.packages.manifest import NAME, MediaEntry, Package, PackageError, dump, parse

MOST_FILES = 1_500
MOST_BYTES = 4 << 30  # unpacked
LONGEST_MANIFEST = 4 << 20
LONGEST_TEXT = 4 * LONGEST_BODY
HIGHEST_RATIO = 200  # of a file of more than a megabyte; real texts reach 10
CHUNK = 1 << 20
EPOCH = (1980, 1, 1, 0, 0, 0)


def write_package(
    target: IO[bytes], package: Package, bodies: dict[str, str], open_media: Callable[[MediaEntry], BinaryIO]
) -> None:
    """Write the zip: manifest, lessons, media, without times and owners. ``bodies`` by file name."""
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(_info(NAME, zipfile.ZIP_DEFLATED), dump(package), compresslevel=9)
        for lesson in package.lessons:
            archive.writestr(_info(lesson.file, zipfile.ZIP_DEFLATED), bodies[lesson.file], compresslevel=9)
        for entry in package.media:
            info = _info(entry.file, zipfile.ZIP_STORED)
            info.file_size = entry.size
            with archive.open(info, "w") as out, open_media(entry) as content:
                while chunk := content.read(CHUNK):
                    out.write(chunk)


def _info(name: str, method: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type, info.create_system = method, 3
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    return info


class PackageFile:
    """An open package whose list of files has been checked; contents are checked as they are read."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._entries = _checked(archive.infolist())
        if NAME not in self._entries:
            raise PackageError(_("里面没有 manifest.json。"), hint=_("请选择“导出课程包”得到的 zip 文件。"))
        self.package = parse(self._read(NAME, LONGEST_MANIFEST))
        listed = set(self.package.files) | {NAME}
        if missing := sorted(listed - set(self._entries)):
            raise PackageError(_("课程包里缺这个文件。"), where=missing[0])
        if extra := sorted(set(self._entries) - listed):
            raise PackageError(_("课程包里多出没有登记的文件。"), where=extra[0])

    def body(self, name: str) -> str:
        """The text of a lesson."""
        try:
            text = self._read(name, LONGEST_TEXT).decode("utf-8")
        except UnicodeDecodeError as error:
            raise PackageError(_("不是 UTF-8 文字。"), where=name) from error
        if len(text) > LONGEST_BODY:
            raise PackageError(_("正文超过 %(longest_body)s 个字。", longest_body=LONGEST_BODY), where=name)
        return text

    def verify_media(self) -> None:
        """Read every file once and hold it to its checksum."""
        for entry in self.package.media:
            digest, size = hashlib.sha256(), 0
            with self.open_media(entry) as content:
                for chunk in _chunks(content, entry.file):
                    digest.update(chunk)
                    size += len(chunk)
                    if size > entry.size:
                        break
            if size != entry.size or digest.hexdigest() != entry.sha256:
                raise PackageError(_("文件的内容和校验和对不上，可能已损坏。"), where=entry.file)

    def open_media(self, entry: MediaEntry) -> IO[bytes]:
        """The content of a file, as a stream."""
        try:
            return self._archive.open(self._entries[entry.file])
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise PackageError(_("文件已损坏。"), where=entry.file) from error

    def _read(self, name: str, most: int) -> bytes:
        if self._entries[name].file_size > most:
            raise PackageError(_("文件太大。"), where=name)
        try:
            with self._archive.open(self._entries[name]) as content:
                data = content.read(most + 1)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
            raise PackageError(_("文件已损坏。"), where=name) from error
        except Exception as error:  # zlib says what it likes about broken data
            raise PackageError(_("文件已损坏。"), where=name) from error
        if len(data) > most:
            raise PackageError(_("文件太大。"), where=name)
        return data


@contextmanager
def open_package(path: Path) -> Iterator[PackageFile]:
    """Open a package. Raises PackageError for whatever is not one."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise PackageError(_("打不开：不是 zip 文件，或者已损坏。")) from error
    with archive:
        yield PackageFile(archive)


def _checked(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    if len(infos) > MOST_FILES:
        raise PackageError(_("里面的文件超过 %(most_files)s 个。", most_files=MOST_FILES))
    if sum(info.file_size for info in infos) > MOST_BYTES:
        raise PackageError(_("解开后超过 %(n)s GB。", n=MOST_BYTES >> 30))
    found: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name, kind = info.filename, stat.S_IFMT(info.external_attr >> 16)
        parts = name.split("/")
        if name.startswith("/") or "\\" in name or ":" in name or any(part in ("", ".", "..") for part in parts):
            raise PackageError(_("文件名不安全。"), where=name[:100])
        if info.is_dir() or kind not in (0, stat.S_IFREG):
            raise PackageError(_("只能有普通文件，不能有文件夹、链接。"), where=name[:100])
        if name in found:
            raise PackageError(_("同一个文件名出现了两次。"), where=name[:100])
        if info.flag_bits & 1:
            raise PackageError(_("文件加了密码。"), where=name[:100], hint=_("请导出不加密的课程包。"))
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise PackageError(_("压缩方式不支持。"), where=name[:100])
        if info.file_size > 1 << 20 and info.file_size > HIGHEST_RATIO * max(1, info.compress_size):
            raise PackageError(_("压缩率高得不正常。"), where=name[:100])
        found[name] = info
    return found


def _chunks(content: IO[bytes], where: str) -> Iterator[bytes]:
    while True:
        try:
            chunk = content.read(CHUNK)
        except Exception as error:
            raise PackageError(_("文件已损坏。"), where=where) from error
        if not chunk:
            return
        yield chunk
