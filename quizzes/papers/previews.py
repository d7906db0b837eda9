"""A paper as an examinee would get it, drawn for the trainer's eyes and not stored."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from quizzes.bank.queries import question_types
from quizzes.papers.drawing import draw, largest_paper
from quizzes.papers.models import Quiz
from quizzes.papers.queries import candidates_of, versions_of


@dataclass(frozen=True, slots=True)
class PreviewSlot:
    """One question as the examinee sees it; the key is not in it."""

    position: int
    stem: str
    type_label: str
    dimension: str
    template: str
    shown: dict[str, Any]


def preview_paper(quiz: Quiz, *, seed: int) -> list[PreviewSlot]:
    """A draw with this seed. While the pool is too small it shows what there is, without the blueprint."""
    candidates = candidates_of(quiz)
    blueprint = dict(quiz.blueprint or {})
    count = largest_paper(candidates, count=quiz.draw_count, blueprint=blueprint)
    if count < quiz.draw_count:
        blueprint, count = {}, largest_paper(candidates, count=quiz.draw_count)
    paper = draw(candidates, count=count, blueprint=blueprint, seed=seed)
    if not quiz.shuffle_items:
        place = {candidate.item_id: number for number, candidate in enumerate(candidates)}
        paper = tuple(sorted(paper, key=lambda candidate: place[candidate.item_id]))
    versions = versions_of([candidate.version_id for candidate in paper])
    types, rng = question_types(), random.Random(seed)  # noqa: S311  (a reproducible order, no secret)
    slots = []
    for position, candidate in enumerate(paper, start=1):
        version, kind = versions[candidate.version_id], types[candidate.type]
        definition = version.definition if quiz.shuffle_options else {**version.definition, "shuffle": False}
        slots.append(
            PreviewSlot(
                position=position,
                stem=version.stem,
                type_label=str(kind.label),
                dimension=candidate.dimension,
                template=kind.answer_template(),
                shown=kind.present(version.definition, kind.arrange(definition, rng)),
            )
        )
    return slots
