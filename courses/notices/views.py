"""Pages of notices: the list, one notice with its check, the editor, and who has acknowledged."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from courses.notices.enums import NoticeState
from courses.notices.forms import NoticeForm, PublishForm
from courses.notices.labels import state_label
from courses.notices.models import Notice
from courses.notices.permissions import N
from courses.notices.queries import (
    acknowledgement,
    followed,
    latest_task,
    managed_notices,
    notice_for_authors,
    notice_for_reading,
    notice_of_activity,
    notices_for,
)
from courses.notices.questions import read_questions, show_questions
from courses.notices.rules import can_edit_notice, can_write_for
from courses.notices.services import (
    HOURS_TO_ACKNOWLEDGE,
    NoticeError,
    acknowledge,
    close_notice,
    create_notice,
    edit_notice,
    publish_notice,
    remind,
)
from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.people.guards import current_person, requires
from lms.people.models import Person, Team
from lms.people.queries import shops_visible_to, team_choices, team_paths
from lms.people.rules import can_see_shop, require_visible
from lms.web.markdown import render_markdown
from lms.web.paging import page_number, paginate
from lms.web.sheets import xlsx_response

bp = Blueprint("notices", __name__, url_prefix="/notices", template_folder="templates")


@bp.get("/")
@requires(N.NOTICES_READ)
def index() -> str:
    person = current_person()
    return render_template(
        "courses/notices/index.html",
        page=paginate(notices_for(person), page_number()),
        may_follow=N.NOTICES_FOLLOW in person.access.permissions,
        at=now(),
    )


@bp.get("/<int:notice_id>")
@requires(N.NOTICES_READ)
def show(notice_id: int) -> str:
    return _page(notice_id, right=None, given={})


@bp.post("/<int:notice_id>/acknowledge")
@requires(N.NOTICES_READ)
def confirm(notice_id: int) -> ResponseReturnValue:
    person = current_person()
    notice, _version = notice_for_reading(person, notice_id)
    given = {int(name[1:]): value for name, value in request.form.items() if name[:1] == "q" and name[1:].isdecimal()}
    done = acknowledge(actor=person, notice=notice, answers=given, at=now())
    if done.record is None:
        return _page(notice_id, right=done.right, given=given)
    flash(_("已确认，辛苦了。"), "success")
    return redirect(url_for(".show", notice_id=notice_id), 303)


def _page(notice_id: int, *, right: tuple[bool, ...] | None, given: dict[int, str]) -> str:
    person = current_person()
    notice, version = notice_for_reading(person, notice_id)
    return render_template(
        "courses/notices/show.html",
        notice=notice,
        version=version,
        body=render_markdown(version.body),
        questions=show_questions(read_questions(version.check_text).questions, seed=person.id),
        done=acknowledgement(person, notice),
        task=latest_task(person, notice),
        right=right,
        given=given,
        may_edit=can_edit_notice(person, notice),
    )


@bp.get("/of-activity/<int:activity_id>")
@requires(N.NOTICES_READ)
def of_activity(activity_id: int) -> ResponseReturnValue:
    """Where a task leads to."""
    notice = notice_of_activity(activity_id)
    require_visible(notice is not None)
    assert notice is not None
    notice_for_reading(current_person(), notice.id)
    return redirect(url_for(".show", notice_id=notice.id))


# --- authors and leads ---------------------------------------------------------------------------------------------


@bp.get("/manage")
@requires(N.NOTICES_FOLLOW)
def manage() -> str:
    person = current_person()
    return render_template(
        "courses/notices/manage.html",
        page=paginate(managed_notices(person), page_number()),
        may_edit=lambda notice: can_edit_notice(person, notice),
        may_write=N.NOTICES_EDIT in person.access.permissions,
        state_label=state_label,
    )


@bp.route("/manage/new", methods=["GET", "POST"])
@requires(N.NOTICES_EDIT)
def new() -> ResponseReturnValue:
    form = _form()
    if form.validate_on_submit():
        try:
            notice = create_notice(actor=current_person(), text=form.text, shop_id=form.chosen_shop_id, at=now())
        except NoticeError as error:
            form.form_errors.append(str(error))
        else:
            flash(_("已保存草稿，选好团队就可以发布。"), "success")
            return redirect(url_for(".edit", notice_id=notice.id), 303)
    return render_template("courses/notices/edit.html", form=form, notice=None)


@bp.route("/manage/<int:notice_id>", methods=["GET", "POST"])
@requires(N.NOTICES_EDIT)
def edit(notice_id: int) -> ResponseReturnValue:
    person = current_person()
    notice, version = notice_for_authors(person, notice_id)
    form = _form()
    if request.method == "GET":
        form.process(obj=version)
        form.base.data = str(notice.latest_number)
    form.shop_id.choices = [(str(notice.shop_id or ""), notice.shop.name if notice.shop else _("全部店铺"))]
    form.shop_id.data = str(notice.shop_id or "")
    if form.validate_on_submit():
        base = form.base.data or ""
        try:
            edit_notice(
                actor=person,
                notice=notice,
                text=form.text,
                base=int(base) if base.isdecimal() and len(base) < 9 else 0,
                at=now(),
            )
        except NoticeError as error:
            form.form_errors.append(str(error))
        else:
            flash(_("已保存。"), "success")
            return redirect(url_for(".edit", notice_id=notice_id), 303)
    return render_template(
        "courses/notices/edit.html", form=form, notice=notice, publishing=_publish_form(person, notice),
        state_label=state_label,
    )  # fmt: skip


@bp.post("/manage/<int:notice_id>/publish")
@requires(N.NOTICES_EDIT)
def publish(notice_id: int) -> ResponseReturnValue:
    person = current_person()
    notice, _version = notice_for_authors(person, notice_id)
    chosen = _publish_form(person, notice).teams.data or []
    teams = list(db.session.scalars(select(Team).where(Team.id.in_(chosen))))
    told = publish_notice(actor=person, notice=notice, teams=teams, at=now())
    flash(_("已发布并通知 %(n)s 人，%(h)s 小时后看看谁还没确认。", n=told, h=HOURS_TO_ACKNOWLEDGE), "success")
    return redirect(url_for(".follow", notice_id=notice_id), 303)


@bp.post("/manage/<int:notice_id>/close")
@requires(N.NOTICES_EDIT)
def close(notice_id: int) -> ResponseReturnValue:
    notice, _version = notice_for_authors(current_person(), notice_id)
    close_notice(actor=current_person(), notice=notice, at=now())
    flash(_("已结束，确认记录都保留。"), "success")
    return redirect(url_for(".manage"), 303)


@bp.get("/manage/<int:notice_id>/people")
@requires(N.NOTICES_FOLLOW)
def follow(notice_id: int) -> str:
    notice = _followable(notice_id)
    rows, at = followed(current_person(), notice), now()
    return render_template(
        "courses/notices/follow.html",
        notice=notice,
        rows=rows,
        waiting=[row for row in rows if row.acknowledged_at is None],
        late_before=at - timedelta(hours=HOURS_TO_ACKNOWLEDGE),
        paths=team_paths(),
    )


@bp.get("/manage/<int:notice_id>/people.xlsx")
@requires(N.NOTICES_FOLLOW)
def export(notice_id: int) -> ResponseReturnValue:
    notice = _followable(notice_id)
    paths = team_paths()
    headers = [_("账号"), _("姓名"), _("团队"), _("通知时间"), _("确认时间"), _("首次答对")]
    rows = (
        [r.account, r.name, paths.get(r.team_id or 0, ""), r.told_at, r.acknowledged_at, r.first_try]
        for r in followed(current_person(), notice)
    )
    return xlsx_response(_("通知确认情况") + ".xlsx", headers, rows)


@bp.post("/manage/<int:notice_id>/remind")
@requires(N.NOTICES_FOLLOW)
def nudge(notice_id: int) -> ResponseReturnValue:
    notice = _followable(notice_id)
    told = remind(actor=current_person(), notice=notice, at=now())
    flash(_("已提醒 %(n)s 人。", n=told) if told else _("今天已经提醒过了。"), "success" if told else "info")
    return redirect(url_for(".follow", notice_id=notice_id), 303)


def _followable(notice_id: int) -> Notice:
    notice = get_or_404(Notice, notice_id)
    require_visible(can_see_shop(current_person(), notice.shop_id) and notice.state is not NoticeState.DRAFT)
    return notice


def _form() -> NoticeForm:
    person = current_person()
    return NoticeForm().offer(shops_visible_to(person), everywhere=can_write_for(person, None))


def _publish_form(person: Person, notice: Notice) -> PublishForm:
    served, branches = person.access.served_team_ids, person.access.team_ids
    reach = None if served is None or branches is None else served | branches
    form = PublishForm()
    form.teams.choices = team_choices(person, reach=reach)
    return form
