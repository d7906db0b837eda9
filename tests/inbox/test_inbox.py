"""Notifications: told once, read by the person alone, and never a way out of the app."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from lms.inbox.models import Notification
from lms.inbox.queries import count_unread, notifications_of
from lms.inbox.services import Told, mark_read, notify, notify_each
from lms.kernel.clock import now
from lms.kernel.db import db


def titles(person):
    return [each.title for each in db.session.scalars(notifications_of(person.id))]


def test_told_once_a_key(cast):
    at = now()
    both = [cast.agent.id, cast.agent2.id]
    assert notify(people=both, kind="t", key="k1", title="一", at=at) == 2
    assert notify(people=[*both, cast.lead.id], kind="t", key="k1", title="又一", at=at) == 1
    each = [Told(cast.agent.id, "k2", "二"), Told(cast.agent.id, "k2", "二"), Told(cast.agent2.id, "k3", "三")]
    assert notify_each(told=each, kind="t", at=at + timedelta(minutes=1)) == 2
    assert (titles(cast.agent), titles(cast.agent2), titles(cast.lead)) == (["二", "一"], ["三", "一"], ["又一"])


def test_unread_stand_first_and_somebody_elses_stay_untouched(cast):
    at = now()
    for n in range(3):
        notify(people=[cast.agent.id, cast.agent2.id], kind="t", key=f"k{n}", title=f"第{n}条", at=at + timedelta(n))
    newest = db.session.scalars(notifications_of(cast.agent.id)).first()
    mark_read(actor=cast.agent2, at=at, notification_id=newest.id)  # not theirs
    assert (count_unread(cast.agent.id), count_unread(cast.agent2.id)) == (3, 3)
    mark_read(actor=cast.agent, at=at, notification_id=newest.id)
    assert titles(cast.agent) == ["第1条", "第0条", "第2条"]
    mark_read(actor=cast.agent, at=at)
    assert (count_unread(cast.agent.id), count_unread(cast.agent2.id)) == (0, 3)


def test_following_one_marks_it_read_and_never_leads_outside(cast, sign_in):
    told = [
        Told(cast.agent.id, "in", "里", url="/learning/tasks"),
        Told(cast.agent.id, "out", "外", url="//evil.example"),
    ]
    notify_each(told=told, kind="t", at=now())
    db.session.commit()
    ids = dict(db.session.execute(select(Notification.key, Notification.id)).all())
    client = sign_in(cast.agent)
    assert "里" in client.get("/").get_data(as_text=True)
    assert client.get(f"/notifications/{ids['in']}").location == "/learning/tasks"
    assert client.get(f"/notifications/{ids['out']}").location == "/notifications/"
    assert count_unread(cast.agent.id) == 0
