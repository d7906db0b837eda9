"""Pages of certificates: one's own, the team's, a single one with its PDF, revoking."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from lms.certification.blueprint import bp
from lms.certification.end_services import revoke
from lms.certification.exporters import certificate_headers, certificate_rows
from lms.certification.forms import RevokeForm
from lms.certification.issue_services import issue_anew
from lms.certification.labels import TEMPLATE_HELPERS
from lms.certification.models import Certificate
from lms.certification.pages import certificate_page, own_page
from lms.certification.pdf_services import draw_again, wait_for_pdf
from lms.certification.permissions import P
from lms.certification.queries import CertificateFilter, can_see_certificate, certificates_seen_by, type_choices
from lms.kernel.clock import now, to_local
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import NotFound
from lms.kernel.storage import files
from lms.people.guards import current_person, requires
from lms.people.models import Person
from lms.people.queries import team_paths
from lms.people.rules import require_visible
from lms.web.paging import page_number, paginate
from lms.web.sheets import xlsx_response

EXPORT_MAX = 20_000


def _filter() -> CertificateFilter:
    args = request.args
    state = args.get("state", "")
    return CertificateFilter(
        text=args.get("q", "").strip()[:60],
        state=state if state in ("valid", "expiring", "expired", "revoked") else "",
        team_id=args.get("team", type=int),
        type_id=args.get("type", type=int),
    )


def _seen(certificate_id: int) -> Certificate:
    certificate = get_or_404(Certificate, certificate_id, joinedload(Certificate.person).lazyload(Person.grants))
    require_visible(can_see_certificate(current_person(), certificate))
    return certificate


@bp.get("/mine")
@requires(P.CERTIFICATES_READ_OWN)
def mine() -> str:
    at = now()
    return render_template(
        "lms/certification/mine.html", shown=own_page(current_person(), at), at=at, **TEMPLATE_HELPERS
    )


@bp.get("")
@requires(P.CERTIFICATES_READ)
def index() -> str:
    viewer, wanted, at = current_person(), _filter(), now()
    paths = team_paths()
    reach = viewer.access.served_team_ids
    return render_template(
        "lms/certification/list.html",
        page=paginate(certificates_seen_by(viewer, wanted, at), page_number()),
        wanted=wanted,
        types=type_choices(viewer),
        teams=[(team_id, path) for team_id, path in paths.items() if reach is None or team_id in reach],
        paths=paths,
        may_edit=P.CERTIFICATES_EDIT in viewer.access.permissions,
        at=at,
        **TEMPLATE_HELPERS,
    )


@bp.get("/export.xlsx")
@requires(P.CERTIFICATES_READ)
def export() -> Response:
    viewer, at = current_person(), now()
    found = db.session.scalars(certificates_seen_by(viewer, _filter(), at).limit(EXPORT_MAX))
    name = _("证书_%(day)s", day=to_local(at).strftime("%Y%m%d"))
    return xlsx_response(name, certificate_headers(), certificate_rows(found, team_paths(), at))


@bp.get("/<int:certificate_id>")
@requires(P.CERTIFICATES_READ_OWN)
def show(certificate_id: int) -> str:
    return _page(_seen(certificate_id), RevokeForm())


def _page(certificate: Certificate, form: RevokeForm) -> str:
    viewer, at = current_person(), now()
    return render_template(
        "lms/certification/show.html",
        shown=certificate_page(viewer, certificate),
        certificate=certificate,
        form=form,
        at=at,
        **TEMPLATE_HELPERS,
    )


@bp.get("/<int:certificate_id>/pdf")
@requires(P.CERTIFICATES_READ_OWN)
def pdf(certificate_id: int) -> Response | str:
    certificate = _seen(certificate_id)
    job = wait_for_pdf(actor=current_person(), certificate=certificate)
    if job is not None:
        return render_template("lms/certification/drawing.html", certificate=certificate, job=job)
    try:
        stream = files().open(certificate.pdf_key or "")
    except FileNotFoundError as error:
        raise NotFound(_("这份 PDF 的文件不见了。"), hint=_("请培训师在证书页重新生成。")) from error
    name = f"{certificate.title}_{certificate.number}.pdf"
    return send_file(stream, mimetype="application/pdf", as_attachment=True, download_name=name, max_age=0)


@bp.post("/<int:certificate_id>/draw")
@requires(P.CERTIFICATES_EDIT)
def draw(certificate_id: int) -> str:
    certificate = _seen(certificate_id)
    job = draw_again(actor=current_person(), certificate=certificate)
    return render_template("lms/certification/drawing.html", certificate=certificate, job=job)


@bp.post("/<int:certificate_id>/revoke")
@requires(P.CERTIFICATES_REVOKE)
def revoke_one(certificate_id: int) -> Response:
    certificate, form = _seen(certificate_id), RevokeForm()
    if not form.validate():
        return make_response(_page(certificate, form), 422)
    ended = revoke(actor=current_person(), certificate=certificate, reason=form.reason.data or "", at=now())
    if ended:
        flash(_("已吊销，持证人会收到通知。"), "success")
    else:
        flash(_("这张证书之前已经吊销。"), "info")
    return redirect(url_for(".show", certificate_id=certificate_id))


@bp.post("/<int:certificate_id>/issue-anew")
@requires(P.CERTIFICATES_REVOKE)
def issue_again(certificate_id: int) -> Response:
    made = issue_anew(actor=current_person(), certificate=_seen(certificate_id), at=now())
    flash(_("已重新签发，新证书编号 %(number)s。", number=made.number), "success")
    return redirect(url_for(".show", certificate_id=made.id))
