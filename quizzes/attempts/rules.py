"""Who may take a quiz, see an attempt, its answers, and mark it. The list twins stand in ``queries``."""

from __future__ import annotations

from lms.people.models import Person
from lms.people.rules import can_assign_to, can_see_person, can_see_shop, has_permission
from quizzes.attempts.models import Attempt
from quizzes.papers.enums import ShowAnswers
from quizzes.papers.models import Quiz
from quizzes.permissions import Q


def can_take(person: Person, quiz: Quiz, *, is_assigned: bool) -> bool:
    """Whether the quiz exists for this person: it is a task of theirs, or open to practice, in a shop they serve.

    `is_assigned` counts an open or a done assignment, not a cancelled one. Whether an attempt may start now is another
    question: see `quizzes.papers.policies.standing`.
    """
    if quiz.activity_id is None or not has_permission(person, Q.QUIZZES_TAKE):
        return False
    return can_see_shop(person, quiz.shop_id) and (is_assigned or quiz.open_practice)


def can_answer(person: Person, attempt: Attempt) -> bool:
    """Only the owner answers and hands in."""
    return attempt.person_id == person.id


def can_see_result(viewer: Person, attempt: Attempt) -> bool:
    """The owner sees the own result; leads, supervisors and trainers those of their people, in shops they see."""
    if not can_see_shop(viewer, attempt.quiz.shop_id):
        return False
    return attempt.person_id == viewer.id or (
        has_permission(viewer, Q.RESULTS_READ)
        and (can_see_person(viewer, attempt.person) or can_assign_to(viewer, attempt.person))
    )


def can_see_answers(viewer: Person, attempt: Attempt) -> bool:
    """Whether keys, rationales and sources may be shown: by the attempt's frozen policy; to editors always.

    A lead or supervisor sees what the examinee may see: they take quizzes too.
    """
    if attempt.is_open:
        return False
    if attempt.person_id != viewer.id and has_permission(viewer, Q.QUIZZES_EDIT):
        return True
    match attempt.policy.show_answers:
        case ShowAnswers.AFTER_SUBMIT:
            return True
        case ShowAnswers.AFTER_PASS:
            return attempt.passed is True
        case ShowAnswers.NEVER:
            return False


def can_mark(marker: Person, attempt: Attempt) -> bool:
    """Markers mark the people whose results they see, and never their own answers."""
    return (
        attempt.person_id != marker.id
        and not attempt.is_open
        and has_permission(marker, Q.ATTEMPTS_MARK)
        and can_see_shop(marker, attempt.quiz.shop_id)
        and (can_see_person(marker, attempt.person) or can_assign_to(marker, attempt.person))
    )
