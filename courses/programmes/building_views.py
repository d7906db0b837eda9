"""Pages for trainers: the list of programmes, the builder, choosing activities, publishing, moving people on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import or_, select

from courses.lessons.queries import all_shop_ids
from courses.lessons.rules import can_write_for
from courses.programmes.authoring import (
    archive,
    changes_between,
    create_programme,
    move_to_newest,
    people_on_older,
    problems_in,
    publish,
    save_draft,
)
from courses.programmes.definition import Definition, Gate, add_step, from_json, with_day
from courses.programmes.enums import ProgrammeState
from courses.programmes.forms import NewProgrammeForm, applied, overlaid
from courses.programmes.labels import PROGRAMME_STATES
from courses.programmes.models import Enrolment, Programme
from courses.programmes.permissions import PP
from courses.programmes.queries import KIND, activities_named, definitions_of, programmes_for_authors
from courses.programmes.rules import can_edit_programme, can_manage_programme
from courses.programmes.views import helpers
from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import DomainError, Forbidden
from lms.learning.labels import activity_kinds
from lms.learning.models import Activity
from lms.learning.queries import assignable_activities
from lms.people.guards import current_person, requires
from lms.people.models import Person
from lms.people.queries import shops_visible_to
from lms.people.rules import require_visible
from lms.web.paging import page_number, paginate

bp = Blueprint("programme_building", __name__, url_prefix="/programmes/manage", template_folder="templates")
bp.context_processor(helpers)


@bp.get("/")
@requires(PP.EDIT)
def index() -> str:
    person = current_person()
    state, text = request.args.get("state", ""), request.args.get("q", "").strip()[:100]
    wanted = ProgrammeState(state) if state in set(ProgrammeState) else None
    shop_ids = all_shop_ids()
    return render_template(
        "courses/programmes/manage.html",
        page=paginate(programmes_for_authors(person, text=text, state=wanted), page_number()),
        text=text,
        state=state,
        states=PROGRAMME_STATES,
        days_of=lambda programme: len(programme.draft.get("days", [])),
        editable=lambda programme: can_edit_programme(person, programme, shop_ids=shop_ids),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(PP.EDIT)
def new() -> ResponseReturnValue:
    """Empty, or from any programme that the trainer sees: those that ship are the templates."""
    person = current_person()
    programmes = list(db.session.scalars(programmes_for_authors(person).limit(100)))
    form = NewProgrammeForm()
    everywhere = [("", _("全部店铺"))] if can_write_for(person, None, shop_ids=all_shop_ids()) else []
    form.shop_id.choices = everywhere + [(str(shop.id), shop.name) for shop in shops_visible_to(person)]
    form.source.choices = [("", _("空白计划"))] + [(str(each.id), each.title) for each in programmes]
    if request.method == "GET":
        form.source.data = request.args.get("source", "")
    if form.validate_on_submit():
        source = next((each for each in programmes if str(each.id) == form.source.data), None)
        programme = create_programme(
            actor=person,
            title=form.title.data or "",
            shop_id=form.chosen_shop_id,
            summary=source.summary if source else "",
            source=from_json(source.draft) if source else None,
            at=now(),
        )
        return redirect(url_for("programme_building.edit", programme_id=programme.id), 303)
    return render_template("courses/programmes/new.html", form=form), 422 if form.errors else 200


@bp.get("/<int:programme_id>")
@requires(PP.EDIT)
def edit(programme_id: int) -> ResponseReturnValue:
    person, programme = current_person(), _programme(programme_id)
    if not can_edit_programme(person, programme, shop_ids=all_shop_ids()):
        return redirect(url_for("programmes.about", programme_id=programme.id))
    return _builder(person, programme, from_json(programme.draft))


@bp.post("/<int:programme_id>")
@requires(PP.EDIT)
def save(programme_id: int) -> ResponseReturnValue:
    """Keep all fields, then do what the button says: move something, go and choose something, publish."""
    actor, programme = current_person(), _programme(programme_id)
    op = request.form.get("op", "save")
    try:
        definition = applied(overlaid(from_json(programme.draft), request.form), op)
        save_draft(
            actor=actor,
            programme=programme,
            title=request.form.get("title", ""),
            summary=request.form.get("summary", ""),
            definition=definition,
            base=request.form.get("base", -1, type=int),
            at=now(),
        )
        if op == "publish":
            publish(actor=actor, programme=programme, at=now())
    except Forbidden:
        raise
    except DomainError as error:
        db.session.rollback()
        flash(str(error), "danger")
        return redirect(url_for("programme_building.edit", programme_id=programme_id), 303)
    what, _colon, rest = op.partition(":")
    if what == "pick":
        slot, _colon, day = rest.partition(":")
        return redirect(url_for("programme_building.pick", programme_id=programme_id, slot=slot, day=day or 1), 303)
    if op == "publish":
        flash(_("已发布第 %(n)s 版，可以安排给人了。", n=programme.published_number), "success")
    elif op == "save":
        flash(_("已保存草稿。"), "success")
    return redirect(url_for("programme_building.edit", programme_id=programme_id, _anchor=_anchor(op)), 303)


@bp.get("/<int:programme_id>/pick")
@requires(PP.EDIT)
def pick(programme_id: int) -> str:
    """Activities to add to a day: steps (several at once), or a gate."""
    actor, programme = current_person(), _editable(programme_id)
    definition = from_json(programme.draft)
    number = _day_number(definition, request.args.get("day", 1, type=int))
    slot = "gate" if request.args.get("slot") == "gate" else "step"
    text, kind = request.args.get("q", "").strip()[:100], request.args.get("kind", "")
    if slot == "gate" and "kind" not in request.args:
        kind = "quiz"
    query = assignable_activities(actor, text=text, kind=kind).where(
        Activity.kind != KIND, or_(Activity.shop_id.is_(None), Activity.shop_id == programme.shop_id)
    )
    return render_template(
        "courses/programmes/pick.html",
        programme=programme,
        number=number,
        day=definition.days[number - 1],
        slot=slot,
        page=paginate(query, page_number()),
        used={ident: definition.day_of(ident) for ident in definition.activity_ids()},
        kinds={name: each for name, each in activity_kinds().items() if name != KIND},
        text=text,
        kind=kind,
    )


@bp.post("/<int:programme_id>/add")
@requires(PP.EDIT)
def add(programme_id: int) -> ResponseReturnValue:
    """Put the chosen activities into the day."""
    actor, programme = current_person(), _editable(programme_id)
    definition = from_json(programme.draft)
    number = _day_number(definition, request.form.get("day", 1, type=int))
    chosen = _chosen(actor, programme)
    day = definition.days[number - 1]
    if request.form.get("slot") == "gate" and chosen:
        day = replace(day, gate=Gate(chosen[0].id, cut=0.8 if chosen[0].kind == "quiz" else None))
    else:
        for activity in chosen:
            day = add_step(day, activity.id)
    save_draft(
        actor=actor,
        programme=programme,
        title=programme.title,
        summary=programme.summary,
        definition=with_day(definition, number, day),
        base=request.form.get("base", -1, type=int),
        at=now(),
    )
    return redirect(url_for("programme_building.edit", programme_id=programme.id, _anchor=f"day-{number}"), 303)


@bp.post("/<int:programme_id>/put-away")
@requires(PP.EDIT)
def put_away(programme_id: int) -> ResponseReturnValue:
    programme = archive(actor=current_person(), programme=_programme(programme_id), at=now())
    flash(_("“%(title)s”已归档，不能再安排给人；进行中的人照常学完。", title=programme.title), "success")
    return redirect(url_for("programme_building.index"), 303)


@bp.get("/<int:programme_id>/moving")
@requires(PP.EDIT)
def moving(programme_id: int) -> str:
    """Who is under way in an older version, and what would change for them."""
    actor, programme = current_person(), _programme(programme_id)
    definitions = definitions_of(programme.id)
    newest = definitions.get(programme.published_number or 0, Definition())
    older = people_on_older(viewer=actor, programme=programme)
    versions = sorted({enrolment.version_number for enrolment in older})
    ids = frozenset[int]().union(*(definition.activity_ids() for definition in definitions.values()))
    people = db.session.scalars(select(Person).where(Person.id.in_([enrolment.person_id for enrolment in older])))
    return render_template(
        "courses/programmes/moving.html",
        programme=programme,
        people={person.id: person for person in people},
        groups=[
            (
                number,
                changes_between(definitions[number], newest),
                [enrolment for enrolment in older if enrolment.version_number == number],
            )
            for number in versions
        ],
        infos=activities_named(ids),
    )


@bp.post("/<int:programme_id>/move")
@requires(PP.EDIT)
def move(programme_id: int) -> ResponseReturnValue:
    actor, programme = current_person(), _programme(programme_id)
    ids = request.form.getlist("enrolment", type=int)
    chosen = db.session.scalars(
        select(Enrolment).where(Enrolment.programme_id == programme.id, Enrolment.id.in_(ids))
    ).all()
    moved = move_to_newest(actor=actor, programme=programme, enrolments=chosen, at=now())
    if moved:
        flash(_("已把 %(n)s 人换到第 %(v)s 版。", n=moved, v=programme.published_number), "success")
    else:
        flash(_("没有勾选要换版本的人。"), "info")
    return redirect(url_for("programme_building.moving", programme_id=programme.id), 303)


@bp.get("/of-activity/<int:activity_id>")
@requires(PP.EDIT)
def of_activity(activity_id: int) -> ResponseReturnValue:
    """Where the editor of an activity is."""
    programme = db.session.scalars(select(Programme).where(Programme.activity_id == activity_id)).one_or_none()
    require_visible(programme is not None and can_manage_programme(current_person(), programme))
    assert programme is not None
    return redirect(url_for("programme_building.edit", programme_id=programme.id))


def _builder(person: Person, programme: Programme, definition: Definition) -> str:
    ids = definition.activity_ids()
    published = definitions_of(programme.id)
    infos = activities_named(ids)
    problems = problems_in(definition, programme.shop_id, infos)
    newest = published.get(programme.published_number or 0)
    return render_template(
        "courses/programmes/edit.html",
        programme=programme,
        definition=definition,
        infos=infos,
        problems=problems,
        blocked=any(problem.blocks for problem in problems),
        changed=newest != definition,
        older=len(people_on_older(viewer=person, programme=programme)) if len(published) > 1 else 0,
        states=PROGRAMME_STATES,
        choices=[
            (ident, infos[ident].title, infos[ident].kind)
            for day in definition.days
            for ident in day.activity_ids()
            if ident in infos
        ],
    )


def _chosen(actor: Person, programme: Programme) -> list[Activity]:
    """The ticked activities that the trainer may use in this programme, in the order of the page."""
    ids = request.form.getlist("activity", type=int)
    query = assignable_activities(actor).where(
        Activity.id.in_(ids),
        Activity.kind != KIND,
        or_(Activity.shop_id.is_(None), Activity.shop_id == programme.shop_id),
    )
    found: dict[int, Any] = {activity.id: activity for activity in db.session.scalars(query)}
    return [found[ident] for ident in dict.fromkeys(ids) if ident in found]


def _programme(programme_id: int) -> Programme:
    programme = get_or_404(Programme, programme_id)
    require_visible(can_manage_programme(current_person(), programme))
    return programme


def _editable(programme_id: int) -> Programme:
    programme = _programme(programme_id)
    if not can_edit_programme(current_person(), programme, shop_ids=all_shop_ids()):
        raise Forbidden(
            _("这份计划属于全部店铺，只有服务全部店铺的培训师或管理员可以修改。"),
            hint=_("可以用它作模板，为自己的店铺新建一份再改。"),
        )
    return programme


def _day_number(definition: Definition, number: int) -> int:
    require_visible(1 <= number <= len(definition.days))
    return number


def _anchor(op: str) -> str | None:
    """Where the page should come to rest after a button of a day."""
    if op == "day:add":
        return "days-end"
    parts = op.split(":")
    stays = len(parts) > 2 and (parts[0] in ("step", "gate") or parts[:2] in (["day", "up"], ["day", "down"]))
    return f"day-{parts[2]}" if stays else None
