"""The honest effect of a lesson on a simulated shop of 60 agents over 26 weeks, 400 half years of it.

A null lesson's interval must hold 0 in 93–97 % of the runs, while before and after claim about 13 points; a lesson that
lifts passing by 10 points must be found (interval above 0) in at least 65 %. Other delays are printed for comparison.
Prints a line a figure; exits 1 when a bar is missed.
Usage: python tests/bench/bench_effect.py [--runs 400] [--seed 1]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from statistics import fmean

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, tests is not on the path
DELAYS = (7, 10, 14, 21)
COVER, NAIVE, FOUND = (0.93, 0.97), (0.115, 0.145), 0.65


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    from lms.coaching.effects.estimate import DEFAULT_DELAY_DAYS, estimate
    from tests.coaching.effects.simulation import World, simulate

    good, began = True, time.perf_counter()
    for delay in DELAYS:
        for true in (0.0, 0.05, 0.10):
            runs = simulate(given.runs, true, seed=given.seed, world=World(delay_days=delay))
            told = [estimate(cases) for cases in runs]
            covers = fmean(one.low is not None and one.low <= 0 <= (one.high or 0) for one in told)
            above = fmean(one.low is not None and one.low > 0 for one in told)
            silent = sum(one.low is None for one in told)
            honest, naive = fmean(one.difference or 0 for one in told), fmean(one.naive.gain or 0 for one in told)
            missed = []
            if delay == DEFAULT_DELAY_DAYS and true == 0.0:
                if not COVER[0] <= covers <= COVER[1]:
                    missed.append(f"holds 0 in {COVER[0]:.0%} to {COVER[1]:.0%}")
                if not NAIVE[0] <= naive <= NAIVE[1]:
                    missed.append("before and after near +13")
            if delay == DEFAULT_DELAY_DAYS and true == 0.10 and above < FOUND:
                missed.append(f"found in {FOUND:.0%}")
            good = good and not missed
            print(
                f"delay {delay:2} days, true effect {100 * true:+3.0f}: {fmean(map(len, runs)):.0f} cases, honest "
                f"{100 * honest:+5.1f}, holds 0 in {covers:.1%}, above 0 in {above:.1%}, silent {silent}; before and "
                f"after {100 * naive:+5.1f}{'' if not missed else '  MISSED: ' + ', '.join(missed)}",
                flush=True,
            )
    print(f"{given.runs} runs each, {time.perf_counter() - began:.0f} s on the clock")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
