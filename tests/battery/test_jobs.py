"""Every fault of the table through rows and real sockets: a slot, its call, its end, its money.

By default a share of the cases that BATTERY_SEED (0) chooses, with every kind among them;
`make battery` runs all of them several times. BATTERY_SHARE (0.25), BATTERY_ROUNDS (1),
BATTERY_THREADS (8).
"""

from __future__ import annotations

import pytest

from .cases import SEED, SHARE, choose_cases
from .conftest import Findings
from .jobs import check

# The cases themselves commit to the database, and are over when the first test begins.
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", choose_cases(share=SHARE, seed=SEED))
def test_case(name: str, findings: Findings) -> None:
    assert findings[name]
    for case, finding in findings[name]:
        check(case, finding)
