"""Pages of cases: the library, one case, the editor."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from courses.cases.forms import CaseForm, RecurrenceForm
from courses.cases.models import CaseStudy
from courses.cases.permissions import K
from courses.cases.queries import (
    case_for_authors,
    case_for_reading,
    case_of_activity,
    cases_for,
    criteria_for,
    found_again,
    has_read,
    quizzes_for,
    recurrences_of,
)
from courses.cases.rules import can_edit_case, can_write_for
from courses.cases.services import (
    PARTS,
    CaseError,
    archive_case,
    create_case,
    edit_case,
    publish_case,
    read_case,
    report_recurrence,
)
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.learning.labels import activity_url
from lms.people.forms import attach
from lms.people.guards import current_person, requires
from lms.people.models import Team
from lms.people.queries import shops_visible_to, team_choices
from lms.people.rules import require_visible
from lms.web.markdown import render_markdown
from lms.web.paging import page_number, paginate

bp = Blueprint("cases", __name__, url_prefix="/cases", template_folder="templates")


@bp.get("/")
@requires(K.CASES_READ)
def index() -> str:
    person, text = current_person(), request.args.get("q", "").strip()[:100]
    return render_template(
        "courses/cases/index.html",
        page=paginate(cases_for(person, text=text), page_number()),
        text=text,
        may_write=K.CASES_EDIT in person.access.permissions,
    )


@bp.get("/<int:case_id>")
@requires(K.CASES_READ)
def show(case_id: int) -> str:
    return _page(case_for_reading(current_person(), case_id), RecurrenceForm(formdata=None))


@bp.post("/<int:case_id>/read")
@requires(K.CASES_READ)
def read(case_id: int) -> ResponseReturnValue:
    case = case_for_reading(current_person(), case_id)
    read_case(actor=current_person(), case=case, at=now())
    flash(_("已记入学习记录。"), "success")
    return redirect(url_for(".show", case_id=case_id), 303)


@bp.get("/of-activity/<int:activity_id>")
@requires(K.CASES_READ)
def of_activity(activity_id: int) -> ResponseReturnValue:
    """Where a record leads to."""
    case = case_of_activity(activity_id)
    require_visible(case is not None)
    assert case is not None
    return redirect(url_for(".show", case_id=case_for_reading(current_person(), case.id).id))


@bp.post("/<int:case_id>/again")
@requires(K.CASES_EDIT)
def again(case_id: int) -> ResponseReturnValue:
    case, form = case_for_reading(current_person(), case_id), RecurrenceForm()
    if form.validate():
        try:
            report_recurrence(
                actor=current_person(),
                case=case,
                happened_on=form.happened_on.data,
                note=form.note.data or "",
                at=now(),
            )
        except CaseError as error:
            form.happened_on.errors = [error.message]
        else:
            flash(_("已记下一次复发。"), "success")
            return redirect(url_for(".show", case_id=case_id), 303)
    return _page(case, form), 422


def _page(case: CaseStudy, form: RecurrenceForm) -> str:
    person = current_person()
    quiz = case.quiz_activity
    return render_template(
        "courses/cases/show.html",
        case=case,
        parts={part: render_markdown(getattr(case, part)) for part in PARTS if getattr(case, part)},
        recurrences=recurrences_of(case),
        again=found_again(case),
        done=has_read(person, case),
        quiz_url=activity_url(quiz.kind, quiz.id) if quiz and quiz.archived_at is None else None,
        form=form,
        may_edit=can_edit_case(person, case),
        may_report=K.CASES_EDIT in person.access.permissions,
    )


# --- authors -------------------------------------------------------------------------------------------------------


@bp.route("/new", methods=["GET", "POST"])
@requires(K.CASES_EDIT)
def new() -> ResponseReturnValue:
    form = _form()
    if form.validate_on_submit():
        try:
            case = create_case(
                actor=current_person(), text=form.text(_teams(form)), shop_id=form.chosen_shop_id, at=now()
            )
            return _saved(case)
        except CaseError as error:
            db.session.rollback()
            attach(form, where=error.where, message=error.message)
    return render_template("courses/cases/edit.html", form=form, case=None)


@bp.route("/<int:case_id>/edit", methods=["GET", "POST"])
@requires(K.CASES_EDIT)
def edit(case_id: int) -> ResponseReturnValue:
    case = case_for_authors(current_person(), case_id)
    form = _form(case)
    if form.validate_on_submit():
        try:
            edit_case(actor=current_person(), case=case, text=form.text(_teams(form)), at=now())
            return _saved(case)
        except CaseError as error:
            db.session.rollback()
            attach(form, where=error.where, message=error.message)
    return render_template("courses/cases/edit.html", form=form, case=case)


@bp.post("/<int:case_id>/archive")
@requires(K.CASES_EDIT)
def archive(case_id: int) -> ResponseReturnValue:
    archive_case(actor=current_person(), case=case_for_authors(current_person(), case_id))
    flash(_("已归档，谁读过、复发过几次都保留。"), "success")
    return redirect(url_for(".index"), 303)


def _saved(case: CaseStudy) -> ResponseReturnValue:
    if request.form.get("then") == "publish":
        publish_case(actor=current_person(), case=case, at=now())
        flash(_("已发布，范围内的人都能看到。"), "success")
    else:
        flash(_("已保存。"), "success")
    return redirect(url_for(".show", case_id=case.id), 303)


def _form(case: CaseStudy | None = None) -> CaseForm:
    person = current_person()
    served, branches = person.access.served_team_ids, person.access.team_ids
    reach = None if served is None or branches is None else served | branches | {person.team_id or 0}
    teams = team_choices(person, reach=reach)
    if case is not None:  # teams beyond the author's own reach stay ticked, they must not be lost by an edit
        teams += [(team.id, team.name) for team in case.teams if team.id not in dict(teams)]
    quizzes = quizzes_for(person)
    if case is not None and case.quiz_activity and case.quiz_activity_id not in dict(quizzes):
        quizzes.append((case.quiz_activity.id, case.quiz_activity.title))
    criteria = criteria_for(person)
    if case is not None and case.criterion and case.criterion_id not in dict(criteria):
        criteria.append((case.criterion.id, case.criterion.name))
    form = CaseForm(obj=case)
    form.offer(
        shops_visible_to(person),
        everywhere=can_write_for(person, None),
        teams=teams,
        quizzes=quizzes,
        criteria=criteria,
    )
    if case is not None:
        form.shop_id.choices = [(str(case.shop_id or ""), case.shop.name if case.shop else _("全部店铺"))]
        form.shop_id.data = str(case.shop_id or "")
        if request.method == "GET":
            form.team_ids.data = [team.id for team in case.teams]
            form.quiz_activity_id.data = str(case.quiz_activity_id or "")
            form.criterion_id.data = str(case.criterion_id or "")
    return form


def _teams(form: CaseForm) -> list[Team]:
    return list(db.session.scalars(select(Team).where(Team.id.in_(form.team_ids.data or ()))))
