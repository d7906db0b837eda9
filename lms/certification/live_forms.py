"""Forms of probation: a signature, a level, the editor of a gate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Length

from lms.certification.enums import Level, RequirementKind, Signer
from lms.certification.forms import BLANK_ROWS, ActivityField, activity_words, read_all
from lms.certification.labels import LEVEL_LABELS, SIGNER_LABELS
from lms.certification.live_models import TEXT_MAX, LiveGate
from lms.certification.live_rules import Requirement
from lms.certification.models import CertificateType
from lms.learning.models import Activity
from lms.people.models import Shop


class SignOffLine(Form):
    """A sign-off that a gate asks for; ``key`` ties it to the signatures given so far."""

    key = HiddenField(validators=[Length(max=40)])
    text = StringField(_l("签字内容"), validators=[Length(max=TEXT_MAX)])
    signer = SelectField(
        _l("谁签"),
        choices=[(signer.value, label) for signer, label in SIGNER_LABELS.items()],
        default=Signer.LEAD.value,
    )


class GateForm(FlaskForm):
    """For whom, and what is asked for."""

    shop_id = SelectField(_l("店铺"), coerce=str)
    post_id = SelectField(_l("岗位"), coerce=str)
    level = SelectField(_l("适用"), choices=[(level.value, label) for level, label in LEVEL_LABELS.items()])
    type_ids = SelectMultipleField(_l("有效的证书"), coerce=int)
    activities = FieldList(ActivityField(), label=_l("通过的学习活动"))
    sign_offs = FieldList(FormField(SignOffLine), label=_l("签字"))

    known: Sequence[Activity] = ()

    def show(self, gate: LiveGate) -> GateForm:
        """Show what is stored; call it before :meth:`offer`."""
        lines = [Requirement.from_json(kept) for kept in gate.requirements]
        self.type_ids.data = [line.ref for line in lines if line.kind is RequirementKind.CERTIFICATE]
        self._refs = [line.ref for line in lines if line.kind is RequirementKind.ACTIVITY]
        for line in lines:
            if line.kind is RequirementKind.SIGN_OFF:
                signer = (line.signer or Signer.LEAD).value
                self.sign_offs.append_entry({"key": line.key, "text": line.text, "signer": signer})
        return self

    def offer(
        self,
        *,
        shops: Sequence[Shop],
        posts: Sequence[tuple[int, str]],
        everywhere: bool,
        types: Sequence[CertificateType],
        activities: Sequence[Activity],
    ) -> GateForm:
        """Fill the choices, and add blank rows to write further lines in."""
        self.known = activities
        self.shop_id.choices = ([("", _("全部店铺"))] if everywhere else []) + [(str(s.id), s.name) for s in shops]
        self.post_id.choices = [("", _("全部岗位")), *((str(ident), name) for ident, name in posts)]
        self.type_ids.choices = [(kind.id, kind.title) for kind in types]
        by_id = {activity.id: activity for activity in activities}
        for ref in getattr(self, "_refs", []):
            if ref in by_id:
                self.activities.append_entry(activity_words(by_id[ref]))
        while sum(not (field.data or "").strip() for field in self.activities) < 2:
            self.activities.append_entry("")
        while sum(not (row.form.text.data or "").strip() for row in self.sign_offs) < BLANK_ROWS:
            self.sign_offs.append_entry()
        return self

    def validate_activities(self, field: Any) -> None:
        read_all(list(field), {activity.id for activity in self.known})

    @property
    def requirements(self) -> list[Requirement]:
        """The lines that were filled in: certificates, activities, sign-offs."""
        asked = [Requirement("", RequirementKind.CERTIFICATE, "", ref) for ref in self.type_ids.data or []]
        asked += [
            Requirement("", RequirementKind.ACTIVITY, "", field.activity_id)
            for field in self.activities
            if field.activity_id is not None
        ]
        for row in self.sign_offs:
            text, key = (row.form.text.data or "").strip(), row.form.key.data or ""
            if text:
                asked.append(Requirement(key, RequirementKind.SIGN_OFF, text, signer=Signer(row.form.signer.data)))
        return asked

    @property
    def chosen_shop_id(self) -> int | None:
        return int(self.shop_id.data) if self.shop_id.data else None

    @property
    def chosen_post_id(self) -> int | None:
        return int(self.post_id.data) if self.post_id.data else None

    @property
    def chosen_level(self) -> Level:
        return Level(self.level.data)
