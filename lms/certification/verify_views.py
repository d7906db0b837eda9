"""The public page that the QR code leads to: valid, expired or revoked, and nothing more."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response

from lms.certification.blueprint import verify_bp
from lms.certification.queries import certificate_by_token
from lms.kernel.clock import now
from lms.people.guards import public
from lms.people.rules import require_visible
from lms.web.setup import limiter

# A hall of people checks its certificates from behind one address; trying tokens (192 bits) is hopeless anyway.
LOOKS_PER_ADDRESS = "60 per minute; 600 per hour"


@verify_bp.get("/<token>")
@public
@limiter.limit(LOOKS_PER_ADDRESS)
def show(token: str) -> Response:
    certificate = certificate_by_token(token)
    require_visible(certificate is not None)
    assert certificate is not None
    page = make_response(render_template("lms/certification/verify.html", state=str(certificate.state(now()))))
    page.headers["X-Robots-Tag"] = "noindex, nofollow"
    page.headers["Referrer-Policy"] = "no-referrer"
    return page
