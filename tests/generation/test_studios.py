"""The fixtures' studios, asked over a real socket by the same adapter and code path as any provider."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from werkzeug.serving import make_server

from arena.catalog.models import ImageModel
from arena.challenges.models import Challenge
from arena.generation.calls import run_generation
from arena.generation.dispatch import plan_due
from arena.generation.models import Candidate, Generation, Slot
from arena.generation.slots import order_pictures
from arena.studios.server import application
from tests.factories import create_challenge

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("quick_references"),
]


@pytest.fixture
def studios(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PARAGONE_STUDIO_FAULTS", "0")
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.STUDIOS_URL = f"http://127.0.0.1:{server.server_port}"
    yield
    server.shutdown()
    thread.join(10)
    server.server_close()


def make_all(challenge: Challenge, *, takes: int) -> None:
    order_pictures(challenge, models=ImageModel.objects.filter(population="demo"), takes=takes)
    for _ in range(10):
        planned = plan_due()
        if not planned:
            return
        for generation_id in planned:
            run_generation(generation_id)


def test_each_take_of_a_studio_is_another_picture(studios):
    call_command("load_fixtures", no_pictures=True, verbosity=0)
    Challenge.objects.update(status="draft")
    challenge = create_challenge(prompts=("A large red sphere on a wooden table.",))
    make_all(challenge, takes=2)
    originals = Candidate.objects.values_list("original_sha256", flat=True)
    studios = ImageModel.objects.filter(
        population="demo", disciplines__contains=["text-to-image"]
    ).count()
    assert len(originals) == 2 * studios
    assert len(set(originals)) == 2 * studios


def test_an_edit_is_made_from_the_reference_picture(studios):
    call_command("load_fixtures", no_pictures=True, verbosity=0)
    night = Challenge.objects.get(slug="night-sky-transformation")
    Challenge.objects.filter(pk=night.pk).update(canvas_width=384, canvas_height=288)
    night.refresh_from_db()
    make_all(night, takes=1)
    assert Candidate.objects.filter(slot__prompt__challenge=night).count() >= 3
    assert set(Candidate.objects.values_list("pictures__width", flat=True)) == {384}


def test_what_a_studio_cannot_do_is_declined_with_a_reason(studios):
    call_command("load_fixtures", no_pictures=True, verbosity=0)
    Challenge.objects.update(status="draft")
    challenge = create_challenge(
        prompts=("Close portrait of a battle-worn paladin, lifelike eyes.",)
    )
    make_all(challenge, takes=1)
    assert not Candidate.objects.exists()
    for generation in Generation.objects.all():
        assert (generation.state, generation.outcome) == ("refused", "declined")
        assert "HTTP" not in generation.message
        assert len(generation.message) > 20
    assert not Slot.objects.filter(finished_at=None).exists()
