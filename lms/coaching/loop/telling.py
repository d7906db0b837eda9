"""Tells agents, coaches and trainers what the loop did, in their notifications."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from lms.coaching.enums import Help
from lms.coaching.loop.models import RemedialCase
from lms.inbox.services import notify
from lms.kernel.clock import to_local
from lms.people.enums import Role
from lms.people.models import Person
from lms.people.queries import branch_heads, serving_with_role
from lms.qa.evaluations.models import Finding

KIND = "coaching"


def tell_case_begins(*, case: RemedialCase, at: datetime) -> None:
    """The agent hears of a lesson; for other help whoever leads the agent does."""
    name = case.criterion.name if case.criterion else ""
    due = to_local(case.due_at).strftime("%m-%d") if case.due_at else ""
    if case.help is Help.LESSON:
        title = _("补训：%(name)s，请在 %(due)s 前学完", name=name, due=due)
        body = _("质检发现这一项需要加强，先学课时，再做测验。")
        notify(people=[case.agent_id], kind=KIND, key=f"case:{case.id}", title=title, body=body, at=at, url=_url(case))
        return
    agent = case.agent.name
    title = _("%(agent)s 在“%(name)s”上需要换一种帮助方式", agent=agent, name=name)
    body = _("同样的课已经补过，问题又出现了。请安排面谈或演练，并在 %(due)s 前登记。", due=due)
    notify(people=leads_of(case.agent), kind=KIND, key=f"case:{case.id}", title=title, body=body, at=at, url=_url(case))


def tell_nothing_to_teach(*, finding: Finding, at: datetime) -> None:
    """Trainers hear, once a week, that a criterion fails people and no lesson is behind it."""
    week = to_local(at).strftime("%G-%V")
    notify(
        people=serving_with_role([Role.TRAINER], finding.shop_id),
        kind=KIND,
        key=f"no-lesson:{finding.criterion_id}:{week}",
        title=_("“%(name)s”没有可以补的课", name=finding.criterion.name),
        body=_("质检在这一项上发现了问题，但它的能力项下面还没有课时，没法布置补训。"),
        at=at,
        url=f"/qa/scorecards/{finding.criterion.scorecard_id}",
    )


def leads_of(person: Person) -> list[int]:
    """Who leads the branch that a person belongs to: the leads, or the supervisors where there is none. Not oneself."""
    heads = branch_heads(person)
    leads, supervisors = (
        [ident for ident in heads[role] if ident != person.id] for role in (Role.LEAD, Role.SUPERVISOR)
    )
    return leads or supervisors


def _url(case: RemedialCase) -> str:
    return f"/coaching/loop/cases/{case.id}"
