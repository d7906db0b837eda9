"""What an account, a person's name and a team's name may look like. Pure."""

from __future__ import annotations

import re
import unicodedata

from flask_babel import gettext as _

ACCOUNT_MAX = 64
NAME_MAX = 40
TEAM_NAME_MAX = 40
TEAM_DEPTH_MAX = 6

# Shop sub-accounts look like "某某旗舰店:小美", so letters of any script and a colon are fine.
_ACCOUNT = re.compile(r"\w[\w.@:+-]*")
_FORMULA_STARTS = ("=", "+", "-", "@")


def normalise_account(text: str) -> str:
    """The one spelling of an account: half width, lower case, no blanks around it."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def normalise_name(text: str) -> str:
    """A name with blanks collapsed; rare characters stay as typed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def account_problem(account: str) -> str | None:
    """What is wrong with a normalised account, as a sentence; None when it will do."""
    if not account:
        return _("请填写账号。")
    if not 2 <= len(account) <= ACCOUNT_MAX:
        return _("账号要有 2 到 %(n)s 个字符。", n=ACCOUNT_MAX)
    if not _ACCOUNT.fullmatch(account):
        return _("账号只能用文字、数字和 . _ - @ : +，并以文字或数字开头。")
    return None


def name_problem(name: str) -> str | None:
    """What is wrong with a normalised name, as a sentence; None when it will do."""
    if not name:
        return _("请填写姓名。")
    if len(name) > NAME_MAX:
        return _("姓名最多 %(n)s 个字。", n=NAME_MAX)
    return _text_problem(name, _("姓名"))


def team_name_problem(name: str) -> str | None:
    """What is wrong with a normalised team name, as a sentence; None when it will do."""
    if not name:
        return _("请填写团队名称。")
    if len(name) > TEAM_NAME_MAX:
        return _("团队名称最多 %(n)s 个字。", n=TEAM_NAME_MAX)
    if re.search(r"[/\\>＞／]", name):
        return _("团队名称里不能有 / \\ >，它们用来分隔上下级。")
    return _text_problem(name, _("团队名称"))


def _text_problem(text: str, what: str) -> str | None:
    if text.startswith(_FORMULA_STARTS):
        return _("%(what)s不能以 = + - @ 开头，表格软件会把它当成公式。", what=what)
    if any(unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Cn") for char in text):
        return _("%(what)s里有看不见的控制字符，请重新输入。", what=what)
    return None
