"""Weights of the pair model: log odds that two texts mean the same. From tests/bench/fit_grouping.py."""

THRESHOLD = 0.3

WEIGHTS: tuple[float, ...] = (
    -15.1874,  # intercept
    1.0221,  # char1
    0.7205,  # char2
    -1.9743,  # char3
    9.9348,  # word
    -4.6600,  # content
    -11.8141,  # char_jaccard
    9.0228,  # char_contained
    10.9675,  # char_contained_max
    -3.8218,  # word_contained
    -5.9322,  # word_contained_max
    13.5434,  # content_jaccard
    -2.7395,  # content_contained
    0.6363,  # char_rest_min
    1.3371,  # char_rest_max
    0.7511,  # word_rest_min
    1.5155,  # word_rest_max
    1.4643,  # content_rest_min
    1.3781,  # content_rest_max
    -0.6606,  # length
    1.2111,  # length_ratio
    -0.8971,  # kind_differs
    0.3508,  # kind_shared
    -0.8061,  # negation_differs
    -0.0866,  # number_differs
    0.1469,  # number_missing
    1.8751,  # order
)
