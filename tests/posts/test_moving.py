"""Posts and the change of posts: who may, what follows, and what stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.inbox.queries import count_unread
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Forbidden, NotFound
from lms.learning.enums import AssignmentReason, AssignmentState, Verb
from lms.learning.models import Assignment
from lms.learning.services import write_record
from lms.people.models import Person
from lms.posts.models import Post, PostChange
from lms.posts.moving import PostChangeError, change_posts, give_posts, plan_change
from lms.posts.queries import competency_status, people_to_post, posts_of, required_competencies
from lms.posts.rules import can_change_posts
from lms.posts.services import PostTaken, create_post, update_post
from lms.posts.starter import STARTER, load_posts
from tests.factories import make_activity, make_competency


def taught(name, shop=None, kind="lesson"):
    competency = make_competency(name, shop=shop)
    activity = make_activity(f"{name}课", shop=shop, kind=kind)
    activity.competencies.append(competency)
    db.session.flush()
    return competency, activity


def post(cast, name, *competencies, shop=None):
    return create_post(
        actor=cast.admin,
        name=name,
        description="",
        shop_id=shop.id if shop else None,
        competencies=competencies,
        at=now(),
    )


def completed(person, activity):
    key = f"{person.id}/{activity.id}"
    write_record(actor=person, verb=Verb.COMPLETED, activity=activity, at=now(), idempotency_key=key, completion=True)


@pytest.fixture
def two(cast):
    """Presale needs common + advice, after-sale needs common + refunds + calming; the agent has calming behind them."""
    common, advice, refunds, calming = taught("倾听"), taught("推荐"), taught("退款"), taught("安抚")
    presale = post(cast, "售前", common[0], advice[0])
    aftersale = post(cast, "售后", common[0], refunds[0], calming[0])
    completed(cast.agent, calming[1])
    return presale, aftersale, common, advice, refunds, calming


def test_the_change_is_shown_and_then_done_in_one_go(cast, two):
    presale, aftersale, _common, advice, refunds, _calming = two
    at = now()
    first = change_posts(
        actor=cast.supervisor, person=cast.agent, posts=[presale], assign_ids=[advice[1].id], cancel_ids=[],
        due_at=at + timedelta(days=7), at=at,
    )  # fmt: skip
    assert first.reason is AssignmentReason.ONBOARDING
    [task] = db.session.scalars(select(Assignment).where(Assignment.person_id == cast.agent.id)).all()
    assert (task.activity_id, task.reason) == (advice[1].id, AssignmentReason.ONBOARDING)

    plan = plan_change(actor=cast.supervisor, person=cast.agent, posts=[aftersale], at=now())
    assert [c.name for c in plan.added] == ["退款", "安抚"]
    assert ([c.name for c in plan.kept], [c.name for c in plan.dropped]) == (["倾听"], ["推荐"])
    assert ([a.id for a in plan.assign], [t.id for t in plan.cancel]) == ([refunds[1].id], [task.id])
    change_posts(
        actor=cast.supervisor, person=cast.agent, posts=[aftersale], assign_ids=[refunds[1].id, 999],
        cancel_ids=[task.id, 999], due_at=None, at=at,
    )  # fmt: skip
    assert task.state is AssignmentState.CANCELLED
    assert [p.name for p in posts_of([cast.agent.id])[cast.agent.id]] == ["售后"]
    history = db.session.scalars(select(PostChange).order_by(PostChange.id)).all()
    assert [([p["name"] for p in c.before], [p["name"] for p in c.after]) for c in history] == [
        ([], ["售前"]),
        (["售前"], ["售后"]),
    ]
    status = {row.competency.name: row for row in competency_status(cast.agent, cast.supervisor)}
    assert (status["安抚"].shown, status["安抚"].done) == (True, ("安抚课",))
    assert (status["退款"].shown, status["退款"].next.title) == (False, "退款课")
    assert {c.name for c in required_competencies(cast.agent.id)} == {"倾听", "退款", "安抚"}
    assert count_unread(cast.agent.id) >= 2


def test_work_on_a_finding_is_not_offered_for_dropping(cast, two):
    presale, aftersale, _common, _advice, *_more = two
    give_posts(actor=cast.admin, wishes=[(cast.agent2, [presale])], at=now())
    db.session.execute(text("UPDATE assignment SET reason = 'finding'"))
    db.session.expire_all()
    assert plan_change(actor=cast.admin, person=cast.agent2, posts=[aftersale], at=now()).cancel == ()


def test_who_may_change_whose_posts_and_the_list_agrees(cast, two):
    presale = two[0]
    for viewer in cast.people().values():
        listed = set(db.session.scalars(people_to_post(viewer)))
        may = {p for p in db.session.scalars(select(Person)) if can_change_posts(viewer, p)}
        if may:  # the list stands behind the permission
            assert listed == may
    with pytest.raises(NotFound):
        plan_change(actor=cast.lead, person=cast.agent, posts=[presale], at=now())
    with pytest.raises(NotFound):
        plan_change(actor=cast.other_trainer, person=cast.agent, posts=[presale], at=now())
    with pytest.raises(Forbidden):
        give_posts(actor=cast.agent, wishes=[(cast.agent, [presale])], at=now())


def test_a_post_of_another_shop_does_not_fit(cast, two):
    other = post(cast, "乙店夜班", shop=cast.other_shop)
    with pytest.raises(PostChangeError):
        plan_change(actor=cast.admin, person=cast.agent, posts=[other], at=now())
    with pytest.raises(NotFound):
        plan_change(actor=cast.supervisor, person=cast.agent, posts=[other], at=now())
    problems = give_posts(actor=cast.admin, wishes=[(cast.agent, [other]), (cast.agent2, [two[0]])], at=now())
    assert list(problems) == [cast.agent.id]
    assert [p.name for p in posts_of([cast.agent2.id])[cast.agent2.id]] == ["售前"]


def test_history_can_not_be_edited(cast, two):
    give_posts(actor=cast.admin, wishes=[(cast.agent, [two[0]])], at=now())
    db.session.flush()
    with pytest.raises(DBAPIError):
        db.session.execute(text("DELETE FROM post_change"))
    db.session.rollback()


def test_posts_are_data_and_a_start_leaves_what_was_changed(cast):
    assert load_posts(at=now()) == len(STARTER) == 7
    vip = db.session.scalars(select(Post).where(Post.slug == "vip")).one()
    extra = make_competency("贵宾礼仪")
    update_post(actor=cast.admin, post=vip, name="大客户", description="", competencies=[extra])
    shared = make_competency("商品知识")
    shared.code = "K3"
    assert load_posts(at=now()) == 0
    presale = db.session.scalars(select(Post).where(Post.slug == "presale")).one()
    assert (vip.name, vip.competencies, presale.competencies) == ("大客户", [extra], [shared])
    with pytest.raises(Forbidden):
        update_post(actor=cast.trainer, post=vip, name="x", description="", competencies=[])
    with pytest.raises(PostTaken):
        post(cast, "大客户")


def test_the_page_shows_the_change_before_it_is_done(cast, two, sign_in):
    aftersale = two[1]
    db.session.commit()
    client = sign_in(cast.supervisor)
    url = f"/posts/people/{cast.agent.id}/change"
    shown = client.get(f"{url}?chosen=1&post={aftersale.id}").text
    assert all(word in shown for word in ("新要求", "退款课", "确认调岗"))
    assert posts_of([cast.agent.id])[cast.agent.id] == []
    answer = client.post(url, data={"chosen": "1", "post": aftersale.id, "assign": two[4][1].id})
    assert answer.status_code == 302
    assert [p.name for p in posts_of([cast.agent.id])[cast.agent.id]] == ["售后"]
    assert client.get(f"{url}?chosen=1&post=999").status_code == 404
    assert sign_in(cast.agent2).get(f"/posts/people/{cast.agent.id}").status_code == 403
