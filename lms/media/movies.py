"""Reads of a video file what a page needs: seconds, width and height, the codec. Bounded: it follows no promise of
the file beyond its end and looks at no more than a few hundred boxes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

MAX_BOXES = 400
BRANDS = {b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41", b"mp42", b"avc1"}
BRANDS |= {b"M4V ", b"M4VH", b"M4VP", b"dash", b"MSNV", b"av01", b"mp71", b"f4v ", b"F4V ", b"XAVC", b"hvc1"}
PARENTS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}
DAY = 24 * 60 * 60


class NotAMovie(ValueError):
    """No video in it, or cut off."""


@dataclass
class _Track:
    handler: bytes = b""
    codec: str = ""
    width: int = 0
    height: int = 0


def is_mp4(head: bytes) -> bool:
    """Whether the first bytes are those of an MP4 file (not a QuickTime one, nor HEIC, which look alike)."""
    return head[4:8] == b"ftyp" and head[8:12] in BRANDS


def is_webm(head: bytes) -> bool:
    """Whether the first bytes are those of a WebM file; Matroska looks alike but names another type."""
    return head[:4] == b"\x1a\x45\xdf\xa3" and b"\x42\x82\x84webm" in head[:256]


def mp4_facts(path: Path) -> dict[str, Any]:
    """{"seconds", "width", "height", "codec"} of an MP4 file. Raises NotAMovie."""
    reader = _Reader(path)
    if not reader.has_pixels:
        raise NotAMovie("no video data")
    track = next((track for track in reader.tracks if track.handler == b"vide"), None)
    if track is None or not 0 < reader.seconds <= DAY:
        raise NotAMovie("no video track or no duration")
    facts: dict[str, Any] = {"seconds": round(reader.seconds, 2), "codec": track.codec}
    if track.width and track.height:
        facts |= {"width": track.width, "height": track.height}
    return facts


class _Reader:
    def __init__(self, path: Path) -> None:
        self.seconds = 0.0
        self.tracks: list[_Track] = []
        self.has_pixels = False
        self._boxes = 0
        with open(path, "rb") as file:
            self._walk(file, 0, path.stat().st_size, depth=0)

    def _walk(self, file: BinaryIO, at: int, end: int, *, depth: int) -> None:
        while at + 8 <= end:
            self._boxes += 1
            if self._boxes > MAX_BOXES:
                return
            file.seek(at)
            header = file.read(16)
            size, kind, head = int.from_bytes(header[:4], "big"), header[4:8], 8
            if size == 1:
                size, head = int.from_bytes(header[8:16], "big"), 16
            elif size == 0:
                size = end - at
            if size < head or at + size > end:
                raise NotAMovie(f"the box {kind!r} is cut off")
            self._box(file, kind, at + head, at + size, depth=depth)
            at += size

    def _box(self, file: BinaryIO, kind: bytes, start: int, end: int, *, depth: int) -> None:
        if kind == b"mdat" or kind == b"moof":
            self.has_pixels = True
        elif kind == b"trak" and depth < 8:
            self.tracks.append(_Track())
            self._walk(file, start, end, depth=depth + 1)
        elif kind in PARENTS and depth < 8:
            self._walk(file, start, end, depth=depth + 1)
        elif kind in (b"mvhd", b"tkhd", b"hdlr", b"stsd"):
            file.seek(start)
            getattr(self, f"_{kind.decode()}")(file.read(min(120, end - start)))

    def _mvhd(self, data: bytes) -> None:
        long = data[:1] == b"\x01"
        scale = int.from_bytes(data[20:24] if long else data[12:16], "big")
        duration = int.from_bytes(data[24:32] if long else data[16:20], "big")
        if scale:
            self.seconds = duration / scale

    def _tkhd(self, data: bytes) -> None:
        at = 88 if data[:1] == b"\x01" else 76
        if self.tracks and len(data) >= at + 8:
            self.tracks[-1].width = int.from_bytes(data[at : at + 2], "big")
            self.tracks[-1].height = int.from_bytes(data[at + 4 : at + 6], "big")

    def _hdlr(self, data: bytes) -> None:
        if self.tracks and not self.tracks[-1].handler:
            self.tracks[-1].handler = data[8:12]

    def _stsd(self, data: bytes) -> None:
        if self.tracks:
            self.tracks[-1].codec = data[12:16].decode("ascii", "replace").strip()
