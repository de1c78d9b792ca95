import json
from pathlib import Path

import numpy as np
import pytest

from arena.scoring.bradley_terry import fit
from arena.scoring.elo import POINTS_PER_LOG_ODDS, rate
from arena.scoring.tallies import VERDICTS, tally_votes

GOLDEN = Path(__file__).parents[2] / "fixtures" / "golden"


def load(name):
    case = json.loads((GOLDEN / name).read_text())
    left, right, verdict, count = zip(*case["tallies"], strict=True)
    tallies = tally_votes(
        left=left,
        right=right,
        verdict=[VERDICTS.index(v) for v in verdict],
        weight=count,
        models=len(case["models"]),
    )
    return case, tallies


@pytest.fixture(params=sorted(path.name for path in GOLDEN.glob("*.json")))
def golden(request):
    return load(request.param)


def test_fit_reproduces_the_golden_strengths(golden):
    case, tallies = golden
    theta = fit(tallies.wins()).theta
    if case["reference"] is not None:
        theta = theta - theta[case["reference"]]
    assert theta == pytest.approx(np.array(case["log_odds"]), abs=case["tolerance"])


def test_board_prints_the_golden_strengths_on_the_elo_scale(golden):
    case, tallies = golden
    log_odds = np.array(case["log_odds"])
    expected = 1000 + POINTS_PER_LOG_ODDS * (log_odds - log_odds.mean())
    slack = 0.05 + 2 * case["tolerance"] * POINTS_PER_LOG_ODDS
    board = rate(tallies, prior=None)
    assert board.rating == pytest.approx(expected, abs=slack)
    assert np.argsort(board.rank).tolist() == np.argsort(-log_odds).tolist()


def test_every_golden_case_names_its_source(golden):
    case, _ = golden
    assert case["source"]
    assert case["how"]
