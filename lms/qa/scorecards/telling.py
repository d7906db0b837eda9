"""Who hears of a published scorecard: evaluators of the new version, trainers of what is demanded but not taught."""

from __future__ import annotations

from flask_babel import gettext as _

from lms.inbox.services import notify
from lms.kernel.hookspecs import DashboardCard
from lms.people.enums import Role
from lms.people.models import Person
from lms.people.queries import serving_with_role
from lms.qa.scorecards.definition import Definition
from lms.qa.scorecards.guiding import LABELS, orphans
from lms.qa.scorecards.models import ScorecardVersion
from lms.qa.scorecards.queries import orphans_for

CARD_ROWS = 6


def tell_published(*, version: ScorecardVersion) -> None:
    """Tell the shop's evaluators, and its trainers when something is demanded that was not taught.

    What ships with the program is no news.
    """
    if version.published_by_id is None:
        return
    scorecard, at = version.scorecard, version.published_at
    url = f"/qa/scorecards/{scorecard.id}"
    evaluators = serving_with_role([Role.EVALUATOR], scorecard.shop_id)
    notify(
        people=[ident for ident in evaluators if ident != version.published_by_id],
        kind="scorecard",
        key=f"scorecard:{version.id}",
        title=_("评分表《%(title)s》第 %(n)s 版已发布", title=version.title, n=version.number),
        body=version.note,
        url=url,
        at=at,
    )
    lacking = orphans(Definition.from_json(version.definition), scorecard.shop_id)
    if lacking:
        names = "、".join(one.spec.name for one in lacking[:5])
        notify(
            people=serving_with_role([Role.TRAINER], scorecard.shop_id),
            kind="scorecard_orphans",
            key=f"scorecard-orphans:{version.id}",
            title=_("有 %(n)s 个评分项没教过就在考核，请补上课时或试题", n=len(lacking)),
            body=_("《%(title)s》：%(names)s", title=version.title, names=names),
            url=f"{url}#guided",
            at=at,
        )


def cards_for(person: Person) -> list[DashboardCard]:
    """没教过就在考核的评分项: for trainers, while there are any."""
    if Role.TRAINER not in person.access.roles:
        return []
    rows = orphans_for(person)
    if not rows:
        return []
    context = {"rows": rows[:CARD_ROWS], "count": len(rows), "labels": LABELS}
    return [DashboardCard(46, "lms/qa/scorecards/card.html", context)]
