"""Pages of scorecards: the list, one with its versions, the editor, the preview."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from lms.kernel.clock import now, to_local
from lms.kernel.db import db
from lms.kernel.errors import DomainError
from lms.people.guards import current_person, requires, signed_in
from lms.people.models import Person
from lms.people.queries import shops_visible_to
from lms.people.rules import require_visible
from lms.qa.enums import Scale
from lms.qa.permissions import Q
from lms.qa.scorecards.definition import MAX_TOP, CriterionSpec, Definition, Section
from lms.qa.scorecards.differences import differences, shares
from lms.qa.scorecards.editing import CODE, act, blank, read_form
from lms.qa.scorecards.guiding import LABELS, Behind, guidance_of, guided, lacks_of
from lms.qa.scorecards.models import Scorecard
from lms.qa.scorecards.queries import (
    check_choices,
    competencies_for,
    scorecards_visible_to,
    versions_of,
    visible_scorecard,
)
from lms.qa.scorecards.rules import can_edit_scorecard, can_write_for
from lms.qa.scorecards.scoring import Scored, total
from lms.qa.scorecards.services import (
    ScorecardMoved,
    copy_scorecard,
    create_scorecard,
    discard_draft,
    draft_of,
    publish,
    save_draft,
    set_archived,
)
from lms.web.paging import page_number, paginate

bp = Blueprint(
    "qa_scorecards", __name__, url_prefix="/qa/scorecards", template_folder="templates", static_folder="static"
)


def _editable(scorecard_id: int) -> Scorecard:
    scorecard = visible_scorecard(current_person(), scorecard_id)
    require_visible(can_edit_scorecard(current_person(), scorecard))
    return scorecard


def _shop_choices(person: Person) -> list[tuple[str, str]]:
    """Where the person may write scorecards: ("" = all shops)."""
    choices = [("", _("全部店铺"))] if can_write_for(person, None) else []
    return choices + [(str(shop.id), shop.name) for shop in shops_visible_to(person) if can_write_for(person, shop.id)]


def _chosen_shop(person: Person) -> int | None:
    """The shop that a form names; NotFound unless the person may write for it."""
    text = request.form.get("shop_id", "")
    require_visible(text in {value for value, _name in _shop_choices(person)})
    return int(text) if text else None


@bp.get("/")
@signed_in
def index() -> str:
    person = current_person()
    archived = request.args.get("state") == "archived"
    page = paginate(scorecards_visible_to(person, archived=archived), page_number())
    rows = [
        (
            scorecard,
            version,
            len((Definition.from_json(version.definition) if version else draft_of(scorecard)).criteria),
            can_edit_scorecard(person, scorecard),
        )
        for scorecard, version in page.items
    ]
    return render_template(
        "lms/qa/scorecards/index.html", page=page, rows=rows, archived=archived, may_write=bool(_shop_choices(person))
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Q.SCORECARDS_EDIT)
def new() -> str | BaseResponse:
    person = current_person()
    choices = _shop_choices(person)
    title = request.form.get("title", "").strip()
    if request.method == "POST" and title:
        scorecard = create_scorecard(
            actor=person,
            title=title,
            shop_id=_chosen_shop(person),
            definition=Definition((Section(_("服务质量"), (blank(),)),)),
            at=now(),
        )
        return redirect(url_for(".edit", scorecard_id=scorecard.id))
    problem = _("请填写评分表的名称。") if request.method == "POST" else ""
    return render_template("lms/qa/scorecards/new.html", choices=choices, problem=problem)


@bp.get("/<int:scorecard_id>")
@signed_in
def show(scorecard_id: int) -> str:
    person = current_person()
    scorecard = visible_scorecard(person, scorecard_id)
    versions = versions_of(scorecard)
    may_edit = can_edit_scorecard(person, scorecard)
    wanted = request.args.get("version", "")
    version = next((one for one in versions if str(one.number) == wanted), versions[0] if versions else None)
    definition = Definition.from_json(version.definition) if version else draft_of(scorecard)
    counted = shares(definition)
    earlier = next((one for one in versions if version is not None and one.number < version.number), None)
    return render_template(
        "lms/qa/scorecards/show.html",
        scorecard=scorecard,
        versions=versions,
        version=version,
        definition=definition,
        shares=counted,
        section_shares=[sum(counted.get(spec.code, 0) for spec in section.criteria) for section in definition.sections],
        guided={one.spec.code: one for one in guided(definition, scorecard.shop_id)},
        lack_labels=LABELS,
        competencies={one.id: one for one in competencies_for(scorecard.shop_id)},
        checks=dict(check_choices()),
        earlier=earlier,
        changes=differences(Definition.from_json(earlier.definition), definition) if earlier else [],
        may_edit=may_edit,
        choices=_shop_choices(person),
    )


@bp.get("/<int:scorecard_id>/preview")
@signed_in
def preview(scorecard_id: int) -> str:
    """How a chat would be scored: pick a mark for each line, see the score. Of the draft, for its editors."""
    person = current_person()
    scorecard = visible_scorecard(person, scorecard_id)
    versions = versions_of(scorecard)
    use_draft = can_edit_scorecard(person, scorecard) and (not versions or request.args.get("of") == "draft")
    definition = draft_of(scorecard) if use_draft else Definition.from_json(versions[0].definition)
    marks = {spec.code: _mark(spec, request.args.get(f"v-{spec.code}")) for spec in definition.criteria}
    lines = {
        spec.code: Scored(spec.weight, spec.critical, marks[spec.code], spec.top, spec.is_fault(marks[spec.code]))
        for spec in definition.criteria
    }
    return render_template(
        "lms/qa/scorecards/preview.html",
        scorecard=scorecard,
        definition=definition,
        use_draft=use_draft,
        marks=marks,
        lines=lines,
        result=total(lines.values()),
        applied=sum(line.weight for line in lines.values() if line.value is not None),
    )


def _mark(spec: CriterionSpec, text: str | None) -> int | None:
    if text == "na" and spec.na_allowed:
        return None
    return int(text) if text and text.isascii() and text.isdigit() and int(text[:4]) <= spec.top else spec.top


@bp.route("/<int:scorecard_id>/edit", methods=["GET", "POST"])
@requires(Q.SCORECARDS_EDIT)
def edit(scorecard_id: int) -> BaseResponse:
    """The editor. Without its script every button is a POST that saves the draft first."""
    scorecard = _editable(scorecard_id)
    if request.method == "GET":
        return _editor(scorecard, (scorecard.draft or {}).get("title", scorecard.title), draft_of(scorecard))
    title, definition = request.form.get("title", ""), read_form(request.form, draft_of(scorecard))
    step = request.form.get("do", "")
    if step not in ("save", "publish", "overwrite"):
        definition = act(definition, step)
    try:
        save_draft(
            actor=current_person(),
            scorecard=scorecard,
            title=title,
            definition=definition,
            at=now(),
            known=None if step == "overwrite" else _known(),
        )
    except ScorecardMoved as error:
        return _editor(scorecard, title, definition, error)
    if step == "publish":
        return redirect(url_for(".publishing", scorecard_id=scorecard.id))
    if step in ("save", "overwrite"):
        flash(_("草稿已保存，发布之后才会用于评分。"), "success")
    opened = step.removeprefix("open:") if step.startswith("open:") else None
    return redirect(url_for(".edit", scorecard_id=scorecard.id, open=opened, _anchor=opened and f"c-{opened}"))


@bp.get("/<int:scorecard_id>/criterion/<code>")
@requires(Q.SCORECARDS_EDIT)
def criterion(scorecard_id: int, code: str) -> str:
    """A criterion's fields, for the editor's script; those of a new one when the draft has none of this code."""
    scorecard = _editable(scorecard_id)
    require_visible(CODE.fullmatch(code) is not None)
    fresh = CriterionSpec(code=code, name="")
    spec = next((spec for spec in draft_of(scorecard).criteria if spec.code == code), fresh)
    return render_template("lms/qa/scorecards/criterion.html", spec=spec, **_choices(scorecard))


def _choices(scorecard: Scorecard) -> dict[str, Any]:
    """What a criterion's fields are chosen from."""
    competencies = competencies_for(scorecard.shop_id)
    return {
        "competencies": competencies,
        "behind": guidance_of((one.id for one in competencies), scorecard.shop_id),
        "checks": check_choices(),
        "top": MAX_TOP,
        "steps": Scale.STEPS,
    }


def _known() -> datetime:
    """When the draft was last saved, as the editor knows it; nonsense reads as never: nothing is lost."""
    try:
        known = datetime.fromisoformat(request.form.get("known", ""))
    except ValueError:
        known = datetime.min
    return known if known.tzinfo else to_local(now()).replace(year=1970)


def _editor(
    scorecard: Scorecard, title: str, definition: Definition, problem: DomainError | None = None
) -> BaseResponse:
    choices = _choices(scorecard)
    rows = [(spec, choices["behind"].get(spec.competency_id, Behind())) for spec in definition.criteria]
    lacking = {spec.code: lacks_of(spec, behind) for spec, behind in rows}
    html = render_template(
        "lms/qa/scorecards/edit.html",
        opened={
            spec.code
            for spec in definition.criteria
            if not spec.name or spec.code == request.args.get("open") or f"c-{spec.code}-scale" in request.form
        },
        lacks={
            spec.code: _("还没教过：缺{what}").format(what="、".join(str(LABELS[one]) for one in lacking[spec.code]))
            if spec.competency_id
            else _("请选择能力项")
            for spec in definition.criteria
            if lacking[spec.code]
        },
        scorecard=scorecard,
        title=title,
        definition=definition,
        known=request.form.get("known", "") if problem else scorecard.updated_at.isoformat(),
        problem=problem,
        shares=shares(definition),
        blank=CriterionSpec(code="code", name="", weight=10),
        **choices,
    )
    return Response(html, problem.status if problem else 200)


@bp.post("/<int:scorecard_id>/draft")
@requires(Q.SCORECARDS_EDIT)
def draft(scorecard_id: int) -> BaseResponse:
    """Keep the draft while one writes; asked by the editor's script."""
    scorecard, at = _editable(scorecard_id), now()
    try:
        save_draft(
            actor=current_person(),
            scorecard=scorecard,
            title=request.form.get("title", ""),
            definition=read_form(request.form, draft_of(scorecard)),
            at=at,
            known=_known(),
        )
    except ScorecardMoved as error:
        db.session.rollback()
        answer = jsonify({"saved": False, "message": " ".join((error.message, error.hint))})
        answer.status_code = error.status
        return answer
    return jsonify({"saved": True, "known": scorecard.updated_at.isoformat(), "at": to_local(at).strftime("%H:%M")})


@bp.route("/<int:scorecard_id>/publish", methods=["GET", "POST"])
@requires(Q.SCORECARDS_EDIT)
def publishing(scorecard_id: int) -> BaseResponse:
    """Confirm what changes, then publish."""
    scorecard = _editable(scorecard_id)
    definition = draft_of(scorecard)
    versions = versions_of(scorecard)
    current = Definition.from_json(versions[0].definition) if versions else None
    changes = differences(current, definition)
    renamed = (scorecard.draft or {}).get("title", scorecard.title) != scorecard.title
    problem: DomainError | None = None
    if request.method == "POST":
        try:
            if not changes and not renamed:
                raise DomainError(_("和现在使用的版本一样，不用再次发布。"))
            with db.session.begin_nested():
                version = publish(
                    actor=current_person(), scorecard=scorecard, at=now(), note=request.form.get("note", "")
                )
        except DomainError as error:
            problem = error
        else:
            flash(_("已发布第 %(n)s 版，今后的评分都用它。", n=version.number), "success")
            return redirect(url_for(".show", scorecard_id=scorecard.id))
    html = render_template(
        "lms/qa/scorecards/publish.html",
        scorecard=scorecard,
        changes=changes,
        renamed=renamed,
        first=current is None,
        count=len(definition.criteria),
        problems=definition.problems(),
        names={spec.code: spec.name for spec in definition.criteria},
        orphans=[one for one in guided(definition, scorecard.shop_id) if one.is_orphan],
        lack_labels=LABELS,
        problem=problem,
    )
    return Response(html, problem.status if problem else 200)


@bp.post("/<int:scorecard_id>/discard")
@requires(Q.SCORECARDS_EDIT)
def discard(scorecard_id: int) -> BaseResponse:
    discard_draft(actor=current_person(), scorecard=_editable(scorecard_id), at=now())
    flash(_("草稿已放弃，使用中的版本没有变。"), "success")
    return redirect(url_for(".show", scorecard_id=scorecard_id))


@bp.post("/<int:scorecard_id>/archive")
@requires(Q.SCORECARDS_EDIT)
def archive(scorecard_id: int) -> BaseResponse:
    scorecard = _editable(scorecard_id)
    archived = request.form.get("archived") == "1"
    set_archived(actor=current_person(), scorecard=scorecard, archived=archived, at=now())
    flash(_("已归档，以前的质检结果不受影响。") if archived else _("已恢复。"), "success")
    return redirect(url_for(".index"))


@bp.post("/<int:scorecard_id>/copy")
@requires(Q.SCORECARDS_EDIT)
def copy(scorecard_id: int) -> BaseResponse:
    """Copy it into a shop that the person may write for."""
    person = current_person()
    scorecard = visible_scorecard(person, scorecard_id)
    made = copy_scorecard(
        actor=person,
        scorecard=scorecard,
        title=request.form.get("title", "").strip() or scorecard.title,
        shop_id=_chosen_shop(person),
        at=now(),
    )
    flash(_("已复制，请按店铺的情况修改后发布。"), "success")
    return redirect(url_for(".edit", scorecard_id=made.id))
