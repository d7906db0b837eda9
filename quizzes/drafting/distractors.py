"""Wrong options: the right answer with one fact changed, and real answers to other questions."""

from __future__ import annotations

import random

from quizzes.drafting.facts import Change
from quizzes.drafting.pool import Candidate, Pool, Statement, comparable
from quizzes.drafting.topics import likeness, terms, topics


def own_changes(key: Statement, most: int) -> list[str]:
    """Contradictions of the key, of different kinds first."""
    found: list[Change] = []
    for change in key.changes:
        if change.kind not in [one.kind for one in found]:
            found.append(change)
    found += [change for change in key.changes if change not in found and change.kind == "number"]
    return [change.text for change in found[:most]]


def foreign(candidate: Candidate, key: Statement, pool: Pool, rng: random.Random, most: int) -> list[str]:
    """Real answers to other questions which have no matter in common with this one; same stage and product first."""
    assert candidate.question is not None
    group = candidate.group
    own_topics = key.topics | topics(candidate.question.text) | topics(group.question)
    own_terms = key.terms | terms(candidate.question.text, pool.cut) | terms(group.question, pool.cut)
    ranked: list[tuple[float, str, Statement]] = []
    known_rules = set(pool.rules)
    for one in pool.statements:
        if (
            not one.alone
            or one.group.key == group.key
            or one.topics & own_topics
            or one.terms & own_terms
            or not one.topics
        ):
            continue
        ratio = len(one.text) / len(key.text)
        if (
            not 0.45 <= ratio <= 2.2
            or likeness(one.text, key.text) > 0.3
            or likeness(one.group.question, candidate.question.text) > 0.3
        ):
            continue
        near = (
            (one.group.stage == group.stage)
            + (one.group.product == group.product)
            - abs(len(one.text) - len(key.text)) / 20
        )
        near += 2 * (one in known_rules)
        ranked.append((near + rng.random(), one.text, one))
    chosen: list[Statement] = []
    for _, _, one in sorted(ranked, key=lambda entry: (-entry[0], entry[1])):
        if len(chosen) < most and all(
            likeness(one.text, known.text) < 0.4 and one.group.key != known.group.key for known in chosen
        ):
            chosen.append(one)
    return [one.text for one in chosen]


def changed_of(topic: str, key: Statement, pool: Pool, rng: random.Random) -> list[tuple[Statement, Change]]:
    """Other statements on a subject, each with one of its contradictions."""
    found = [
        (one, rng.choice(one.changes[:2]))
        for one in pool.rules
        if one.changes and comparable(key, one, topic) and one.group.key != key.group.key
    ]
    rng.shuffle(found)
    return sorted((pair for pair in found if pool.uses[pair[0].text] < 3), key=lambda pair: pool.uses[pair[0].text])
