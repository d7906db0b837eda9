"""A course as one file: the same bytes again after an import, nothing left of a bad one, nothing hostile taken."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import scoped_session

from courses.cli import courses
from courses.lessons.enums import LessonState
from courses.lessons.models import Course, Lesson
from courses.lessons.services import Draft, archive, create_lesson
from courses.outline.queries import lessons_of, modules_of
from courses.outline.services import add_module, create_course
from courses.packages import archive as archives
from courses.packages.archive import open_package
from courses.packages.manifest import (
    CompetencyRef,
    LessonEntry,
    MediaEntry,
    Package,
    PackageError,
    dump,
    lesson_file,
    parse,
)
from courses.packages.services import export_course, import_course, plan_import
from lms.kernel.errors import Forbidden, NotFound
from lms.kernel.storage import files
from lms.learning.enums import Dimension
from lms.learning.models import Activity, Competency
from lms.media.models import Media
from lms.media.services import store_upload
from lms.people.models import Person
from tests.conftest import Cast
from tests.courses.conftest import AT, BODY
from tests.factories import make_competency
from tests.media.making import picture

SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def course(cast: Cast, session: scoped_session) -> Course:
    """A course of 甲: a lesson before the first module, one with a picture, a quiz, and an archived one."""
    trainer, shop = cast.trainer, cast.shop
    media = store_upload(actor=trainer, shop_id=shop.id, stream=io.BytesIO(picture()), filename="截图.png", at=AT)
    made = create_course(actor=trainer, title="甲店 新人课", summary="三天学会接待", shop_id=shop.id, at=AT)
    module = add_module(actor=trainer, course=made, title="接待", at=AT)
    skill = make_competency("接待", dimension=Dimension.SKILL, shop=shop)
    manner = make_competency("耐心", dimension=Dimension.ATTITUDE, shop=shop)

    def write(title: str, body: str, competency: Competency, *, inside: bool, **more: object) -> Lesson:
        return create_lesson(
            actor=trainer,
            draft=Draft(title, body, "一句话", 6, dict(more.get("settings", {}))),  # type: ignore[call-overload]
            competencies=[competency],
            shop_id=shop.id,
            type_name=str(more.get("type_name", "markdown")),
            course=made,
            module=module if inside else None,
            at=AT,
        )

    write("开场：先问用途？", BODY, manner, inside=False)
    write("怎么发截图", f"## 看图\n\n![截图](media:{media.ref})\n", skill, inside=True)
    quiz = Activity(kind="quiz", title="接待小测", dimension=Dimension.SKILL, shop_id=None, created_at=AT)
    session.add(quiz)
    session.flush()
    write("测一测", "做完这份。", skill, inside=True, type_name="quiz", settings={"activity_id": quiz.id})
    gone = write("旧的一课", BODY, skill, inside=True)
    archive(actor=trainer, lesson=gone, at=AT)
    session.commit()
    return made


def exported(actor: Person, course: Course, path: Path) -> Path:
    with path.open("wb") as target:
        export_course(actor=actor, course=course, target=target)
    return path


def imported(actor: Person, shop_id: int | None, path: Path) -> Course:
    with open_package(path) as source:
        return import_course(actor=actor, shop_id=shop_id, source=source, at=AT)


def test_another_shop_exports_the_very_same_package(
    cast: Cast, course: Course, session: scoped_session, tmp_path: Path
) -> None:
    first = exported(cast.trainer, course, tmp_path / "a.zip")
    made = imported(cast.other_trainer, cast.other_shop.id, first)
    session.commit()
    second = exported(cast.other_trainer, made, tmp_path / "b.zip")
    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as two:
        assert one.namelist() == two.namelist()
        assert {name: one.read(name) for name in one.namelist()} == {name: two.read(name) for name in two.namelist()}
    assert first.read_bytes() == second.read_bytes()
    lessons = [lesson for lesson, _version in lessons_of(made)]
    assert [lesson.activity.title for lesson in lessons] == ["开场：先问用途？", "怎么发截图", "测一测"]
    assert {(lesson.state, lesson.shop_id) for lesson in lessons} == {(LessonState.DRAFT, cast.other_shop.id)}
    assert [lesson.module_id for lesson in lessons] == [None, modules_of(made)[0].id, modules_of(made)[0].id]
    assert {c.shop_id for lesson in lessons for c in lesson.activity.competencies} == {cast.other_shop.id}


def test_importing_again_makes_a_second_course_and_no_second_competency(
    cast: Cast, course: Course, session: scoped_session, tmp_path: Path
) -> None:
    path = exported(cast.trainer, course, tmp_path / "a.zip")
    competencies, media = (session.scalar(select(func.count()).select_from(row)) for row in (Competency, Media))
    again = imported(cast.trainer, cast.shop.id, path)
    assert again.id != course.id
    assert session.scalar(select(func.count()).select_from(Competency)) == competencies
    assert session.scalar(select(func.count()).select_from(Media)) == media


def test_the_preview_tells_what_is_new_and_what_is_wrong(
    cast: Cast, course: Course, session: scoped_session, tmp_path: Path
) -> None:
    path = exported(cast.trainer, course, tmp_path / "a.zip")
    with open_package(path) as source:
        here = plan_import(actor=cast.trainer, shop_id=cast.shop.id, source=source)
        there = plan_import(actor=cast.other_trainer, shop_id=cast.other_shop.id, source=source)
    assert ([ref.name for ref in here.to_make], here.known_media, here.problems) == ([], 1, [])
    assert sorted(ref.name for ref in there.to_make) == ["接待", "耐心"]
    session.execute(Activity.__table__.update().where(Activity.kind == "quiz").values(title="改名了"))
    with open_package(path) as source:
        (problem,) = plan_import(actor=cast.trainer, shop_id=cast.shop.id, source=source).problems
    assert (problem.where, "接待小测" in problem.message) == ("lessons/03-测一测.md", True)


def test_nobody_exports_or_imports_beyond_their_shops(cast: Cast, course: Course, tmp_path: Path) -> None:
    path = exported(cast.trainer, course, tmp_path / "a.zip")
    with pytest.raises(NotFound):
        exported(cast.other_trainer, course, tmp_path / "b.zip")
    for actor, shop_id in ((cast.trainer, cast.other_shop.id), (cast.trainer, None)):
        with pytest.raises(NotFound):
            imported(actor, shop_id, path)
    with pytest.raises(Forbidden):
        imported(cast.agent, cast.shop.id, path)


def test_a_failing_import_leaves_nothing(
    cast: Cast, course: Course, session: scoped_session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exported(cast.trainer, course, tmp_path / "a.zip")
    before = (files().keys(), session.scalar(select(func.count()).select_from(Course)))

    def fail(**_more: object) -> None:
        raise PackageError("中途出错")

    monkeypatch.setattr("courses.packages.services.create_lesson", fail)
    with pytest.raises(PackageError):
        imported(cast.other_trainer, cast.other_shop.id, path)
    session.rollback()
    assert (files().keys(), session.scalar(select(func.count()).select_from(Course))) == before
    assert session.scalar(select(func.count()).select_from(Media)) == 1


# --- hostile files -----------------------------------------------------------------------------------------------


def rewritten(path: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(path) as source:
        held = {name: source.read(name) for name in source.namelist()}
    change(held)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in held.items():
            out.writestr(name, data)
    return target


def told(held: dict[str, bytes], change: Callable[[dict], None]) -> None:
    manifest = json.loads(held["manifest.json"])
    change(manifest)
    held["manifest.json"] = json.dumps(manifest).encode()


HOSTILE: dict[str, tuple[str, Callable[[dict[str, bytes]], None]]] = {
    "a way out": ("不安全", lambda h: h.update({"../evil.md": b"x"})),
    "an absolute name": ("不安全", lambda h: h.update({"/etc/evil": b"x"})),
    "a name of Windows": ("不安全", lambda h: h.update({"lessons\\..\\evil": b"x"})),
    "something more": ("没有登记", lambda h: h.update({"more.txt": b"x"})),
    "no manifest": ("没有 manifest", lambda h: h.pop("manifest.json")),
    "a lesson missing": ("缺这个文件", lambda h: h.pop("lessons/03-测一测.md")),
    "a bomb": ("压缩率", lambda h: h.update({"bomb": b"0" * (4 << 20)})),
    "no JSON": ("第 1 行第 2 列", lambda h: h.update({"manifest.json": b"{oops"})),
    "deep JSON": ("有效的 JSON", lambda h: h.update({"manifest.json": b"[" * 100_000})),
    "not a number": ("有效的 JSON", lambda h: h.update({"manifest.json": b'{"format": NaN}'})),
    "another format": ("不是客服学堂的课程包", lambda h: told(h, lambda m: m.update(format="scorm"))),
    "a newer version": ("请先升级", lambda h: told(h, lambda m: m.update(version=2))),
    "a body that points outside": ("对不上", lambda h: told(h, lambda m: m["lessons"][0].update(file="../x.md"))),
    "a module that is not there": ("章不存在", lambda h: told(h, lambda m: m["lessons"][0].update(module=7))),
    "an unknown type": ("插件", lambda h: told(h, lambda m: m["lessons"][0].update(type="scorm"))),
    "a body that is no text": ("UTF-8", lambda h: h.update({"lessons/03-测一测.md": b"\xff\xfe"})),
    "a broken block": ("第 1 行", lambda h: h.update({"lessons/03-测一测.md": "```自测\n```\n".encode()})),
    "another picture": ("校验和", lambda h: h.update({next(n for n in h if n[:5] == "media"): picture(size=(9, 9))})),
    "another checksum": ("校验和", lambda h: told(h, lambda m: m["media"][0].update(sha256="0" * 64))),
}


@pytest.mark.parametrize("case", sorted(HOSTILE))
def test_a_hostile_package_is_refused(cast: Cast, course: Course, tmp_path: Path, case: str) -> None:
    message, change = HOSTILE[case]
    path = rewritten(exported(cast.trainer, course, tmp_path / "a.zip"), tmp_path / "b.zip", change)
    with pytest.raises(PackageError) as refused:
        imported(cast.trainer, cast.shop.id, path)
    assert message in str(refused.value)


def test_links_passwords_and_too_much_are_refused(
    cast: Cast, course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = exported(cast.trainer, course, tmp_path / "a.zip")
    with zipfile.ZipFile(path) as source:
        held = {name: source.read(name) for name in source.namelist()}
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as out:
        for name, data in [*held.items(), (link, b"/etc/passwd")]:
            out.writestr(name, data)
    locked = bytearray(path.read_bytes())
    locked[locked.index(b"PK\x01\x02") + 8] |= 1  # the flag "encrypted" of the first file
    (tmp_path / "locked.zip").write_bytes(bytes(locked))
    (tmp_path / "no.zip").write_bytes(b"PK\x03\x04 nothing")
    for name, message in (("link.zip", "链接"), ("locked.zip", "密码"), ("no.zip", "不是 zip")):
        with pytest.raises(PackageError, match=message):
            imported(cast.trainer, cast.shop.id, tmp_path / name)
    monkeypatch.setattr(archives, "MOST_FILES", 2)
    with pytest.raises(PackageError, match="超过 2 个"):
        imported(cast.trainer, cast.shop.id, path)


# --- the manifest ------------------------------------------------------------------------------------------------

WORDS = st.text(alphabet="退货a B7：？-“”😀", min_size=1, max_size=20).map(lambda t: " ".join(t.split())).filter(bool)
REFS = st.builds(CompetencyRef, code=WORDS, name=WORDS, dimension=st.just(Dimension.SKILL))
SETTINGS = st.dictionaries(WORDS, st.none() | st.booleans() | st.integers() | st.floats(0, 1) | WORDS, max_size=3)


@st.composite
def packages(draw: st.DrawFn) -> Package:
    modules = tuple(draw(st.lists(WORDS, max_size=3)))
    lessons = []
    for number in range(draw(st.integers(0, 4))):
        title = draw(WORDS)
        lessons.append(
            LessonEntry(
                type=draw(WORDS),
                title=title,
                summary=draw(st.just("") | WORDS),
                minutes=draw(st.integers(1, 240)),
                dimension=Dimension.SKILL,
                competencies=tuple(sorted(draw(st.sets(REFS, min_size=1, max_size=3)))),
                settings=draw(SETTINGS),
                module=draw(st.sampled_from([None, *range(len(modules))])),
                file=lesson_file(number + 1, title),
            )
        )
    sums = sorted(draw(st.sets(st.text("0123456789abcdef", min_size=64, max_size=64), max_size=2)))
    media = tuple(MediaEntry(s[:16], f"{draw(WORDS)}.png", draw(st.integers(1, 10**9)), s) for s in sums)
    return Package(draw(WORDS), draw(st.just("") | WORDS), modules, tuple(lessons), tuple(sorted(media)))


@given(packages())
@settings(max_examples=50, deadline=None)
def test_a_manifest_is_read_as_it_was_written(package: Package) -> None:
    assert parse(dump(package)) == package
    assert dump(parse(dump(package))) == dump(package)


# --- pages and commands ------------------------------------------------------------------------------------------


def test_download_preview_and_import(
    cast: Cast, course: Course, session: scoped_session, sign_in: SignIn, tmp_path: Path
) -> None:
    client = sign_in(cast.trainer)
    package = client.get(f"/courses/packages/{course.id}.zip")
    assert (package.status_code, package.mimetype) == (200, "application/zip")
    sent = {"file": (io.BytesIO(package.data), "课.zip"), "shop_id": str(cast.shop.id)}
    page = client.post("/courses/packages/import", data=sent).get_data(as_text=True)
    assert "开场：先问用途？" in page
    token = page.split('name="token" value="')[1].split('"')[0]
    done = client.post("/courses/packages/import/apply", data={"token": token})
    made = session.scalars(select(Course).order_by(Course.id.desc())).first()
    assert made is not None
    assert (done.status_code, done.location) == (303, f"/courses/manage/{made.id}")
    assert client.post("/courses/packages/import/apply", data={"token": token}).status_code == 422
    broken = {"file": (io.BytesIO(b"nothing"), "课.zip"), "shop_id": str(cast.shop.id)}
    assert client.post("/courses/packages/import", data=broken).status_code == 422


def test_commands_export_and_import(cast: Cast, course: Course, session: scoped_session, tmp_path: Path) -> None:
    file = tmp_path / "course.zip"
    out = CliRunner().invoke(courses, ["export", str(course.id), str(file), "--json"])
    assert json.loads(out.output) == {"file": str(file), "lessons": 3, "media": 1}
    done = CliRunner().invoke(courses, ["import", str(file), "--shop", "乙店", "--json"])
    assert json.loads(done.output)["lessons"] == 3
    made = session.get(Course, json.loads(done.output)["course"])
    assert made is not None
    assert made.shop_id == cast.other_shop.id
    assert CliRunner().invoke(courses, ["import", str(file), "--shop", "没有的店"]).exit_code != 0
