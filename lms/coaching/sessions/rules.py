"""Who may coach whom and see which session. The list twins stand in ``queries``; a test holds the two together."""

from __future__ import annotations

from datetime import datetime, timedelta

from lms.coaching.enums import SessionState
from lms.coaching.permissions import C
from lms.coaching.sessions.models import CoachingSession, CoachingTemplate
from lms.people.models import Person
from lms.people.rules import can_see_person, can_see_shop, has_permission

SIGN_WITHIN = timedelta(hours=48)
"""Both should have signed by then; after that the session is shown as unsigned."""


def can_coach(actor: Person, agent: Person) -> bool:
    """Whoever leads the agent; never oneself."""
    return (
        has_permission(actor, C.COACHING_EDIT)
        and actor.id != agent.id
        and agent.active
        and can_see_person(actor, agent)
    )


def is_one_of_two(viewer: Person, session: CoachingSession) -> bool:
    """The coach or the coached one."""
    return viewer.id in (session.coach_id, session.agent_id)


def can_see_session(viewer: Person, session: CoachingSession) -> bool:
    """The two; of what is not confidential whoever leads the agent, too."""
    if is_one_of_two(viewer, session):
        return True
    return (
        not session.confidential
        and has_permission(viewer, C.COACHING_EDIT)
        and can_see_shop(viewer, session.shop_id)
        and can_see_person(viewer, session.agent)
    )


def is_frozen(session: CoachingSession) -> bool:
    """Somebody has signed: what was agreed on can't change any more."""
    return bool(session.signatures)


def can_write(viewer: Person, session: CoachingSession) -> bool:
    """The coach writes, until somebody signs."""
    return (
        viewer.id == session.coach_id
        and session.state in (SessionState.PLANNED, SessionState.HELD)
        and not is_frozen(session)
    )


def can_read_notes(viewer: Person, session: CoachingSession) -> bool:
    """What the coach prepares is the coach's own until the session was held."""
    return viewer.id == session.coach_id or session.state in (SessionState.HELD, SessionState.SIGNED)


def has_signed(person: Person, session: CoachingSession) -> bool:
    return any(signature.person_id == person.id for signature in session.signatures)


def can_sign(viewer: Person, session: CoachingSession) -> bool:
    """Each of the two, once, after it was held."""
    return session.state is SessionState.HELD and is_one_of_two(viewer, session) and not has_signed(viewer, session)


def can_rate(viewer: Person, session: CoachingSession) -> bool:
    """The coached one, once, after having signed."""
    return viewer.id == session.agent_id and session.rating is None and has_signed(viewer, session)


def can_see_rating(viewer: Person, session: CoachingSession) -> bool:
    """The two of them. Others see means of several sessions only."""
    return is_one_of_two(viewer, session)


def is_unsigned(session: CoachingSession, at: datetime) -> bool:
    """Held 48 hours ago or longer, and a signature is lacking."""
    return session.state is SessionState.HELD and session.held_at is not None and session.held_at <= at - SIGN_WITHIN


def can_edit_template(actor: Person, template: CoachingTemplate) -> bool:
    """Templates of one's shops; what ships is copied, not changed."""
    return (
        has_permission(actor, C.RULES_EDIT)
        and template.slug is None
        and template.shop_id is not None
        and can_see_shop(actor, template.shop_id)
    )
