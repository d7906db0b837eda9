"""Pictures: proved by decoding them, then kept without what they tell about who took them where.

Cleaning drops whole blocks of the file (EXIF, GPS, XMP, comments, previews, whatever follows the end) and touches no
pixel, so cleaning a cleaned picture changes nothing and its ref stays the same in every installation. Only a photo
that lies on its side is written anew, upright.
"""

from __future__ import annotations

import io
import warnings

from flask_babel import gettext as _

from lms.media.kinds import MediaRefused

MAX_PIXELS = 40_000_000
MAX_SIDE = 20_000
MAX_FRAME_PIXELS = 400_000_000  # of all frames of an animation
MAX_FRAMES = 500
FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs"}
PNG_KEPT |= {b"acTL", b"fcTL", b"fdAT"}
WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
EXIF_FLAG, XMP_FLAG = 0x08, 0x04


def clean_picture(data: bytes) -> tuple[bytes, str, dict[str, int]]:
    """(the bytes to keep, mimetype, {"width", "height"}). Raises MediaRefused when it is none, or too large."""
    from PIL import Image, ImageOps

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=list(FORMATS)) as image:
                # Many phones write a JPEG with a preview behind it, which Pillow calls by another name.
                name = "JPEG" if image.format == "MPO" else image.format or ""
                width, height = image.size
                frames = 1 if name == "JPEG" else getattr(image, "n_frames", 1)
                _check_size(width, height, frames)
                upright = name == "JPEG" and image.getexif().get(0x0112, 1) not in (0, 1)
                if upright:
                    turned = ImageOps.exif_transpose(image)
                    width, height = turned.size
                    out = io.BytesIO()
                    turned.save(out, "JPEG", quality=92, icc_profile=image.info.get("icc_profile"))
                    data = out.getvalue()
                else:
                    for frame in range(frames):
                        image.seek(frame)
                        image.load()
            cleaned = {"PNG": _png, "JPEG": _jpeg, "GIF": _gif, "WEBP": _webp}[name](data)
        except MediaRefused:
            raise
        except Exception as error:  # decoders raise whatever they like on broken data
            raise MediaRefused(
                _("图片不完整或已损坏，打不开。"), hint=_("请重新截图，或另存为 JPG、PNG 再上传。")
            ) from error
    return cleaned, FORMATS[name], {"width": width, "height": height}


def _check_size(width: int, height: int, frames: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise MediaRefused(
            _("图片太大：%(w)s×%(h)s 像素，上限是 %(n)s 万像素。", w=width, h=height, n=MAX_PIXELS // 10_000),
            hint=_("请缩小尺寸后再上传。"),
        )
    if frames > MAX_FRAMES or width * height * frames > MAX_FRAME_PIXELS:
        raise MediaRefused(_("动图太长，没有保存。"), hint=_("请截短或缩小，也可以改用视频。"))


def _png(data: bytes) -> bytes:
    out, at = [data[:8]], 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if end > len(data):
            break
        if kind in PNG_KEPT:
            out.append(data[at:end])
        if kind == b"IEND":
            return b"".join(out)
        at = end
    raise ValueError("no end")


def _jpeg(data: bytes) -> bytes:
    out, at = [data[:2]], 2
    while at + 2 <= len(data):
        if data[at] != 0xFF:
            raise ValueError("no marker")
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == 0xD9:
            return b"".join([*out, b"\xff\xd9"])
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:  # the pixels, up to the next real marker
            while not (data[end] == 0xFF and data[end + 1] != 0 and not 0xD0 <= data[end + 1] <= 0xD7):
                end = data.index(b"\xff", end + 1)
        segment = data[at:end]
        profile = marker == 0xE2 and segment[4:16] == b"ICC_PROFILE\0"
        if marker in (0xE0, 0xEE) or profile or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            out.append(segment)
        at = end
    raise ValueError("no end")


def _gif(data: bytes) -> bytes:
    def table(flags: int) -> int:
        return 3 << ((flags & 7) + 1) if flags & 0x80 else 0

    at = 13 + table(data[10])
    out = [data[:at]]
    while True:
        start, kind = at, data[at]
        if kind == 0x3B:
            return b"".join([*out, b";"])
        if kind == 0x21:
            at += 2
        elif kind == 0x2C:
            at += 11 + table(data[at + 9])
        else:
            raise ValueError("no block")
        while size := data[at]:
            at += 1 + size
        at += 1
        looping = data[start + 1] == 0xFF and data[start + 3 : start + 14] in (b"NETSCAPE2.0", b"ANIMEXTS1.0")
        if kind == 0x2C or data[start + 1] == 0xF9 or looping:
            out.append(data[start:at])


def _webp(data: bytes) -> bytes:
    out, at = [], 12
    end_of_all = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= end_of_all:
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        chunk = data[at : at + 8 + size + size % 2]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~(EXIF_FLAG | XMP_FLAG)]) + chunk[9:]
        if kind in WEBP_KEPT:
            out.append(chunk)
        at += len(chunk)
    body = b"WEBP" + b"".join(out)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
