"""The pages that explain: their numbers are those of the code and of the rows."""

import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from arena.battles import caps
from arena.battles.models import PairWeight
from arena.battles.verdicts import REASONS
from arena.catalog.models import ImageModel
from arena.generation.models import Candidate
from arena.generation.moderation import retire_candidate
from arena.ratings import boards, examination
from arena.ratings.models import Diagnosis, RatingRun
from arena.ratings.pairs import refresh_pairs
from arena.ratings.publishing import refresh_boards
from arena.scoring import elo, online_elo
from arena.web.constants import MEANINGS, list_constants, print_value
from tests.factories import cast, create_arena, create_candidate, create_challenge, create_model

pytestmark = pytest.mark.django_db


def numbers_of(module: ModuleType) -> set[str]:
    """The public constants that a module defines itself, as its source assigns them."""
    lines = Path(str(module.__file__)).read_text().splitlines()
    assigned = {line.split("=")[0].split(":")[0].strip() for line in lines if "=" in line}
    return {
        name
        for name in assigned
        if name.isupper()
        and not name.startswith("_")
        and isinstance(
            getattr(module, name, None), int | float | np.number | type(examination.EVERY)
        )
    }


@pytest.mark.parametrize("module", list(MEANINGS), ids=lambda module: module.__name__)
def test_every_constant_of_the_method_is_explained(module):
    assert numbers_of(module) == set(MEANINGS[module])


def test_the_ranking_page_prints_every_constant_with_its_value(client):
    page = client.get("/about/ranking/").content.decode()
    for constant in list_constants():
        assert f"{constant.module}<wbr>.{constant.name}</code>" in page
    for told in ("1.96", "173.72", ">0.5<", "20,000", "1 h"):
        assert told in page, told


def test_a_changed_constant_changes_the_page(client, monkeypatch):
    monkeypatch.setattr(boards, "PRELIMINARY_BELOW", 123_457)
    assert "123,457" in client.get("/about/ranking/").content.decode()
    assert "98765" not in client.get("/about/voting/").content.decode()
    monkeypatch.setattr(caps, "COUNTED_PER_DAY", 98_765)
    for path in ("/about/voting/", "/about/transparency/"):
        assert "98765 verdicts of one voter" in client.get(path).content.decode()


def test_the_scale_is_printed_from_its_constants(client, monkeypatch):
    for path in ("/about/voting/", "/about/ranking/"):
        text = client.get(path).content.decode()
        assert "the mean is 1000, and 400 points are odds of ten to one" in text
    monkeypatch.setattr(elo, "ANCHOR", 1500.0)
    monkeypatch.setattr(online_elo, "POINTS_PER_TENFOLD_ODDS", 300.0)
    text = client.get("/about/voting/").content.decode()
    assert "the mean is 1500, and 300 points are odds of ten to one" in text


@pytest.mark.parametrize(
    ("value", "printed"),
    [(20_000, "20,000"), (1000.0, "1000"), (0.046, "0.046"), (1e-8, "1e-08"), (1.0, "1")],
)
def test_numbers_are_printed_briefly(value, printed):
    assert print_value(value) == printed


def test_durations_are_printed_in_their_largest_whole_unit():
    assert print_value(examination.EVERY) == "1 h"
    assert print_value(caps.SHORTEST_LOOK) == "250 ms"


def test_the_voting_page_tells_every_reason_with_its_sentence(client):
    page = client.get("/about/voting/").content.decode()
    for reason in REASONS.values():
        assert f"<code>{reason.code}</code>" in page
        assert reason.sentence in page.replace("&#x27;", "'")


def places(client) -> list[dict]:
    page = client.get("/about/transparency/")
    return [place for found in page.context["populations"] for place in found["sampling"]]


def test_the_sampling_of_models_follows_the_weights_and_the_rows(client):
    create_arena(challenges=2, models=3, takes=2)
    for verdict in ("left", "tie", "right", "left"):
        cast(verdict=verdict)
    refresh_boards()
    refresh_pairs()
    retired = Candidate.objects.all()[0]
    retire_candidate(retired)
    (place,) = places(client)
    assert sum(row.drawn for row in place["rows"]) == pytest.approx(200)
    assert place["even"] == pytest.approx(200 / 3)
    run = RatingRun.objects.get(category=None, challenge=None)
    battles = dict(zip(run.arrays["models"], run.arrays["battles"], strict=True))
    for row in place["rows"]:
        model = ImageModel.objects.get(slug=row.slug)
        weights = PairWeight.objects.filter(first=model) | PairWeight.objects.filter(second=model)
        assert row.drawn == pytest.approx(100 * sum(w.weight for w in weights))
        assert row.battles == battles[model.pk]
        gone = model.pk == retired.slot.model_id
        assert (row.pictures, row.prompts, row.retired) == ((3, 2, 1) if gone else (4, 2, 0))
        assert row.takes == (1.5 if gone else 2)


def test_what_is_never_shown_is_neither_counted_nor_weighed(client):
    """A retired model, and one whose only pictures are of a closed challenge."""
    kept = create_arena(challenges=1, models=3)[0]
    closed, late = create_challenge(), create_model(name="Late")
    create_candidate(challenge=closed, model=late)
    closed.status = "closed"
    closed.save()
    old = ImageModel.objects.exclude(pk=late.pk).latest("pk")
    old.status = ImageModel.Status.RETIRED
    old.save()
    cast()
    refresh_boards()
    refresh_pairs()
    playing = set(ImageModel.objects.exclude(pk__in=[old.pk, late.pk]).values_list("pk", flat=True))
    weighed = PairWeight.objects.values_list("first", "second")
    assert {model for pair in weighed for model in pair} == playing
    (place,) = places(client)
    pictures = {row.slug: row.pictures for row in place["rows"]}
    assert pictures.get(old.slug, 0) == pictures.get(late.slug, 0) == 0
    assert sum(pictures.values()) == client.get("/").context["totals"]["pictures"] == 2
    assert kept.status == "open"


def test_retired_models_are_listed_and_missing_figures_said(client):
    create_arena()
    page = client.get("/about/transparency/").content.decode()
    assert "None: every model that ever took part still does." in page
    assert "a board is examined from 50 counted votes on" in page
    create_model(name="Old Master", status=ImageModel.Status.RETIRED)
    assert "Old Master" in client.get("/about/transparency/").content.decode()


def test_the_examination_stands_on_the_transparency_page(client, monkeypatch):
    monkeypatch.setattr(examination, "FEWEST_VOTES", 8)
    create_arena(challenges=2, models=3)
    for verdict in ("left", "left", "right", "left", "tie", "right", "left", "right"):
        cast(verdict=verdict)
    refresh_boards()
    assert examination.examine_boards() == 1
    (place,) = places(client)
    left = place["report"]["left"]
    assert (left["share"], left["low"] < left["share"] < left["high"]) == (
        100 * round(4 / 7, 4),
        True,
    )
    text = client.get("/about/transparency/").content.decode()
    assert "the left picture won 57.1 % of the decisive votes" in text
    assert ("chosen against it" in text) != ("two models stand level" in text)  # by the dice


@pytest.mark.parametrize(
    ("votes", "said"),
    [(1, "without 1 vote (2.50 %), chosen"), (1200, "without 1,200 votes (2.50 %), chosen")],
)
def test_both_pages_tell_the_first_places_footing_in_the_same_words(
    client, monkeypatch, votes, said
):
    monkeypatch.setattr(examination, "FEWEST_VOTES", 8)
    create_arena(models=3)
    for verdict in ("left", "left", "right", "left", "tie", "right", "left", "right"):
        cast(verdict=verdict)
    refresh_boards()
    examination.examine_boards()
    diagnosis = Diagnosis.objects.get()
    flip = {"votes": votes, "share": 0.025, "better": 0, "worse": 1, "verified": False}
    diagnosis.report["flip"] = flip
    diagnosis.save()
    better, worse = (ImageModel.objects.get(pk=pk).name for pk in diagnosis.report["models"][:2])
    lines = []
    for path in ("/about/ranking/", "/about/transparency/"):
        text = client.get(path).content.decode()
        assert f"{said} against it, {better} would stand behind {worse}. Even all" in text
        assert "the left picture won 57.1 % of the decisive votes" in text
        lines.append(re.findall(r"<li><b>(?:Left and right|First place)</b>.*?</li>", text))
    assert len(lines[0]) == 2
    assert lines[0] == lines[1]


def test_pages_that_explain_cost_the_same_queries_with_one_and_three_models(
    client, django_assert_num_queries
):
    create_arena(models=2)
    client.get("/about/transparency/")  # what a process keeps is read
    for _ in range(2):
        with django_assert_num_queries(26):
            client.get("/about/transparency/")
        create_arena(models=3)
    with django_assert_num_queries(0):
        client.get("/about/voting/")
    with django_assert_num_queries(2):
        client.get("/about/ranking/")
