"""Forms of certificates: the editor of a kind, and a revocation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.certification.models import CODE_MAX, REASON_MAX, TITLE_MAX, CertificateType
from lms.certification.rendering import CertificateRenderer
from lms.certification.rules import Need
from lms.learning.labels import kind_label
from lms.learning.models import Activity, Competency
from lms.people.models import Shop

BLANK_ROWS = 3
_MARK = re.compile(r"#(\d{1,9})\s*$")


def activity_words(activity: Activity) -> str:
    """How a field names an activity: "测验 上岗考试 #12"; the number at the end is what counts."""
    return f"{kind_label(activity.kind)} {activity.title} #{activity.id}"


def activity_id_of(text: str) -> int | None:
    """The activity that a field names; None when the number is missing."""
    found = _MARK.search(text or "")
    return int(found[1]) if found else None


class ActivityField(StringField):
    """Names an activity, with suggestions from the page's list. ``activity_id`` is None when left empty."""

    activity_id: int | None = None

    def read(self, known: set[int]) -> None:
        """Find the activity among those that may be chosen; an error here, and for the form, when it is not there."""
        text = (self.data or "").strip()
        self.activity_id = activity_id_of(text)
        if text and self.activity_id not in known:
            self.activity_id = None
            message = _("找不到“%(text)s”，请从提示里选择。", text=text[:40])
            self.errors = [message]
            raise ValidationError(message)


def read_all(fields: Iterable[ActivityField], known: set[int]) -> None:
    """Read every field, so that each one that is wrong says so; raises the last of their errors."""
    wrong: ValidationError | None = None
    for each in fields:
        try:
            each.read(known)
        except ValidationError as error:
            wrong = error
    if wrong is not None:
        raise wrong


class NeedForm(Form):
    """One requirement: an activity and a least score."""

    activity = ActivityField(_l("学习活动"))
    min_score = IntegerField(_l("最低分"), validators=[Optional(), NumberRange(0, 100, _l("最低分填 0–100。"))])


class TypeForm(FlaskForm):
    """A kind of certificate."""

    title = StringField(_l("证书名称"), validators=[InputRequired(_l("请填写证书名称。")), Length(max=TITLE_MAX)])
    code = StringField(
        _l("编号前缀"),
        description=_l("大写字母，例如 SG，证书编号就是 SG-2026-000001 这样。"),
        validators=[InputRequired(_l("请填写编号前缀。")), Length(max=CODE_MAX)],
    )
    shop_id = SelectField(_l("适用店铺"), coerce=str)
    validity_days = IntegerField(
        _l("有效期（天）"),
        default=365,
        description=_l("留空表示长期有效。"),
        validators=[Optional(), NumberRange(1, 3650, _l("填 1–3650 天，长期有效就留空。"))],
    )
    needs = FieldList(FormField(NeedForm), label=_l("发证要求"))
    renewal = ActivityField(
        _l("续期考核"), description=_l("到期前 30 天自动布置，通过就换新证；留空表示全部要求重新通过才续期。")
    )
    competency_ids = SelectMultipleField(
        _l("另外证明的能力项"), coerce=int, description=_l("发证要求里的活动所教的能力项会自动写上证书。")
    )
    renderer = SelectField(_l("证书样式"), validate_choice=True)

    activities: Sequence[Activity] = ()

    def offer(
        self,
        *,
        shops: Sequence[Shop],
        everywhere: bool,
        activities: Sequence[Activity],
        competencies: Sequence[Competency],
        looks: Sequence[CertificateRenderer],
    ) -> TypeForm:
        """Fill the choices, and add blank rows to write further requirements in."""
        self.activities = activities
        if self.shop_id is not None:
            everybody = [("", _("全部店铺"))] if everywhere else []
            self.shop_id.choices = everybody + [(str(shop.id), shop.name) for shop in shops]
        self.competencies = {each.id: each for each in competencies}
        self.competency_ids.choices = [(each.id, f"{each.code} {each.name}") for each in competencies]
        self.renderer.choices = [(look.name, look.label) for look in looks]
        while sum(not (row.form.activity.data or "").strip() for row in self.needs) < BLANK_ROWS:
            self.needs.append_entry()
        return self

    def show(self, certificate_type: CertificateType) -> TypeForm:
        """Show what is stored; call it before :meth:`offer`."""
        for name in ("title", "code", "validity_days", "renderer"):
            self[name].data = getattr(certificate_type, name)
        for need in certificate_type.requirements:
            score = None if need.min_score is None else round(need.min_score * 100)
            self.needs.append_entry({"activity": activity_words(need.activity), "min_score": score})
        renewal = certificate_type.renewal_activity
        self.renewal.data = activity_words(renewal) if renewal else ""
        self.competency_ids.data = [each.id for each in certificate_type.competencies]
        return self

    def validate_needs(self, field: Any) -> None:
        read_all([row.form.activity for row in field], {activity.id for activity in self.activities})

    def validate_renewal(self, field: ActivityField) -> None:
        field.read({activity.id for activity in self.activities})

    @property
    def chosen_needs(self) -> list[Need]:
        """The rows that were filled in."""
        return [
            Need(
                row.form.activity.activity_id,
                None if row.form.min_score.data is None else row.form.min_score.data / 100,
            )
            for row in self.needs
            if row.form.activity.activity_id is not None
        ]

    @property
    def chosen_shop_id(self) -> int | None:
        return int(self.shop_id.data) if self.shop_id is not None and self.shop_id.data else None

    @property
    def chosen_competencies(self) -> list[Competency]:
        return [self.competencies[ident] for ident in self.competency_ids.data or [] if ident in self.competencies]


class EditTypeForm(TypeForm):
    """The shop stays as it is."""

    shop_id = None


class RevokeForm(FlaskForm):
    """Why a certificate is revoked."""

    reason = TextAreaField(
        _l("吊销原因"),
        description=_l("持证人会看到这段话。"),
        validators=[InputRequired(_l("请填写吊销原因。")), Length(max=REASON_MAX)],
    )
