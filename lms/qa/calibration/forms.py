"""Forms of a round."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.qa.scorecards.models import ScorecardVersion

TITLE = [InputRequired(_l("请填写名称。")), Length(max=100, message=_l("最多 100 个字。"))]
COUNT = [InputRequired(_l("请填写一个数字。")), NumberRange(1, 100, _l("请填写 1 到 100 之间的数字。"))]


class RoundForm(FlaskForm):
    """What both kinds of rounds ask."""

    title = StringField(_l("名称"), validators=TITLE)
    count = IntegerField(_l("随机抽几通"), default=10, validators=COUNT)
    seed = IntegerField(
        _l("随机种子"),
        description=_l("同一个种子抽到的会话相同，方便别人核对。"),
        validators=[InputRequired(_l("请填写一个数字。"))],
    )
    due_on = DateField(_l("请在这天前评完（选填）"), validators=[Optional()])


class SharedForm(RoundForm):
    """Several people score the same chats."""

    version_id = SelectField(_l("评分表"), coerce=int)
    chats = StringField(
        _l("指定会话（选填）"),
        description=_l("填会话编号，用逗号隔开；填了就不再随机抽。"),
        validators=[Length(max=1000, message=_l("最多 1000 个字。"))],
    )

    def offer(self, versions: Sequence[ScorecardVersion]) -> SharedForm:
        """Fill the choices."""
        self.version_id.choices = [(one.id, one.title) for one in versions]
        return self


class RegradeForm(RoundForm):
    """Somebody's evaluations are scored again by others."""

    evaluator_id = SelectField(_l("复评谁的质检单"), coerce=int)

    def offer(self, people: Sequence[tuple[int, str, int]]) -> RegradeForm:
        """Fill the choices."""
        self.evaluator_id.choices = [(ident, f"{name}（{n}）") for ident, name, n in people]
        return self
