"""Forms of sign-in, people, teams and shops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, PasswordField, SelectField, SelectMultipleField, StringField, widgets
from wtforms.validators import EqualTo, InputRequired, Length

from lms.people.accounts import ACCOUNT_MAX, NAME_MAX, TEAM_NAME_MAX
from lms.people.enums import Role
from lms.people.labels import role_label
from lms.people.passwords import MAX_LENGTH, MIN_LENGTH

NO_TEAM = 0


class ChecklistField(SelectMultipleField):
    """Several of a few, as check boxes."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class SignInForm(FlaskForm):
    account = StringField(_l("账号"), validators=[InputRequired(_l("请填写账号。")), Length(max=200)])
    password = PasswordField(_l("密码"), validators=[InputRequired(_l("请填写密码。")), Length(max=1000)])
    next = HiddenField()


class PasswordForm(FlaskForm):
    current = PasswordField(_l("当前密码"), validators=[InputRequired(_l("请填写当前密码。")), Length(max=1000)])
    new = PasswordField(
        _l("新密码"),
        validators=[
            InputRequired(_l("请填写新密码。")),
            Length(
                min=MIN_LENGTH,
                max=MAX_LENGTH,
                message=_l("密码要有 %(low)s 到 %(high)s 位。", low=MIN_LENGTH, high=MAX_LENGTH),
            ),
        ],
    )
    again = PasswordField(
        _l("再输一遍新密码"),
        validators=[InputRequired(_l("请再输一遍新密码。")), EqualTo("new", _l("两次输入的新密码不一样。"))],
    )


class PersonForm(FlaskForm):
    """``teams`` are (id, "售后部/A组") pairs; ``scope_id`` is the branch of the roles 组长, 主管, 培训师, 质检员."""

    account = StringField(
        _l("账号"),
        description=_l("登录用，建好后不能改。可以用拼音、工号或子账号名。"),
        validators=[InputRequired(_l("请填写账号。")), Length(max=ACCOUNT_MAX)],
    )
    name = StringField(_l("姓名"), validators=[InputRequired(_l("请填写姓名。")), Length(max=NAME_MAX)])
    team_id = SelectField(_l("团队"), coerce=int)
    roles = ChecklistField(_l("角色"), choices=[(role.value, role_label(role)) for role in Role])
    scope_id = SelectField(
        _l("管理范围"),
        coerce=int,
        description=_l("组长和主管看得到哪个团队；培训师和质检员负责哪些店铺。不选就是自己的团队。"),
    )

    def offer(self, teams: Sequence[tuple[int, str]]) -> PersonForm:
        """Fill the choices of teams."""
        self.team_id.choices = [(NO_TEAM, _l("（不属于任何团队）")), *teams]
        self.scope_id.choices = [(NO_TEAM, _l("（自己的团队）")), *teams]
        return self


class EditPersonForm(PersonForm):
    account = None


class TeamForm(FlaskForm):
    name = StringField(_l("团队名称"), validators=[InputRequired(_l("请填写团队名称。")), Length(max=TEAM_NAME_MAX)])
    parent_id = SelectField(_l("上级团队"), coerce=int)
    shops = ChecklistField(
        _l("服务的店铺"), coerce=int, description=_l("下级团队也服务这些店铺；成员只看得到自己店铺的会话、商品和试题。")
    )

    def offer(self, teams: Sequence[tuple[int, str]], shops: Sequence[tuple[int, str]]) -> TeamForm:
        """Fill the choices of parents and shops."""
        self.parent_id.choices = [(NO_TEAM, _l("（最上级）")), *teams]
        self.shops.choices = [*shops]
        return self


class ShopForm(FlaskForm):
    name = StringField(_l("店铺名称"), validators=[InputRequired(_l("请填写店铺名称。")), Length(max=NAME_MAX)])


class PeopleFileForm(FlaskForm):
    file = FileField(_l("人员表"), validators=[FileRequired(_l("请选择一个 xlsx 或 csv 文件。"))])


def attach(form: FlaskForm, *, where: str, message: Any) -> None:
    """Put a service's refusal at the field it speaks of, or above the form."""
    target = form[where] if where in form else None  # noqa: SIM401 forms have no get()
    if target is None:
        form.form_errors.append(message)
    else:
        target.errors = [*target.errors, message]
