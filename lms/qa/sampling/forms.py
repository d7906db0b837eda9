"""The form of a sampling plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from lms.qa.sampling.labels import SIGNALS
from lms.qa.sampling.models import SamplingPlan
from lms.qa.sampling.services import PlanData
from lms.qa.sampling.signals import DEFAULT_WEIGHTS
from lms.qa.scorecards.models import Scorecard


def _whole(label: Any, low: int, high: int, hint: Any = "") -> IntegerField:
    wrong = _l("请填 %(low)s–%(high)s 之间的整数。", low=low, high=high)
    return IntegerField(label, description=hint, validators=[InputRequired(wrong), NumberRange(low, high, wrong)])


def _weight(name: str) -> IntegerField:
    wrong = _l("请填 0–10 之间的整数。")
    return IntegerField(SIGNALS[name], default=round(DEFAULT_WEIGHTS[name]), validators=[NumberRange(0, 10, wrong)])


class PlanForm(FlaskForm):
    title = StringField(_l("名称"), validators=[InputRequired(_l("请填写名称。")), Length(max=100)])
    scorecard_id = SelectField(_l("评分表"), coerce=int)
    team_id = SelectField(_l("抽谁"), coerce=int)
    per_agent = _whole(_l("每人每周抽几通"), 1, 200)
    random_share = _whole(_l("其中随机抽（%）"), 0, 100, _l("其余的按风险从高到低抽。没有风险的会话时，也改为随机抽。"))
    new_hire_days = _whole(_l("入职多少天内算新人"), 0, 365)
    new_hire_extra = _whole(_l("新人每周多抽几通"), 0, 100)
    weight_wait = _weight("wait")
    weight_forbidden = _weight("forbidden")
    weight_refund = _weight("refund")
    weight_transfer = _weight("transfer")
    weight_anger = _weight("anger")
    active = BooleanField(_l("启用：每小时自动抽取本周和上周的会话"), default=True)

    def offer(self, scorecards: Sequence[Scorecard], teams: Sequence[tuple[int, str]]) -> PlanForm:
        """Fill the choices; team 0 is everybody who serves the shop."""
        self.scorecard_id.choices = [(card.id, card.title) for card in scorecards]
        self.team_id.choices = [(0, str(_l("服务这家店铺的所有人"))), *teams]
        return self

    def weights(self) -> list[Any]:
        """The fields of the weights, for the template."""
        return [self[f"weight_{name}"] for name in DEFAULT_WEIGHTS]

    def show(self, plan: SamplingPlan) -> None:
        """Fill the form with a plan."""
        self.title.data, self.scorecard_id.data, self.team_id.data = plan.title, plan.scorecard_id, plan.team_id or 0
        self.per_agent.data, self.random_share.data = plan.per_agent, round(plan.random_share * 100)
        self.new_hire_days.data, self.new_hire_extra.data = plan.new_hire_days, plan.new_hire_extra
        self.active.data = plan.active
        for name in DEFAULT_WEIGHTS:
            self[f"weight_{name}"].data = round(plan.risk_weights.get(name, 0))

    def data_for(self, scorecards: Sequence[Scorecard]) -> PlanData:
        """What the form says."""
        return PlanData(
            title=self.title.data or "",
            scorecard=next(card for card in scorecards if card.id == self.scorecard_id.data),
            team_id=self.team_id.data or None,
            per_agent=self.per_agent.data or 1,
            random_share=(self.random_share.data or 0) / 100,
            risk_weights={name: float(self[f"weight_{name}"].data or 0) for name in DEFAULT_WEIGHTS},
            new_hire_days=self.new_hire_days.data or 0,
            new_hire_extra=self.new_hire_extra.data or 0,
            active=bool(self.active.data),
        )
