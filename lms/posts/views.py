"""Pages of posts: the list and their editor; people by post, one person's standing, and the change of posts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload, lazyload
from werkzeug.wrappers import Response

from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.kernel.errors import DomainError
from lms.learning.competency_services import may_write_for
from lms.learning.enums import Dimension
from lms.learning.labels import TEMPLATE_HELPERS
from lms.learning.models import Competency
from lms.learning.queries import competencies
from lms.learning.rules import can_see_progress
from lms.people.forms import attach
from lms.people.guards import current_person, requires
from lms.people.models import Person
from lms.people.permissions import P
from lms.people.queries import shops_visible_to, team_paths
from lms.people.rules import can_see_shop, require_visible
from lms.posts.forms import ALL_SHOPS, ChangeForm, EditPostForm, PostForm
from lms.posts.models import Post
from lms.posts.moving import ChangePlan, change_posts, plan_change
from lms.posts.permissions import PP
from lms.posts.queries import (
    competency_status,
    history_of,
    people_to_post,
    post_rows,
    posts_of,
    seen_posts,
    visible_posts,
)
from lms.posts.rules import can_change_posts
from lms.posts.services import archive_post, create_post, restore_post, update_post
from lms.web.paging import page_number, paginate

bp = Blueprint("posts", __name__, url_prefix="/posts", template_folder="templates")


@bp.context_processor
def helpers() -> dict[str, Any]:
    return TEMPLATE_HELPERS


# --- the posts -----------------------------------------------------------------------------------------------------


@bp.get("/")
@requires(PP.POSTS_EDIT)
def index() -> str:
    viewer, archived = current_person(), request.args.get("archived") == "1"
    return render_template(
        "lms/posts/index.html",
        rows=post_rows(viewer, archived=archived),
        archived=archived,
        shops={shop.id: shop.name for shop in shops_visible_to(viewer)},
        may_write_for=lambda shop_id: may_write_for(viewer, shop_id),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(PP.POSTS_EDIT)
def create() -> Response:
    actor = current_person()
    shops = [(shop.id, shop.name) for shop in shops_visible_to(actor)]
    form = PostForm().offer(shops, everybody=may_write_for(actor, None))
    offered = _offer_competencies(form, actor, set())
    if request.method == "GET":
        form.competencies.data = []
    elif form.validate():
        try:
            made = create_post(
                actor=actor,
                name=form.name.data or "",
                description=form.description.data or "",
                shop_id=None if form.shop_id.data == ALL_SHOPS else form.shop_id.data,
                competencies=_chosen(form, offered),
                at=now(),
            )
        except DomainError as error:
            db.session.rollback()
            attach(form, where=error.where, message=str(error))
        else:
            flash(_("已新建岗位“%(name)s”。", name=made.name), "success")
            return redirect(url_for("posts.index"))
    return _edit_page(form, None, offered)


@bp.route("/<int:post_id>", methods=["GET", "POST"])
@requires(PP.POSTS_EDIT)
def edit(post_id: int) -> Response:
    actor, post = current_person(), _visible(post_id)
    form = EditPostForm(obj=post)
    held = {competency.id for competency in post.competencies}
    offered = _offer_competencies(form, actor, held)
    if request.method == "GET":
        form.competencies.data = sorted(held)
    elif form.validate():
        try:
            update_post(
                actor=actor,
                post=post,
                name=form.name.data or "",
                description=form.description.data or "",
                competencies=_chosen(form, offered),
            )
        except DomainError as error:
            db.session.rollback()
            attach(form, where=error.where, message=str(error))
        else:
            flash(_("已保存岗位“%(name)s”。", name=post.name), "success")
            return redirect(url_for("posts.index"))
    return _edit_page(form, post, offered)


@bp.post("/<int:post_id>/archive")
@requires(PP.POSTS_EDIT)
def archive(post_id: int) -> Response:
    post = archive_post(actor=current_person(), post=_visible(post_id), at=now())
    flash(_("已归档岗位“%(name)s”：不能再选，在岗的人不受影响。", name=post.name), "success")
    return redirect(url_for("posts.index"))


@bp.post("/<int:post_id>/restore")
@requires(PP.POSTS_EDIT)
def restore(post_id: int) -> Response:
    post = restore_post(actor=current_person(), post=_visible(post_id))
    flash(_("已恢复岗位“%(name)s”。", name=post.name), "success")
    return redirect(url_for("posts.index"))


def _visible(post_id: int) -> Post:
    post = get_or_404(Post, post_id)
    require_visible(can_see_shop(current_person(), post.shop_id))
    return post


def _offer_competencies(form: PostForm, actor: Person, held: set[int]) -> list[Competency]:
    """What can be required: what is in use, and what the post requires already."""
    rows = db.session.execute(competencies(actor)).all()
    offered = [row[0] for row in rows]
    if missing := held - {competency.id for competency in offered}:
        offered += [c for ident in sorted(missing) if can_see_shop(actor, (c := get_or_404(Competency, ident)).shop_id)]
    form.competencies.choices = [(competency.id, competency.name) for competency in offered]
    return offered


def _chosen(form: PostForm, offered: list[Competency]) -> list[Competency]:
    ids = set(form.competencies.data or ())
    return [competency for competency in offered if competency.id in ids]


def _edit_page(form: PostForm, post: Post | None, offered: list[Competency]) -> Response:
    page = render_template(
        "lms/posts/edit.html",
        form=form,
        post=post,
        by_dimension=[(d, [c for c in offered if c.dimension is d]) for d in Dimension],
        writable=post is None or may_write_for(current_person(), post.shop_id),
    )
    return make_response(page, 422 if form.errors else 200)


# --- people and their posts ----------------------------------------------------------------------------------------


@bp.get("/people")
@requires(PP.POSTS_ASSIGN)
def people() -> str:
    viewer = current_person()
    text, team_id = request.args.get("q", "").strip()[:100], request.args.get("team", type=int)
    post_id = request.args.get("post", type=int)
    page = paginate(people_to_post(viewer, text=text, team_id=team_id, post_id=post_id), page_number())
    served, branches = viewer.access.served_team_ids, viewer.access.team_ids
    reach = None if served is None or branches is None else served | branches
    paths = team_paths()
    return render_template(
        "lms/posts/people.html",
        page=page,
        held=seen_posts([person.id for person in page.items], viewer),
        posts=db.session.scalars(visible_posts(viewer)).all(),
        paths=paths,
        teams=[(ident, path) for ident, path in paths.items() if reach is None or ident in reach],
        text=text,
        team_id=team_id,
        post_id=post_id,
    )


@bp.get("/people/<int:person_id>")
@requires(P.PROGRESS_READ)
def person(person_id: int) -> str:
    viewer, shown = current_person(), db.session.get(Person, person_id, options=[lazyload(Person.grants)])
    require_visible(shown is not None and can_see_progress(viewer, shown))
    assert shown is not None
    return render_template(
        "lms/posts/person.html",
        shown=shown,
        posts=seen_posts([shown.id], viewer)[shown.id],
        rows=competency_status(shown, viewer),
        history=history_of(shown.id, viewer),
        may_change=can_change_posts(viewer, shown),
    )


@bp.route("/people/<int:person_id>/change", methods=["GET", "POST"])
@requires(PP.POSTS_ASSIGN)
def change(person_id: int) -> Response:
    """Choose posts (``post`` several times, ``main``), see what that adds and drops, confirm by POST."""
    actor, person = current_person(), db.session.get(Person, person_id, options=[joinedload(Person.grants)])
    require_visible(person is not None and can_change_posts(actor, person))
    assert person is not None
    form = ChangeForm()
    held, choices = posts_of([person.id])[person.id], _choices(actor, person)
    posts = _posts_asked({post.id: post for post in (*choices, *held)})
    plan: ChangePlan | None = None
    try:
        if posts is not None:
            plan = plan_change(actor=actor, person=person, posts=posts, at=now(), before=held)
        if plan and request.method == "POST" and form.validate():
            change_posts(
                actor=actor,
                person=person,
                posts=plan.after,
                assign_ids=request.form.getlist("assign", type=int),
                cancel_ids=request.form.getlist("cancel", type=int),
                due_at=form.due(),
                at=now(),
            )
            flash(_("已给%(name)s调岗。", name=person.name), "success")
            return redirect(url_for("posts.person", person_id=person.id))
    except DomainError as error:
        db.session.rollback()
        attach(form, where=error.where, message=str(error))
    if request.method == "GET":
        form.suggest_due(now())
    page = render_template(
        "lms/posts/change.html",
        person=person,
        form=form,
        plan=plan if plan and plan.before != plan.after else None,
        same=plan is not None and plan.before == plan.after,
        choices=[*[p for p in held if p.archived_at], *choices],
        held=held,
        chosen=[post.id for post in (plan.after if plan else posts or held)],
        asked=request.form.getlist("assign", type=int) if request.method == "POST" else None,
        dropped=request.form.getlist("cancel", type=int) if request.method == "POST" else None,
    )
    return make_response(page, 422 if form.errors else 200)


def _choices(actor: Person, person: Person) -> list[Post]:
    posts = db.session.scalars(visible_posts(actor))
    return [post for post in posts if post.shop_id is None or can_see_shop(person, post.shop_id)]


def _posts_asked(offered: Mapping[int, Post]) -> list[Post] | None:
    """The posts of the address or the form, the main one first; None before anything was chosen."""
    if "chosen" not in request.values:
        return None
    wanted = list(dict.fromkeys(request.values.getlist("post", type=int)))
    main = request.values.get("main", type=int)
    if main in wanted:
        wanted = [main, *[ident for ident in wanted if ident != main]]
    return [offered.get(ident) or _visible(ident) for ident in wanted]
