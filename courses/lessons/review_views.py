"""Pages of reviews: what waits, one submission with its changes, and where reviews are asked for."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses.lessons.comparing import compare_versions
from courses.lessons.labels import action_label
from courses.lessons.places import place_for_author
from courses.lessons.publishing import publish, send_back, set_review, submit, withdraw
from courses.lessons.queries import all_shop_ids, lesson_for_authors, version_of
from courses.lessons.review_queries import (
    authors_of_unpublished,
    pending_review,
    review_required,
    review_settings,
    reviews_of,
    settable_shops,
    submissions,
)
from courses.lessons.rules import can_edit_lesson, can_publish, can_set_review
from courses.permissions import C
from courses.types import lesson_type
from lms.kernel.clock import now, to_local
from lms.people.guards import current_person, requires
from lms.web.paging import page_number, paginate

bp = Blueprint("lesson_reviews", __name__, url_prefix="/lessons/manage/reviews", template_folder="templates")


@bp.get("/")
@requires(C.LESSONS_EDIT)
def index() -> str:
    """What waits for this person's decision; with ``?of=others`` what waits for somebody else's."""
    person, others = current_person(), request.args.get("of") == "others"
    return render_template(
        "courses/lessons/reviews.html",
        page=paginate(submissions(person, mine=others), page_number()),
        others=others,
        may_set=can_set_review(person, None) or bool(C.REVIEWS_SET in person.access.permissions),
    )


@bp.get("/<int:lesson_id>")
@requires(C.LESSONS_EDIT)
def show(lesson_id: int) -> ResponseReturnValue:
    person = current_person()
    lesson, newest = lesson_for_authors(person, lesson_id)
    waiting = pending_review(lesson)
    if waiting is None:
        flash(_("这节课时现在没有待审的版本。"), "info")
        return redirect(url_for("lesson_authoring.versions", lesson_id=lesson.id))
    version = newest if waiting.number == newest.number else version_of(lesson, waiting.number)
    published = version_of(lesson, lesson.published_number) if lesson.published_number else None
    authors = authors_of_unpublished(lesson)
    place = place_for_author(lesson.shop_id, lesson.type, version.body, version.settings or {})
    return render_template(
        "courses/lessons/review.html",
        lesson=lesson,
        version=version,
        waiting=waiting,
        published=published,
        comparison=compare_versions(published, version) if published else None,
        rendered=lesson_type(lesson.type).render(version.body, today=to_local(now()).date(), place=place),
        reviews=reviews_of(lesson),
        action_label=action_label,
        may_decide=can_publish(
            person, lesson, shop_ids=all_shop_ids(), authors=authors, required=review_required(lesson.shop_id)
        ),
        may_withdraw=person.id == waiting.person_id or person.id in authors,
    )


@bp.post("/<int:lesson_id>/send")
@requires(C.LESSONS_EDIT)
def send(lesson_id: int) -> ResponseReturnValue:
    lesson, _version = lesson_for_authors(current_person(), lesson_id)
    review = submit(actor=current_person(), lesson=lesson, at=now(), note=request.form.get("note", ""))
    flash(_("已送审版本 %(n)s，审核人会收到通知。", n=review.number), "success")
    return redirect(url_for("lesson_authoring.index"), 303)


@bp.post("/<int:lesson_id>/withdraw")
@requires(C.LESSONS_EDIT)
def take_back(lesson_id: int) -> ResponseReturnValue:
    lesson, _version = lesson_for_authors(current_person(), lesson_id)
    withdraw(actor=current_person(), lesson=lesson, at=now())
    flash(_("已撤回送审。"), "success")
    return redirect(url_for("lesson_authoring.edit", lesson_id=lesson.id), 303)


@bp.post("/<int:lesson_id>/decide")
@requires(C.LESSONS_EDIT)
def decide(lesson_id: int) -> ResponseReturnValue:
    person, at = current_person(), now()
    lesson, _version = lesson_for_authors(person, lesson_id)
    note, number = request.form.get("note", ""), request.form.get("number", 0, type=int)
    if request.form.get("then") == "return":
        send_back(actor=person, lesson=lesson, number=number, note=note, at=at)
        flash(_("已退回，作者会收到您的意见。"), "success")
    else:
        publish(actor=person, lesson=lesson, number=number, note=note, at=at)
        flash(_("已发布版本 %(n)s，可以布置为培训任务了。", n=number), "success")
    return redirect(url_for("lesson_reviews.index"), 303)


@bp.get("/<int:lesson_id>/compare")
@requires(C.LESSONS_EDIT)
def compare(lesson_id: int) -> str:
    """Any two versions: ``?old=1&new=3``; by default the one before the newest, and the newest."""
    person = current_person()
    lesson, newest = lesson_for_authors(person, lesson_id)
    numbers = (request.args.get("old", newest.number - 1, type=int), request.args.get("new", newest.number, type=int))
    old, new = sorted(max(1, min(newest.number, number)) for number in numbers)
    return render_template(
        "courses/lessons/compare.html",
        lesson=lesson,
        newest=newest,
        comparison=compare_versions(version_of(lesson, old), version_of(lesson, new)),
        may_edit=can_edit_lesson(person, lesson, shop_ids=all_shop_ids()),
    )


@bp.get("/settings")
@requires(C.REVIEWS_SET)
def settings() -> str:
    person = current_person()
    return render_template(
        "courses/lessons/review_settings.html",
        shops=[*([None] if can_set_review(person, None) else []), *settable_shops(person)],
        settings=review_settings(),
    )


@bp.post("/settings")
@requires(C.REVIEWS_SET)
def change_settings() -> ResponseReturnValue:
    shop_id, required = request.form.get("shop_id", 0, type=int) or None, request.form.get("required") == "1"
    set_review(actor=current_person(), shop_id=shop_id, required=required, at=now())
    flash(_("已开启审核：作者不能发布自己写的课时。") if required else _("已关闭审核：作者可以自己发布。"), "success")
    return redirect(url_for("lesson_reviews.settings"), 303)
