"""A shop's settings of quality checks: which checks run, the band of reply times, own words, time limits."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from lms.kernel.clock import now
from lms.people.guards import current_person, requires
from lms.people.queries import shops_visible_to
from lms.people.rules import require_visible
from lms.qa.checks.forms import SettingsForm
from lms.qa.checks.running import chat_checks
from lms.qa.checks.settings import save_settings, settings_of
from lms.qa.permissions import Q

bp = Blueprint("qa_checks", __name__, url_prefix="/qa/checks", template_folder="templates")


@bp.route("", methods=["GET", "POST"])
@requires(Q.SCORECARDS_EDIT)
def index() -> str | BaseResponse:
    shops = shops_visible_to(current_person())
    wanted = request.args.get("shop", "")
    shop = next((one for one in shops if str(one.id) == wanted), None if wanted else next(iter(shops), None))
    require_visible(shop is not None or not wanted)
    if shop is None:
        return render_template("lms/qa/checks/settings.html", shop=None)
    checks, settings = chat_checks(), settings_of(shop.id)
    form = SettingsForm()
    if request.method == "GET":
        form.show(settings, checks)
    if form.validate_on_submit():
        save_settings(actor=current_person(), shop_id=shop.id, settings=form.changed(settings, checks), at=now())
        flash(_("已保存。"), "success")
        return redirect(url_for(".index", shop=shop.id))
    return render_template("lms/qa/checks/settings.html", shop=shop, shops=shops, form=form, checks=checks)
