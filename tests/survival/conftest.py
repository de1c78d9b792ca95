from collections.abc import Callable, Iterator

import pytest

from .site import Site, wait_for

# An address at which nobody listens: `up` starts no studios, and the pictures below stay alone.
NO_STUDIOS = {"STUDIOS_URL": "http://127.0.0.1:1"}
# In one transaction: the workers order what they see lacking.
SEED = """
from django.db import transaction
from tests.factories import create_arena

with transaction.atomic():
    create_arena(challenges=2, models=4, takes=4)
"""


@pytest.fixture
def start_site() -> Iterator[Callable[..., Site]]:
    """Start sites, and end them even if the test fails."""
    started: list[Site] = []

    def start(**environment: str) -> Site:
        site = Site(**environment)
        started.append(site)
        site.wait_until_ready()
        return site

    yield start
    for site in started:
        site.end()


@pytest.fixture
def site(start_site: Callable[..., Site]) -> Site:
    """A site with pictures of four models, whose workers have shown that they are alive."""
    site = start_site(**NO_STUDIOS)
    site.close_shipped_challenges()
    site.run_python(SEED)
    wait_for(
        lambda: site.value("select count(*) from generation_pulse") == 3,
        seconds=40,
        what=site.output,
    )
    return site
