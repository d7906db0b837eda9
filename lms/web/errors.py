"""Turns errors into a page, or for htmx into a notice, once for the whole app. Never a stack trace."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from lms.kernel.db import db
from lms.kernel.errors import DomainError

log = logging.getLogger(__name__)


def words(status: int) -> tuple[str, str, str]:
    """(icon, what happened, what to do) for an HTTP status."""
    texts = {
        400: ("alert-circle", _("这个请求处理不了"), _("请返回上一页检查填写的内容，然后重试。")),
        401: ("lock", _("请先登录"), _("登录后会回到刚才的页面。")),
        403: ("shield-lock", _("没有权限"), _("如工作需要，请联系管理员开通。")),
        404: ("zoom-question", _("找不到这个页面"), _("内容可能已被删除、改了地址，或者不在您的可见范围内。")),
        405: ("hand-stop", _("不能这样打开这个地址"), _("请从页面上的按钮或链接进入。")),
        408: ("clock-off", _("等待超时"), _("网络可能较慢，请重试。")),
        409: ("git-compare", _("内容已经变了"), _("别人可能刚改过，请刷新页面看最新内容后再操作。")),
        413: ("file-alert", _("文件太大"), _("单个文件不能超过 %(n)s MB，请拆分或压缩成 zip 后再上传。", n=_max_mb())),
        414: ("link", _("地址太长"), _("请减少筛选条件后重试。")),
        415: ("file-off", _("不支持这种内容"), _("请换一种文件格式。")),
        422: ("alert-circle", _("内容没有通过检查"), _("请按提示改正后重试。")),
        429: ("hourglass", _("操作太频繁"), _("为保护账号，请稍等一会儿再试。")),
        500: (
            "tool",
            _("程序出了意外的错误"),
            _("这次操作没有保存。请重试；仍不行请把时间和操作告诉管理员，错误已记入日志。"),
        ),
        503: ("server", _("系统正忙"), _("请稍等片刻再试。")),
    }
    return texts.get(status) or texts[400 if status < 500 else 500]


def _max_mb() -> int:
    return (current_app.config.get("MAX_CONTENT_LENGTH") or 0) // (1024 * 1024)


def respond(
    status: int, *, message: str = "", where: str = "", hint: str = "", retry_after: str = "", lock: Any = None
) -> Response:
    """The error as a whole page, or as a notice among the toasts when htmx asked.

    ``lock`` (``lms.kernel.hookspecs.Lock``) is what keeps a person from an activity: its page is offered as the way on.
    """
    icon, title, todo = words(status)
    if lock is not None:
        icon, todo = "lock", _("满足条件后会自动开放，不用申请权限。")
    context: dict[str, Any] = {
        "status": status,
        "icon_name": icon,
        "title": message or title,
        "where": where,
        "hint": hint or todo,
        "lock": lock,
    }
    if "HX-Request" in request.headers:
        response = make_response(render_template("lms/web/toast.html", **context), status)
        response.headers["HX-Retarget"] = "#toasts"
        response.headers["HX-Reswap"] = "beforeend"
    else:
        response = make_response(render_template("lms/web/error.html", **context), status)
    if retry_after:
        response.headers["Retry-After"] = retry_after
    return response


def init_errors(app: Flask) -> None:
    """Register the handlers."""

    @app.errorhandler(DomainError)
    def domain_error(error: DomainError) -> Response:
        db.session.rollback()
        lock = getattr(error, "lock", None)
        return respond(error.status, message=error.message, where=error.where, hint=error.hint, lock=lock)

    @app.errorhandler(CSRFError)
    def csrf_error(error: CSRFError) -> Response:
        return respond(
            400,
            message=_("页面已过期，这次提交没有保存"),
            hint=_("可能是登录状态已更新，或页面打开太久。请刷新页面后重新提交。"),
        )

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        status = error.code or 500
        if status < 400:
            return make_response(error.get_response())
        answer = error.get_response()
        response = respond(status, retry_after=answer.headers.get("Retry-After", ""))
        for name in ("Allow", "WWW-Authenticate"):
            if name in answer.headers:
                response.headers[name] = answer.headers[name]
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        db.session.rollback()
        log.exception("%s %s failed", request.method, request.path)
        if app.testing and app.config.get("PROPAGATE_EXCEPTIONS") is not False:
            raise error
        try:
            return respond(500)
        except Exception:
            # The page itself may be what failed (a broken plugin's navigation, the database gone).
            log.exception("the error page failed too")
            response = make_response("程序出了意外的错误，请稍后再试。", 500)
            response.mimetype = "text/plain"
            return response
