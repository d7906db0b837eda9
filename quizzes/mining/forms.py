"""Forms of the question factory."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from quizzes.mining.labels import DIMENSIONS, STAGES
from quizzes.mining.models import ANSWER_MAX, QUESTION_MAX


class GroupForm(FlaskForm):
    """What a person may set on a group."""

    question = StringField(_l("问题"), [DataRequired(_l("请写问题。")), Length(min=2, max=QUESTION_MAX)])
    answer = TextAreaField(_l("采用的回答"), [Optional(), Length(max=ANSWER_MAX)])
    stage = SelectField(_l("阶段"), choices=[(stage.value, label) for stage, label in STAGES.items()])
    dimension = SelectField(_l("维度"), choices=list(DIMENSIONS.items()))
    product_label = StringField(_l("商品"), [Optional(), Length(max=200)])
