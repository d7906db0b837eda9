"""Which mined group is which stored group, when chats are mined again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence


def match_groups(
    mined: Sequence[frozenset[Hashable]], stored: Mapping[int, frozenset[Hashable]], preferred: frozenset[int]
) -> dict[int, int]:
    """Index of the mined group → id of the stored group that it continues.

    Members are what tells one question from another (message and wording). A stored group is continued by the mined
    group with which it shares most, when that is most of either; each is used once. `preferred` ids win a tie (those
    that are in use), then the smaller id.
    """
    holder = {member: ident for ident, members in stored.items() for member in members}
    holder.update({member: ident for ident in preferred for member in stored.get(ident, ())})
    offers: list[tuple[int, bool, int, int]] = []
    for index, members in enumerate(mined):
        shared = Counter(holder[member] for member in members if member in holder)
        for ident, times in shared.items():
            if times * 2 > len(members) or times * 2 > len(stored[ident]):
                offers.append((-times, ident not in preferred, ident, index))
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, ident, index in sorted(offers):
        if ident not in taken and index not in matched:
            matched[index] = ident
            taken.add(ident)
    return matched
