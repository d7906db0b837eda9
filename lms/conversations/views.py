"""Pages of conversations: the list, a transcript, imports with their reports."""

from __future__ import annotations

import os
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from lms.config import settings
from lms.conversations.enums import ImportState, Side
from lms.conversations.formats.columns import ROLES, missing
from lms.conversations.forms import ChoiceForm, UploadForm
from lms.conversations.labels import KINDS, SESSION_TABLE_LABEL, SIDES, STATES
from lms.conversations.models import ChatImport, Conversation
from lms.conversations.permissions import P
from lms.conversations.queries import (
    ChatFilter,
    conversations_visible_to,
    imports_visible_to,
    messages_of,
    place_of,
    snippets,
)
from lms.conversations.services import (
    abandon_import,
    begin_import,
    chat_formats,
    log_view,
    retry_import,
    save_mapping,
    start_import,
    waits_for_choice,
)
from lms.conversations.transcript import lines_of, parts_of
from lms.kernel.clock import now
from lms.kernel.db import db, get_or_404
from lms.kernel.jobs import Job
from lms.kernel.storage import files
from lms.people.guards import current_person, requires
from lms.people.queries import shops_visible_to
from lms.people.rules import can_see_shop, require_visible
from lms.web.paging import page_number, paginate

bp = Blueprint("conversations", __name__, url_prefix="/chats", template_folder="templates", static_folder="static")
LIST_SIZE = 30
TRANSCRIPT_SIZE = 120
SHOWN_ERRORS = 200


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@bp.get("")
@requires(P.CHATS_READ)
def index() -> str:
    viewer = current_person()
    side = request.args.get("side", "")
    wanted = ChatFilter(
        text=request.args.get("q", "").strip()[:100],
        side=Side(side) if side in (Side.CUSTOMER, Side.AGENT, Side.ROBOT) else None,
        shop_id=_number("shop"),
        import_id=_number("import"),
        first_day=_day("from"),
        last_day=_day("to"),
    )
    page = paginate(conversations_visible_to(viewer, wanted), page_number(), LIST_SIZE)
    found = snippets([conversation.id for conversation in page.items], wanted)
    return render_template(
        "lms/conversations/list.html",
        page=page,
        wanted=wanted,
        snippets={ident: (message, parts_of(message.text)) for ident, message in found.items()},
        shops=shops_visible_to(viewer),
        sides=SIDES,
        kept={
            "q": wanted.text,
            "side": side if wanted.side else "",
            "shop": wanted.shop_id,
            "import": wanted.import_id,
            "from": wanted.first_day,
            "to": wanted.last_day,
        },
        may_import=P.CHATS_IMPORT in viewer.access.permissions,
    )


@bp.get("/<int:conversation_id>")
@requires(P.CHATS_READ)
def show(conversation_id: int) -> str:
    """A transcript. ``?m=<message id>`` opens the page of a long chat that holds the message; #m<id> marks it."""
    viewer = current_person()
    conversation = get_or_404(Conversation, conversation_id)
    require_visible(can_see_shop(viewer, conversation.shop_id))
    log_view(actor=viewer, conversation=conversation, at=now())
    number = page_number()
    message_id = _number("m")
    if message_id is not None and (place := place_of(conversation, message_id)) is not None:
        number = place // TRANSCRIPT_SIZE + 1
    page = paginate(messages_of(conversation), number, TRANSCRIPT_SIZE)
    return render_template(
        "lms/conversations/transcript.html",
        conversation=conversation,
        page=page,
        lines=lines_of(page.items),
        sides=SIDES,
        may_import=P.CHATS_IMPORT in viewer.access.permissions,
    )


@bp.get("/imports")
@requires(P.CHATS_IMPORT)
def imports() -> str:
    page = paginate(imports_visible_to(current_person()), page_number(), LIST_SIZE)
    return render_template("lms/conversations/imports.html", page=page, states=STATES)


@bp.route("/imports/new", methods=["GET", "POST"])
@requires(P.CHATS_IMPORT)
def upload() -> str | BaseResponse:
    person = current_person()
    formats = chat_formats()
    form = UploadForm(format=request.args.get("format", "auto")).offer(
        shops_visible_to(person), formats, all_shops=person.access.shop_ids is None
    )
    if form.validate_on_submit():
        limit = settings().upload_max_mb << 20
        names = [os.path.basename((upload.filename or "").replace("\\", "/")) for upload in form.uploads]
        stored = [
            files().save(upload.stream, suffix=os.path.splitext(name)[1], max_bytes=limit)  # type: ignore[arg-type]
            for upload, name in zip(form.uploads, names, strict=True)
        ]
        made = begin_import(
            actor=person,
            names=names,
            shop_id=form.shop_id,
            at=now(),
            format_name=form.format.data,
            uploads=stored,
        )
        start_import(actor=person, chat_import=made)
        return redirect(url_for(".report", import_id=made.id))
    return render_template(
        "lms/conversations/upload.html", form=form, formats=formats, limit=settings().upload_max_mb
    ), 400 if form.errors else 200  # type: ignore[return-value]


def _visible_import(import_id: int) -> ChatImport:
    chat_import = get_or_404(ChatImport, import_id)
    require_visible(can_see_shop(current_person(), chat_import.shop_id))
    return chat_import


@bp.get("/imports/<int:import_id>")
@requires(P.CHATS_IMPORT)
def report(import_id: int) -> str:
    chat_import = _visible_import(import_id)
    waiting = waits_for_choice(chat_import) if chat_import.state is ImportState.CHOICE else None
    formats = chat_formats()
    labels = {f.name: f.label for f in formats} | {"jd-sessions": SESSION_TABLE_LABEL}
    return render_template(
        "lms/conversations/report.html",
        chat_import=chat_import,
        job=db.session.get(Job, chat_import.job_id) if chat_import.job_id else None,
        rows=[row for entry in chat_import.files for row in (entry, *entry.get("members", ()))],
        waiting=waiting,
        choice=ChoiceForm(formdata=None).offer(formats) if waiting else None,
        roles=ROLES,
        labels=labels,
        kinds=KINDS,
        states=STATES,
        shown_errors=chat_import.errors[:SHOWN_ERRORS],
    )


@bp.post("/imports/<int:import_id>/format")
@requires(P.CHATS_IMPORT)
def choose_format(import_id: int) -> BaseResponse:
    chat_import = _visible_import(import_id)
    form = ChoiceForm().offer(chat_formats())
    if form.validate_on_submit():
        retry_import(actor=current_person(), chat_import=chat_import, format_name=form.format.data)
    else:
        flash(_("请选择一种格式。"), "warning")
    return redirect(url_for(".report", import_id=import_id))


@bp.post("/imports/<int:import_id>/columns")
@requires(P.CHATS_IMPORT)
def map_columns(import_id: int) -> BaseResponse:
    chat_import = _visible_import(import_id)
    waiting = waits_for_choice(chat_import)
    head = (waiting or {}).get("needs", {}).get("columns")
    if not head:
        return redirect(url_for(".report", import_id=import_id))
    columns: dict[str, int] = {}
    for index in range(len(head["header"])):
        role = request.form.get(f"column-{index}", "")
        if role in ROLES:
            columns.setdefault(role, index)
    lacks = missing(columns)
    if lacks:
        flash(_("还要指出哪一列是：%(names)s。", names="、".join(str(ROLES[role]) for role in lacks)), "warning")
    else:
        person = current_person()
        save_mapping(actor=person, shop_id=chat_import.shop_id, signature=head["signature"], columns=columns, at=now())
        retry_import(actor=person, chat_import=chat_import, format_name="table")
    return redirect(url_for(".report", import_id=import_id))


@bp.post("/imports/<int:import_id>/abandon")
@requires(P.CHATS_IMPORT)
def abandon(import_id: int) -> BaseResponse:
    abandon_import(_visible_import(import_id), at=now())
    flash(_("已放弃这次导入，上传的文件已删除。"), "success")
    return redirect(url_for(".imports"))
