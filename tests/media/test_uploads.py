"""What is kept, what is refused, and that a refused or broken upload leaves nothing behind."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from os import utime
from random import Random

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from lms.config import settings
from lms.kernel.errors import Forbidden, NotFound
from lms.kernel.storage import files
from lms.media.enums import MediaKind
from lms.media.kinds import LIMITS_MB, MediaRefused, MediaTooLarge
from lms.media.models import Media
from lms.media.services import copy_media, save_file, tidy_name
from lms.media.tasks import sweep
from tests.conftest import Cast
from tests.media.conftest import AT, upload
from tests.media.making import PDF, docx, mp4, picture, zipped

Keep = Callable[..., Media]


def nothing_left() -> bool:
    return files().keys() == [] and list(settings().tmp_path.iterdir()) == []


def test_a_picture_is_kept_once_a_shop(cast: Cast, session: scoped_session, keep: Keep) -> None:
    data = picture()
    media = keep(data, "C:\\图\\甲店 <海报>.jpeg")
    assert (media.kind, media.mimetype, media.name) == (MediaKind.PICTURE, "image/png", "甲店 海报.png")
    assert media.facts == {"width": 60, "height": 40}
    assert keep(data, "又一次.png").id == media.id
    other = upload(cast.other_trainer, cast.other_shop, data)
    assert other.id != media.id and other.ref == media.ref
    assert len(files().keys()) == 2
    session.commit()
    with files().open(media.key) as stored:  # a course that is exported and taken in again keeps its refs
        assert keep(stored.read()).id == media.id


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_loses_what_it_tells_of_its_maker_and_nothing_else(keep: Keep, form: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    more = {"comment": b"SECRET-PLACE"} if form in ("GIF", "JPEG") else {}
    data = picture(form, (33, 21), "#336699", exif=exif, **more) + b"<script>SECRET-PLACE</script>"
    assert b"SECRET-PLACE" in data
    media = keep(data)
    kept = files().path(media.key).read_bytes()
    assert b"SECRET" not in kept and b"script" not in kept
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(kept))
    assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()
    assert keep(kept).ref == media.ref


def test_an_animation_keeps_moving(keep: Keep) -> None:
    out = io.BytesIO()
    frames = [Image.new("P", (8, 8), n) for n in range(3)]
    for n, frame in enumerate(frames):
        frame.putpixel((n, n), 200)
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=80, loop=0)
    kept = Image.open(files().path(keep(out.getvalue()).key))
    assert (kept.n_frames, kept.info["loop"], kept.info["duration"]) == (3, 0, 80)


def test_a_photo_on_its_side_is_set_upright(keep: Keep) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    media = keep(picture("JPEG", (60, 40), exif=exif))
    assert media.facts == {"width": 40, "height": 60}
    kept = files().path(media.key).read_bytes()
    assert Image.open(io.BytesIO(kept)).size == (40, 60)
    assert keep(kept).ref == media.ref


def test_a_phone_photo_with_a_preview_behind_it_is_a_jpeg(keep: Keep) -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (8, 6), "blue")])
    media = keep(out.getvalue())
    assert (media.mimetype, media.facts) == ("image/jpeg", {"width": 64, "height": 48})
    kept = Image.open(files().path(media.key))
    assert (kept.format, kept.size) == ("JPEG", (64, 48))


def test_the_name_says_nothing_about_the_type(keep: Keep) -> None:
    assert keep(picture("JPEG"), "合同.pdf").mimetype == "image/jpeg"
    assert keep(PDF, "照片.png").kind is MediaKind.PDF
    assert keep(docx(), "表.zip").kind is MediaKind.WORD
    video = keep(mp4(), "x.exe")
    assert (video.mimetype, video.name) == ("video/mp4", "x.mp4")
    assert video.facts == {"seconds": 90.0, "codec": "avc1", "width": 640, "height": 360}


HUGE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
DTD = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


def _with(part: str, content: bytes | str) -> bytes:
    return docx(more={part: content})


def _encrypted() -> bytes:
    data = bytearray(docx())
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(magic)
        while start >= 0:
            data[start + at] |= 1
            start = data.find(magic, start + 4)
    return bytes(data)


BAD = {
    "empty": (b"", "空的"),
    "text": (b"hello", "不支持这种文件"),
    "a program": (b"MZ" + bytes(200), "不支持这种文件"),
    "svg": (b'<?xml version="1.0"?><svg onload="alert(1)"/>', "SVG"),
    "svg with a blank": (b"\xef\xbb\xbf  <svg xmlns='x'/>", "SVG"),
    "html": (b"<!DOCTYPE html><script>alert(1)</script>", "网页"),
    "html named png": (b"<html><body>GIF89a", "网页"),
    "gif head on html": (b"GIF89a/*<script>alert(1)</script>*/", "损坏"),
    "cut png": (picture()[:-40], "损坏"),
    "cut jpeg": (picture("JPEG", (300, 300))[:-300], "损坏"),
    "huge png": (HUGE + bytes(60), "图片太大|损坏"),
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧版 Office"),
    "cut pdf": (PDF[:40], "PDF 不完整"),
    "script in a pdf's clothes": (b"<script>%PDF-1.4" + PDF, "网页"),
    "mov": (mp4(brand=b"qt  "), "MP4"),
    "sound only": (mp4(handler=b"soun"), "没有画面"),
    "cut mp4": (mp4()[:-10], "不完整"),
    "mp4 without length": (mp4(0), "不完整"),
    "any zip": (zipped({"a.txt": "x"}), "损坏"),
    "jar": (zipped({"META-INF/MANIFEST.MF": "x", "[Content_Types].xml": "<Types/>"}), "认不出"),
    "cut docx": (docx()[:-60], "损坏"),
    "hurt docx": (docx().replace(b"PK\x01\x02", b"PK\x01\x03", 1), "损坏"),
    "slip": (_with("../../x.xml", "<a/>"), "不安全的路径"),
    "slip from the root": (_with("/etc/x", "x"), "不安全的路径"),
    "slip with backslashes": (_with("..\\x", "x"), "不安全的路径"),
    "bomb": (_with("word/media/a.bin", bytes(40 << 20)), "解压后太大"),
    "bomb of many": (docx(more={f"word/{n}.bin": "x" for n in range(4001)}), "解压后太大"),
    "encrypted": (_encrypted(), "密码"),
    "billion laughs": (_with("word/styles.xml", f"<?xml version='1.0'?>{DTD}<x>&b;</x>"), "不安全的内容"),
    "dtd under another name": (_with("word/evil.png", f"{DTD}<x/>"), "不安全的内容"),
    "dtd in UTF-16": (_with("word/x.xml", f"{DTD}<x/>".encode("utf-16")), "不安全的内容"),
    "dtd in UTF-16 without mark": (_with("word/x.xml", f"{DTD}<x/>".encode("utf-16-le")), "不安全|损坏"),
    "dtd in UTF-32": (_with("word/x.xml", f"{DTD}<x/>".encode("utf-32-be")), "不安全|损坏"),
    "dtd in EBCDIC": (_with("word/x.xml", f"<?xml version='1.0'?>{DTD}<x/>".encode("cp037")), "损坏"),
    "dtd in UTF-7": (_with("word/x.xml", "<?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-DOCTYPE x>"), "损坏"),
    "a broken part": (_with("word/x.xml", b"\xfe\x00\x01"), "损坏"),
    "macros": (zipped({
        "[Content_Types].xml": "application/vnd.ms-word.document.macroEnabled.main+xml"}), "宏"),
    "excel": (zipped({"[Content_Types].xml": "application/vnd.openxmlformats-officedocument.spreadsheetml."
                      "sheet.main+xml"}), "Excel"),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(BAD))
def test_what_is_not_taken_says_why_and_leaves_nothing(keep: Keep, session: scoped_session, case: str) -> None:
    data, words = BAD[case]
    with pytest.raises(MediaRefused, match=words):
        keep(data, "无害.docx")
    session.rollback()
    assert nothing_left()


def test_sizes(keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MediaTooLarge, match="10 MB"):
        keep(picture() + bytes(10 << 20))
    monkeypatch.setitem(LIMITS_MB, MediaKind.WORD, 1)
    with pytest.raises(MediaTooLarge, match="Word 文档不能超过 1 MB"):
        keep(docx(more={"word/media/a.bin": Random(1).randbytes(1 << 20)}))
    assert nothing_left()


def test_only_what_the_field_takes(keep: Keep) -> None:
    with pytest.raises(MediaRefused, match="这里不能放图片"):
        keep(picture(), allowed={MediaKind.PDF, MediaKind.WORD})
    with pytest.raises(MediaRefused, match="这里不能放Word 文档"):
        keep(docx(), allowed={MediaKind.SLIDES})


class _Breaking(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 8000:
            raise OSError("the line went dead")
        return super().read(size)


def test_a_stream_that_breaks_leaves_nothing(keep: Keep, cast: Cast, session: scoped_session) -> None:
    from lms.media.services import store_upload

    stream = _Breaking(mp4(pixels=bytes(1 << 20)))
    with pytest.raises(OSError):
        store_upload(actor=cast.trainer, shop_id=cast.shop.id, stream=stream, filename="x", at=AT)
    session.rollback()
    assert nothing_left()


def test_a_rollback_takes_the_file_away(keep: Keep, session: scoped_session) -> None:
    keep(picture())
    assert len(files().keys()) == 1
    session.rollback()
    assert nothing_left() and session.scalar(select(func.count(Media.id))) == 0


def test_the_sweep_takes_what_no_row_names(keep: Keep, session: scoped_session) -> None:
    kept = keep(picture())
    part = save_file(io.BytesIO(b"part")).key
    kept.parts = {"1": {"key": part, "mimetype": "image/png"}}
    orphan = save_file(io.BytesIO(b"killed between the file and the row")).key
    foreign = files().save(io.BytesIO(b"chats of somebody's import"), suffix=".csv").key
    (settings().tmp_path / "upload-killed").write_bytes(b"x")
    session.commit()
    everything = {kept.key, part, orphan, foreign}
    assert sweep(at=AT) == 0  # AT is long past: everything here is new
    for path in [*map(files().path, everything), settings().tmp_path / "upload-killed"]:
        utime(path, ((AT - timedelta(hours=7)).timestamp(),) * 2)
    assert sweep(at=AT) == 2
    assert set(files().keys()) == {kept.key, part, foreign}


def test_two_at_once_make_one_row(cast: Cast, session: scoped_session, monkeypatch: pytest.MonkeyPatch) -> None:
    first = upload(cast.trainer, cast.shop, picture())
    session.commit()
    # The second has looked for the row before the first wrote it.
    from lms.media import services

    real, calls = services._row, []
    monkeypatch.setattr(services, "_row", lambda *a: calls.append(1) or (None if len(calls) == 1 else real(*a)))
    assert upload(cast.trainer, cast.shop, picture()).id == first.id
    session.commit()
    assert files().keys() == [first.key]


def test_a_lost_file_is_put_back(keep: Keep) -> None:
    media = keep(picture())
    files().delete(media.key)
    assert keep(picture()).id == media.id
    assert files().path(media.key).is_file()


def test_who_may_add_for_whom(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        upload(cast.supervisor, cast.shop, picture())
    with pytest.raises(NotFound):
        upload(cast.trainer, cast.other_shop, picture())
    with pytest.raises(NotFound):  # for all shops: only somebody who serves all of them
        upload(cast.trainer, None, picture())
    assert upload(cast.admin, None, picture()).shop_id is None


def test_a_copied_lesson_takes_its_files_along(cast: Cast, keep: Keep) -> None:
    media = keep(picture())
    made = copy_media(
        actor=cast.admin, refs=[media.ref, "0" * 16], from_shop_id=cast.shop.id, to_shop_id=cast.other_shop.id, at=AT
    )
    assert [(m.ref, m.shop_id, m.key) for m in made] == [(media.ref, cast.other_shop.id, media.key)]
    args = {"refs": [media.ref], "from_shop_id": cast.shop.id, "to_shop_id": cast.other_shop.id, "at": AT}
    assert copy_media(actor=cast.admin, **args) == []
    with pytest.raises(NotFound):
        copy_media(actor=cast.trainer, **args)


@pytest.mark.parametrize(
    "given, kept",
    [
        ("../../etc/passwd", "passwd.png"),
        ("a\r\nSet-Cookie: x.png", "aSet-Cookie x.png"),
        ("发货\u202egnp.exe", "发货gnp.png"),
        ("", "未命名.png"),
        ("...", "未命名.png"),
        ("1.5 版说明", "1.5 版说明.png"),
        ("长" * 300 + ".png", "长" * 120 + ".png"),
    ],
)
def test_names(app: Flask, given: str, kept: str) -> None:
    assert tidy_name(given, ".png") == kept


def test_the_answer_for_the_editor(cast: Cast, sign_in: Callable[..., FlaskClient], session: scoped_session) -> None:
    client = sign_in(cast.trainer)

    def post(data: bytes, **more: str) -> tuple[int, dict]:
        form = {"file": (io.BytesIO(data), "活动[1].png"), "shop_id": str(cast.shop.id), **more}
        answer = client.post("/media/upload", data=form)
        return answer.status_code, answer.get_json()

    status, told = post(picture())
    media = session.scalars(select(Media)).one()
    assert status == 200 and told == {
        "ref": media.ref,
        "kind": "picture",
        "name": "活动[1].png",
        "size": media.size,
        "state": "ready",
        "url": f"/media/{media.id}",
        "markdown": f"![活动1](media:{media.ref})",
    }
    assert post(b"<svg/>") == (422, {"error": "不能上传 SVG 图片，里面可能藏有脚本。请导出为 PNG 再上传。"})
    assert post(picture(), accept="pdf,word")[0] == 422
    assert post(picture(), shop_id=str(cast.other_shop.id))[0] == 404
    assert post(picture(), shop_id="1; drop")[0] == 404
