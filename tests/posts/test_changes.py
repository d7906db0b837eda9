"""What a change of posts adds and drops: worked examples, checked by hand."""

from __future__ import annotations

from lms.posts.changes import ActivityFact, diff_requirements, suggested, to_assign, to_cancel

A1, K1, K3, S1, S2 = range(1, 6)
PRESALE, AFTERSALE, VIP = frozenset({A1, K3, S1}), frozenset({A1, K1, S2}), frozenset({A1, S1, S2})


def test_from_presale_to_aftersale():
    diff = diff_requirements([PRESALE], [AFTERSALE])
    assert (diff.added, diff.kept, diff.dropped) == ({K1, S2}, {A1}, {K3, S1})


def test_several_posts_count_together_and_a_first_post_adds_all():
    assert diff_requirements([PRESALE], [PRESALE, VIP]).added == {S2}
    assert diff_requirements([PRESALE, VIP], [VIP]).dropped == {K3}
    assert diff_requirements([], [AFTERSALE]).added == AFTERSALE
    assert diff_requirements([AFTERSALE], []).dropped == AFTERSALE


def test_what_is_assigned_and_what_is_dropped():
    diff = diff_requirements([PRESALE], [AFTERSALE])
    facts = [
        ActivityFact(10, frozenset({K1})),  # new and to do
        ActivityFact(11, frozenset({S2}), completed=True),  # new, but done before
        ActivityFact(12, frozenset({K1}), is_open=True),  # new, but given already: stays
        ActivityFact(13, frozenset({A1})),  # required before and after: nothing to add
        ActivityFact(14, frozenset({K3}), is_open=True),  # only presale asked for it
        ActivityFact(15, frozenset({K3, A1}), is_open=True),  # teaches something still required
        ActivityFact(16, frozenset({S1}), completed=True),  # done: nothing to take back
        ActivityFact(17, frozenset(), is_open=True),  # no competency: nobody's requirement
        ActivityFact(18, frozenset({K3, S2})),  # teaches something new as well
    ]
    assert to_assign(diff, facts) == [10, 18]
    assert to_cancel(diff, facts) == [14]


def test_an_exam_over_everything_is_offered_but_not_suggested():
    diff = diff_requirements([PRESALE], [AFTERSALE])  # adds K1, S2
    exam = ActivityFact(20, frozenset({A1, K1, K3, S1, S2}))  # two of five
    quiz = ActivityFact(21, frozenset({A1, K1}))  # one of two
    assert to_assign(diff, [exam, quiz]) == [20, 21]
    assert suggested(diff, [exam, quiz]) == [21]
