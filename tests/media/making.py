"""Files made by hand for the tests: small, whole, and then hurt on purpose."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

from PIL import Image

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
PPTX_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"


def picture(form: str = "PNG", size: tuple[int, int] = (60, 40), colour: str = "red", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form, **options)
    return out.getvalue()


def zipped(parts: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def content_types(main: str, part: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
        f'<Override PartName="{part}" ContentType="{main}"/></Types>'
    )


def relations(rows: str) -> str:
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{space}">{rows}</Relationships>'


def docx(body: str = "", *, rels: str = "", more: Mapping[str, bytes | str] | None = None) -> bytes:
    """A Word file whose body is the given WordprocessingML; by default one paragraph."""
    body = body or "<w:p><w:r><w:t>接待流程</w:t></w:r></w:p>"
    top = f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="word/document.xml"/>'
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": content_types(DOCX_TYPE, "/word/document.xml"),
        "_rels/.rels": relations(top),
        "word/document.xml": f'<?xml version="1.0"?><w:document {W} {R}><w:body>{body}</w:body></w:document>',
        "word/_rels/document.xml.rels": relations(rels),
    }
    return zipped(parts | dict(more or {}))


def box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + kind + content


def mp4(seconds: int = 90, *, handler: bytes = b"vide", brand: bytes = b"isom", pixels: bytes = b"x" * 4000) -> bytes:
    """The boxes of an MP4 file of 640×360 that our reader needs; no player could show it."""
    mvhd = box(b"mvhd", bytes(12) + struct.pack(">II", 1000, seconds * 1000) + bytes(80))
    tkhd = box(b"tkhd", bytes(76) + struct.pack(">II", 640 << 16, 360 << 16))
    hdlr = box(b"hdlr", bytes(8) + handler + bytes(12))
    stsd = box(b"stsd", bytes(4) + struct.pack(">I", 1) + struct.pack(">I", 86) + b"avc1" + bytes(78))
    mdia = box(b"mdia", hdlr + box(b"minf", box(b"stbl", stsd)))
    moov = box(b"moov", mvhd + box(b"trak", tkhd + mdia))
    return box(b"ftyp", brand + bytes(4) + b"isommp42") + moov + box(b"mdat", pixels)
