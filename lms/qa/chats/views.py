"""Who served which chat: naming the agents' accounts of a shop, and dealing out chats that name nobody."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from lms.conversations.models import ChatImport
from lms.kernel.clock import now
from lms.kernel.db import get_or_404
from lms.kernel.errors import DomainError
from lms.people.guards import current_person, requires
from lms.people.models import Person, Shop
from lms.people.queries import shops_visible_to
from lms.people.rules import can_see_shop, require_visible
from lms.qa.chats.queries import accounts_of, dealt_by_hand, nameless_chats, nameless_imports, people_serving
from lms.qa.chats.services import deal_chats, name_agent
from lms.qa.permissions import Q
from lms.web.paging import Page, page_number

bp = Blueprint("qa_chats", __name__, url_prefix="/qa/chats", template_folder="templates")
LIST_SIZE = 30


def _shop(shops: Sequence[Shop], text: str) -> Shop | None:
    """The shop that the address names; the first one when it names none."""
    return next((shop for shop in shops if str(shop.id) == text), shops[0] if shops and not text else None)


@bp.get("/agents")
@requires(Q.SAMPLING_MANAGE)
def agents() -> str:
    shops = shops_visible_to(current_person())
    shop = _shop(shops, request.args.get("shop", ""))
    if shop is None:
        require_visible(not request.args.get("shop"))
        return render_template("lms/qa/chats/agents.html", shop=None, shops=[])
    people = people_serving(shop.id)
    accounts = accounts_of(shop.id, people)
    number = min(page_number(), max(1, -(-len(accounts) // LIST_SIZE)))
    page = Page(accounts[(number - 1) * LIST_SIZE : number * LIST_SIZE], number, LIST_SIZE, len(accounts))
    return render_template(
        "lms/qa/chats/agents.html",
        shop=shop,
        shops=shops,
        people=people,
        page=page,
        open_count=sum(account.named is None for account in accounts),
        imports=nameless_imports(shop.id),
    )


@bp.post("/agents/name")
@requires(Q.SAMPLING_MANAGE)
def name() -> BaseResponse:
    shop = get_or_404(Shop, int(request.form.get("shop_id", "0") or 0))
    require_visible(can_see_shop(current_person(), shop.id))
    label = request.form.get("label", "").strip()[:100]
    back = redirect(url_for(".agents", shop=shop.id, page=page_number()))
    if not label:
        return back
    nobody = request.form.get("nobody") is not None
    person = None if nobody else _named(request.form.get("person", ""), people_serving(shop.id))
    if person is None and not nobody:
        flash(_("没有找到这位客服，请从列表中选择，或填写账号。"), "warning")
        return back
    linked = name_agent(actor=current_person(), shop_id=shop.id, label=label, person=person, at=now())
    if person is None:
        flash(_("已记下：“%(label)s”不是我们的客服。", label=label), "success")
    else:
        flash(_("“%(label)s”就是%(name)s，已关联 %(n)s 通会话。", label=label, name=person.name, n=linked), "success")
    return back


def _named(text: str, people: Sequence[Person]) -> Person | None:
    """The person that “王思琪（agent）”, an account or a name that only one has stands for."""
    text = text.strip()
    by_account = {person.account: person for person in people}
    inner = text.replace("(", "（").replace(")", "）").rpartition("（")[2].removesuffix("）")
    if inner in by_account or text in by_account:
        return by_account.get(text) or by_account[inner]
    same = [person for person in people if person.name == text]
    return same[0] if len(same) == 1 else None


@bp.route("/imports/<int:import_id>", methods=["GET", "POST"])
@requires(Q.SAMPLING_MANAGE)
def deal(import_id: int) -> str | BaseResponse:
    """Deal out the chats of an import that name no account."""
    chat_import = get_or_404(ChatImport, import_id)
    require_visible(chat_import.shop_id is not None and can_see_shop(current_person(), chat_import.shop_id))
    assert chat_import.shop_id is not None
    people = people_serving(chat_import.shop_id)
    problem: DomainError | None = None
    chosen = set(request.form.getlist("people"))
    if request.method == "POST":
        picked = [person for person in people if str(person.id) in chosen]
        try:
            dealt = deal_chats(
                actor=current_person(),
                chat_import=chat_import,
                people=picked,
                at=now(),
                anew=request.form.get("anew") is not None,
            )
        except DomainError as error:
            problem = error
        else:
            flash(_("已为 %(n)s 通会话指定接待客服。", n=sum(dealt.values())), "success")
            return redirect(url_for(".agents", shop=chat_import.shop_id))
    chats = nameless_chats(chat_import)
    return render_template(
        "lms/qa/chats/deal.html",
        chat_import=chat_import,
        people=people,
        chats=len(chats),
        dealt=dealt_by_hand(chat_import),
        chosen=chosen,
        problem=problem,
    )
