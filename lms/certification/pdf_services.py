"""Seeing to it that a certificate has its PDF."""

from __future__ import annotations

from lms.certification.issue_services import RENDER_JOB
from lms.certification.models import Certificate
from lms.certification.permissions import P
from lms.certification.queries import can_see_certificate
from lms.kernel.db import db
from lms.kernel.jobs import Job, JobState, enqueue
from lms.people.models import Person
from lms.people.rules import require, require_visible


def wait_for_pdf(*, actor: Person, certificate: Certificate) -> Job | None:
    """None when the PDF is there; else the job that draws it, started now if need be.

    Somebody else's job would tell the actor nothing, so a second one is started then; both draw the same.
    """
    require_visible(can_see_certificate(actor, certificate))
    if certificate.pdf_key is not None:
        return None
    job = db.session.get(Job, certificate.pdf_job_id) if certificate.pdf_job_id else None
    if job is not None and job.created_by_id == actor.id and job.state in (JobState.QUEUED, JobState.RUNNING):
        return job
    return _start(actor, certificate)


def draw_again(*, actor: Person, certificate: Certificate) -> Job:
    """Draw the PDF anew: the public address was changed, or the look. What it says stays what was frozen."""
    require(P.CERTIFICATES_EDIT, of=actor)
    require_visible(can_see_certificate(actor, certificate))
    return _start(actor, certificate)


def _start(actor: Person, certificate: Certificate) -> Job:
    job = enqueue(RENDER_JOB, actor_id=actor.id, certificate_id=certificate.id)
    certificate.pdf_job_id = job.id
    db.session.flush()
    return job
