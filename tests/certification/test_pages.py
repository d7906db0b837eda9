"""Pages: what the public may read, drawing and downloading, the editor, who sees whose certificate."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from io import BytesIO

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from lms.app import create_app
from lms.certification.cards import cards_for, transcript_of
from lms.certification.doctor import examine
from lms.certification.models import Certificate, CertificateType
from lms.certification.queries import can_see_certificate, certificate_filter
from lms.certification.rendering import renderers, verify_url
from lms.config import settings
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.hookspecs import hookimpl
from lms.kernel.jobs import Job
from lms.kernel.plugins import manager
from lms.people.models import Person
from lms.web.sheets import read_sheet
from tests.certification.conftest import make_type
from tests.certification.test_issuing import earn
from tests.conftest import Cast

SignIn = Callable[[Person], FlaskClient]


@pytest.fixture
def certificate(cast: Cast, kind: CertificateType, session: scoped_session) -> Certificate:
    """The agent's, issued a week ago."""
    made = earn(cast.agent, kind, now() - timedelta(days=7))
    session.commit()
    return made


def test_the_public_page_says_one_word_and_nothing_more(
    cast: Cast, certificate: Certificate, client: FlaskClient, session: scoped_session
) -> None:
    url = f"/verify/{certificate.token}"
    secrets = [
        certificate.number,
        certificate.title,
        certificate.issuer,
        cast.agent.name,
        cast.agent.account,
        "甲店入职周",
    ]
    seen = {}
    for word in ("有效", "已过期", "已吊销"):
        answer = client.get(url)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 200 and f"<h1>{word}</h1>" in text
        assert [secret for secret in secrets if secret in text] == []
        assert "noindex" in answer.headers["X-Robots-Tag"] and "Set-Cookie" not in answer.headers
        seen[word] = text
        if word == "有效":
            certificate.expires_at = now() - timedelta(seconds=1)
        else:
            certificate.revoked_at, certificate.revoked_by_id, certificate.revoke_reason = now(), cast.admin.id, "代考"
        session.commit()
    assert len(set(seen.values())) == 3
    unknown = [client.get(f"/verify/{token}") for token in ("x", certificate.token[:-1], "㛃", "0" * 32)]
    assert {answer.status_code for answer in unknown} == {404}
    assert all("证书" not in answer.get_data(as_text=True) for answer in unknown)


def test_the_public_page_is_slowed_down(certificate: Certificate) -> None:
    client = create_app({"TESTING": True, "RATELIMIT_ENABLED": True}).test_client()
    codes = [client.get(f"/verify/{certificate.token}").status_code for _ in range(61)]
    assert codes == [200] * 60 + [429]


def test_drawing_and_downloading(
    cast: Cast, certificate: Certificate, sign_in: SignIn, session: scoped_session
) -> None:
    cast.agent.name = "改过名"
    certificate.holder_name = "王㛃䶮𠮷한"
    session.commit()
    browser = sign_in(cast.agent)
    assert "正在生成 PDF" in browser.get(f"/certificates/{certificate.id}/pdf").get_data(as_text=True)
    answer = browser.get(f"/certificates/{certificate.id}/pdf")
    assert answer.mimetype == "application/pdf" and certificate.number in answer.headers["Content-Disposition"]
    text = pypdf.PdfReader(BytesIO(answer.get_data())).pages[0].extract_text()
    assert "王㛃䶮𠮷" in text and certificate.number in text and "改过名" not in text
    job = session.scalars(select(Job).where(Job.name == "certification.render")).one()
    assert job.result is not None and job.result["lacking"] == ["U+D55C 한"]


def test_who_sees_whose_certificate(cast: Cast, certificate: Certificate, kind: CertificateType) -> None:
    earn(cast.agent2, kind, now() - timedelta(days=7))
    shared = make_type(cast, shop=False)
    for person in (cast.agent, cast.other_agent):
        earn(person, shared, now() - timedelta(days=7))
    every = list(db.session.scalars(select(Certificate)))
    assert len(every) == 4
    for viewer in cast.people().values():
        listed = set(db.session.scalars(select(Certificate.id).where(certificate_filter(viewer))))
        assert listed == {each.id for each in every if can_see_certificate(viewer, each)}, viewer.account
    assert not can_see_certificate(cast.agent2, certificate) and not can_see_certificate(cast.evaluator, certificate)


def test_list_export_and_statements(
    cast: Cast,
    certificate: Certificate,
    kind: CertificateType,
    sign_in: SignIn,
    session: scoped_session,
    count_queries: Callable[[], AbstractContextManager],  # type: ignore[type-arg]
) -> None:
    browser = sign_in(cast.supervisor)
    browser.get("/")  # what the person may see is worked out once
    counts: dict[str, set[int]] = {}
    for rows in (1, 2):
        for url in ("/certificates", "/live", f"/certificates/{certificate.id}", "/certificates/mine"):
            with count_queries() as counted:
                assert browser.get(url).status_code == 200
            counts.setdefault(url, set()).add(counted.count)
        if rows == 1:
            earn(cast.agent2, kind, now() - timedelta(days=7))
            session.commit()
    assert all(len(found) == 1 and max(found) <= 10 for found in counts.values()), counts
    (_head, *rows_read) = read_sheet(browser.get("/certificates/export.xlsx?q=安小客").get_data(), "x.xlsx")
    assert [row[:2] for row in rows_read] == [["agent", "安小客"]]


def test_the_editor_says_what_is_wrong_and_counts_versions(
    cast: Cast, kind: CertificateType, sign_in: SignIn, session: scoped_session
) -> None:
    browser = sign_in(cast.trainer)
    url, need = f"/certificates/types/{kind.id}/edit", kind.requirements[0].activity_id
    good = {
        "title": "上岗证",
        "code": "SG",
        "validity_days": "",
        "renderer": "standard",
        "needs-0-activity": f"#{need}",
    }
    for wrong, words in [
        ({"needs-0-activity": "没有的课"}, "找不到“没有的课”"),
        ({"needs-0-activity": ""}, "请至少填一项发证要求"),
        ({"needs-1-activity": f"x #{need}"}, "填了两次"),
        ({"needs-0-min_score": "120"}, "最低分填 0–100"),
        ({"code": "上岗"}, "大写字母和数字"),
    ]:
        answer = browser.post(url, data=good | wrong)
        assert answer.status_code == 422 and words in answer.get_data(as_text=True), words
    assert browser.post(url, data=good).status_code == 302
    session.refresh(kind)
    assert (kind.validity_days, kind.version, len(kind.requirements)) == (None, 2, 1)
    assert browser.post(url, data=good | {"title": "上岗证书"}).status_code == 302
    session.refresh(kind)
    assert (kind.title, kind.version) == ("上岗证书", 2)


def test_cards_and_transcript(cast: Cast, certificate: Certificate) -> None:
    at = now()
    assert cards_for(cast.agent, at) == [] and cards_for(cast.lead, at) == []
    assert certificate.expires_at is not None
    soon = certificate.expires_at - timedelta(days=5)
    assert [card.template for card in cards_for(cast.agent, soon)] == ["lms/certification/card_own.html"]
    assert [card.context["total"] for card in cards_for(cast.lead, soon)] == [1]
    assert len(transcript_of(cast.agent, cast.lead, at)) == 1 and transcript_of(cast.agent, cast.agent2, at) == []


def test_where_the_code_leads(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verify_url("t") == "http://127.0.0.1:8000/verify/t"
    assert "LMS_PUBLIC_URL" in examine(settings())[0].detail
    monkeypatch.setenv("LMS_PUBLIC_URL", "https://xuetang.example.com/kefu/")
    settings.cache_clear()
    assert verify_url("t") == "https://xuetang.example.com/kefu/verify/t"
    assert all(check.ok and "LMS_PUBLIC_URL" not in check.detail for check in examine(settings()))


def test_hook_certificate_renderers(app: Flask) -> None:
    """A plugin offers a look; the one in the box comes through the same hook."""

    class Golden:
        name, label = "golden", "金色"

    class Plugin:
        @hookimpl
        def certificate_renderers(self) -> list[Golden]:
            return [Golden()]

    plugin = Plugin()
    manager().register(plugin)
    try:
        assert set(renderers()) == {"standard", "golden"}
    finally:
        manager().unregister(plugin)
