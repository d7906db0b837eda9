"""Forms of coaching sessions; what the coach writes comes as numbered fields, see :func:`read_notes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from lms.coaching.sessions.models import CoachingTemplate
from lms.coaching.sessions.services import PLAN_MOST, PlanLine, SessionError
from lms.coaching.sessions.template_services import SectionText
from lms.kernel.clock import from_local, to_local
from lms.people.forms import ChecklistField
from lms.qa.evaluations.models import Finding


class AppointmentForm(FlaskForm):
    """When, what about, and who may know of it. ``planned_at`` is Shanghai time."""

    title = StringField(_l("主题"), validators=[Length(max=100)], description=_l("不填就用模板的名称。"))
    planned_at = DateTimeLocalField(
        _l("面谈时间"),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        validators=[InputRequired(_l("请选择面谈时间。"))],
    )
    confidential = BooleanField(
        _l("保密"), description=_l("只有您和对方能看到，主管、列表、导出和时间线里都没有。设为保密后不能改回公开。")
    )
    evidence = ChecklistField(_l("要谈的质检问题"), coerce=int)

    def offer(self, findings: Sequence[Finding]) -> AppointmentForm:
        """The findings to pick from."""
        self.evidence.choices = [(each.id, _finding_label(each)) for each in findings]
        return self

    def moment(self) -> datetime:
        """The planned time as a moment."""
        assert self.planned_at.data is not None
        return from_local(self.planned_at.data)


class PlanForm(AppointmentForm):
    """A session to be planned."""

    template_id = SelectField(_l("模板"), coerce=int)
    case_id = SelectField(_l("关联的补训"), coerce=int)

    def offer_templates(self, templates: Sequence[CoachingTemplate], cases: Sequence[tuple[int, str]]) -> PlanForm:
        """Fill the choices."""
        self.template_id.choices = [(each.id, each.title) for each in templates]
        self.case_id.choices = [(0, _("不关联")), *cases]
        return self


def _finding_label(finding: Finding) -> str:
    quote = finding.quotes[0]["text"] if finding.quotes else finding.note
    day = to_local(finding.served_at).strftime("%m-%d")
    return f"{day} {finding.criterion.name}" + (f"：{quote[:40]}" if quote else "")


def read_notes(form: Mapping[str, str], count: int) -> tuple[int, list[str], list[PlanLine]]:
    """What the page of a session sent: the revision, a text for each section, the plan. SessionError for a bad date."""
    rev = form.get("rev", "")
    lines = []
    for n in range(PLAN_MOST + 1):
        text = form.get(f"plan-{n}", "").strip()
        if text:
            lines.append(PlanLine(text, _day(form.get(f"due-{n}", ""))))
    return int(rev) if rev.isdecimal() else -1, [form.get(f"note-{n}", "") for n in range(count)], lines


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise SessionError(_("完成日期写法不对。"), where=text[:20], hint=_("请按 2026-03-09 的格式填写。")) from error


def read_sections(form: Mapping[str, str], most: int = 12) -> list[SectionText]:
    """The sections of a template as its page sent them."""
    return [SectionText(form.get(f"title-{n}", ""), form.get(f"hint-{n}", "")) for n in range(most)]
