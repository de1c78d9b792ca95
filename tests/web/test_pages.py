"""Public pages: they answer, show what the data says, and cost a fixed number of queries."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from arena.battles.models import Battle
from arena.battles.pool import Scope
from arena.catalog.models import ImageModel, Population, Provider
from arena.challenges.models import Category, Challenge
from arena.generation.models import Generation, Slot
from arena.generation.pulse import record_pulse
from arena.ratings.examination import examine_boards
from arena.ratings.models import RatingRun
from arena.ratings.publishing import refresh_boards
from arena.web.context import forget_site
from tests.factories import (
    cast,
    create_arena,
    create_candidate,
    create_challenge,
    create_model,
    create_offering,
    create_slot,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_references")]


def board_of(discipline: str = "text-to-image", **query: str) -> str:
    return reverse("web:board", args=[discipline], query=query)


def test_every_page_answers_on_an_empty_database(client):
    for name in ("home", "vote", "models", "challenges", "how", "progress", "robots"):
        assert client.get(reverse(f"web:{name}")).status_code == 200, name
    assert client.get("/leaderboard/", follow=True).status_code == 200
    assert "Not enough data yet" in client.get(board_of()).content.decode()


def test_every_page_answers_with_the_fixtures(client):
    call_command("load_fixtures", verbosity=0)
    paths = [reverse("web:model", args=[m.slug]) for m in ImageModel.objects.all()]
    paths += [reverse("web:challenge", args=[c.slug]) for c in Challenge.objects.all()]
    assert len(paths) >= 7 + 6
    for path in paths:
        assert client.get(path).status_code == 200, path


def test_no_rating_stands_beside_a_model_without_battles(client):
    call_command("load_fixtures", verbosity=0)
    page = client.get(reverse("web:model", args=["nano-banana-2"])).content.decode()
    assert "No battles yet" in page
    assert "1302" not in page


def test_the_board_shows_rating_interval_rank_and_counts(client):
    create_arena(models=3)
    for verdict in ["left", "tie", "right", "left", "both_bad", "right"]:
        cast(verdict=verdict)
    refresh_boards()
    page = client.get(board_of())
    rows = page.context["rows"]
    assert [row.rank for row in rows] == [1, 2, 3]
    text = page.content.decode()
    for row in rows:
        assert row.name in text
        assert row.preliminary
        assert row.forest.x_low < row.forest.x_mid < row.forest.x_high
    assert "6 counted votes" in text


def test_the_heatmap_shows_the_matchup_count(client):
    create_arena(models=2)
    for _ in range(3):
        cast(verdict="left")
    refresh_boards()
    heatmap = client.get(board_of()).context["heatmap"]
    cell = heatmap.rows[0].cells[1]
    assert (cell.n, cell.few) == (3, True)
    assert heatmap.rows[0].cells[0].empty


def test_a_challenge_board_is_a_filter_in_the_address(client):
    first, second = create_arena(challenges=2)
    for _ in range(4):
        cast()
    refresh_boards()
    whole, part = (
        client.get(board_of()).context["votes"],
        client.get(board_of(challenge=first.slug)).context["votes"],
    )
    rest = client.get(board_of(challenge=second.slug)).context["votes"]
    assert whole == 4 == part + rest
    assert client.get(board_of(challenge="nonsense")).status_code == 404
    assert client.get(board_of("nonsense")).status_code == 404


def test_htmx_gets_the_fragment_alone(client):
    fragment = client.get(board_of(), headers={"HX-Request": "true"}).content.decode()
    assert 'id="board"' in fragment
    assert "<html" not in fragment


def test_a_challenge_page_shows_why_models_declined(client):
    challenge = create_challenge(prompts=("First line.\nSecond line.",))
    model = create_model(name="Honest Studio")
    slot = create_slot(challenge=challenge, model=model)
    Generation.objects.create(
        slot=slot,
        offering=create_offering(model=model),
        state="refused",
        outcome="declined",
        message="This studio draws no people.",
    )
    Slot.objects.update(finished_at="2026-01-01T00:00Z")
    page = client.get(reverse("web:challenge", args=[challenge.slug])).content.decode()
    assert "Honest Studio" in page
    assert "This studio draws no people." in page
    assert "Declined by 1 of 1 models" in page
    assert "First line." in page
    # A challenge that nobody can do stays visible, without a way to a vote that cannot be.
    assert reverse("web:vote_challenge", args=[challenge.slug]) not in page
    assert "fewer than two models" in page


def test_a_refusal_beside_pictures_does_not_say_that_the_model_declined_it_all(client):
    (challenge,) = create_arena(models=2, takes=1)
    model = Slot.objects.first().model
    slot = create_slot(challenge=challenge, model=model, take=1)
    Generation.objects.create(
        slot=slot, offering=model.offerings.get(), state="refused", message="Not this one."
    )
    Slot.objects.update(finished_at="2026-01-01T00:00Z")
    page = client.get(reverse("web:challenge", args=[challenge.slug])).content.decode()
    assert "Not this one." in page
    assert "Declined by" not in page
    assert reverse("web:vote_challenge", args=[challenge.slug]) in page


def test_prompts_are_escaped(client):
    challenge = create_challenge(prompts=("<script>alert(1)</script>",), title="<b>Bold</b>")
    page = client.get(reverse("web:challenge", args=[challenge.slug])).content.decode()
    assert "<script>alert" not in page
    assert "<b>Bold</b>" not in page


def test_the_progress_fragment_polls_until_it_is_done(client):
    challenge = create_challenge()
    create_slot(challenge=challenge, model=create_model())
    address = reverse("web:challenge_progress", args=[challenge.slug])
    assert address in client.get(address).content.decode()
    Slot.objects.all().delete()
    assert "hx-trigger" not in client.get(address).content.decode()


def test_the_banner_names_workers_that_are_away(client):
    page = client.get("/").content.decode()
    assert "picture workers" in page
    assert "ratings worker" in page
    record_pulse("generate")
    record_pulse("ratings")
    forget_site()
    page = client.get("/").content.decode()
    assert "picture workers" not in page


def test_the_demo_banner_counts_simulated_and_human_votes(client):
    create_arena()
    cast()
    page = client.get("/").content.decode()
    assert "0 simulated" in page
    assert "1 human" in page


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/leaderboard/text-to-image/", 15),
        ("/models/", 12),
    ],
)
def test_lists_cost_the_same_queries_for_1_and_3_rows(
    client, django_assert_max_num_queries, count, path, queries
):
    create_arena(models=2 * count)
    for _ in range(3 * count):
        cast()
    refresh_boards()
    with django_assert_max_num_queries(queries):
        assert client.get(path).status_code == 200


def test_robots_are_kept_out_of_the_vote(client):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /vote/" in text


def test_the_content_security_policy_allows_nothing_inline(client):
    policy = client.get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_only_the_vote_pages_write_on_get(client, django_capture_on_commit_callbacks):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    create_arena()
    cast()
    refresh_boards()
    challenge = Challenge.objects.get()
    model = ImageModel.objects.first()
    paths = [
        "/",
        "/leaderboard/text-to-image/",
        "/models/",
        "/challenges/",
        "/about/voting/",
        "/livez",
    ]
    paths += [f"/models/{model.slug}/", f"/challenges/{challenge.slug}/", "/progress/", "/readyz"]
    for path in paths:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(path)
        writes = [
            q["sql"]
            for q in queries
            if q["sql"].split()[0].lower() in ("insert", "update", "delete")
        ]
        assert writes == [], path


def test_readyz_names_what_is_missing(client, settings):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert set(answer.json()["missing"]) == {"generate", "intake", "ratings"}
    for queue in ("generate", "intake", "ratings"):
        record_pulse(queue)
    assert client.get("/readyz").json() == {"ready": True, "missing": {}}
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert list(answer.json()["missing"]) == ["redis"]


def test_livez_answers_without_asking_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/livez").json() == {"alive": True}


def test_unknown_pages_are_404_with_a_way_on(client):
    answer = client.get("/nonsense/")
    assert answer.status_code == 404
    assert reverse("web:vote") in answer.content.decode()
    assert not project.DEBUG


def test_a_database_that_is_away_is_a_503_that_says_so(client, monkeypatch):
    from django.db import OperationalError

    from arena.web.views import home

    def fail(*_: object, **__: object) -> None:
        raise OperationalError("the database system is starting up")

    client.raise_request_exception = False
    monkeypatch.setattr(home, "read_board", fail)
    answer = client.get("/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "database is restarting" in answer.content.decode()
    monkeypatch.setattr(home, "read_board", lambda *_: 1 / 0)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Traceback" not in answer.content.decode()


def test_each_discipline_shows_its_own_population_on_pages_and_in_the_api(client):
    [edit] = create_arena(discipline="image-editing")
    cast(scope=Scope(challenge=edit.slug))
    [text] = create_arena(population=Population.REAL)
    cast(scope=Scope(challenge=text.slug))
    refresh_boards()
    forget_site()
    for challenge, population in ((edit, "demo"), (text, "real")):
        discipline, slug = challenge.discipline, challenge.slug
        demo = population == "demo"
        board = client.get(f"/api/v1/leaderboards/{discipline}").json()
        assert (board["population"], board["votes"]) == (population, 1)
        assert ("counted apart" in client.get(board_of(discipline)).content.decode()) == demo
        asked = client.get(f"/api/v1/challenges/{slug}").json()
        assert (asked["population"], asked["votes"], len(asked["standings"])) == (population, 1, 2)
        page = client.get(reverse("web:challenge", args=[slug])).content.decode()
        assert "1 counted vote on this challenge alone" in page
        assert ("counted apart" in page) == demo
    listed = client.get("/api/v1/challenges").json()["items"]
    told = {one["slug"]: (one["population"], one["votes"]) for one in listed}
    assert told == {edit.slug: ("demo", 1), text.slug: ("real", 1)}
    for page in (reverse("web:challenges"), "/"):
        cards = client.get(page).content.decode()
        assert cards.count("1 vote ") == 2
        assert cards.count("<li>demo studios</li>") == 1


def test_pictures_of_a_challenge_are_those_of_its_standings_everywhere(client, settings):
    """Real votes on text alone: a closed editing challenge shows its demo pictures, and its links lead there."""
    edit = create_challenge(discipline="image-editing", status="closed")
    for population in ("real", "real", "demo"):
        create_candidate(challenge=edit, model=create_model(population=population))
    Challenge.objects.filter(pk=edit.pk).update(closed_at=timezone.now() - timedelta(days=1))
    [text] = create_arena(population=Population.REAL)
    cast(scope=Scope(challenge=text.slug))
    refresh_boards()
    page = client.get(reverse("web:challenge", args=[edit.slug]))
    assert len(page.context["exhibits"]) == 1
    gallery = client.get(page.context["gallery_url"])
    assert gallery.status_code == 200
    assert len(gallery.context["gallery"].exhibits) == 1
    assert client.get("/gallery/?challenge=%00&discipline=nonsense").status_code == 404
    told = client.get(f"/api/v1/challenges/{edit.slug}/pictures").json()
    assert told["population"] == "demo"
    assert {one["model"]["population"] for one in told["items"]} == {"demo"}
    for asked in (
        "population=real",
        f"model={ImageModel.objects.filter(population='real')[0].slug}",
    ):
        told = client.get(f"/api/v1/challenges/{edit.slug}/pictures?{asked}").json()
        assert {one["model"]["population"] for one in told["items"]} == {"real"}, asked


def test_a_category_is_a_filter_in_the_address(client):
    first, second = create_arena(challenges=2, models=3)
    logos = Category.objects.create(slug="logo", name="Logos")
    first.categories.add(logos)
    second.categories.add(Category.objects.create(slug="layout", name="Layout"))
    for _ in range(12):
        cast()
    refresh_boards()
    page = client.get(board_of(category="logo")).content.decode()
    assert "Category:" in page
    assert "<b>Logos</b>" in page
    votes = RatingRun.objects.get(category=logos).votes
    assert f"{votes} counted vote" in page
    assert client.get(board_of(category="nobody")).status_code == 404


def test_the_method_page_prints_constants_and_the_examination_of_each_board(client):
    empty = client.get(reverse("web:ranking")).content.decode()
    assert "No examination yet" in empty
    assert "Below 30 counted battles" in empty
    create_arena(models=3, takes=2)
    for verdict in ("left", "right", "left", "tie", "both_bad") * 12:
        cast(verdict=verdict)
    refresh_boards()
    examine_boards()
    page = client.get(reverse("web:ranking")).content.decode()
    assert "60 votes of 60 voters on 1 challenge," in page
    assert "3 of 3 pairs have met" in page
    for model in ImageModel.objects.all():
        assert model.name in page


@pytest.mark.parametrize(
    ("markup", "said"), [("0", "no markup"), ("0.055", "plus 5.5 % markup")], ids=["none", "some"]
)
def test_model_page_says_what_a_provider_adds_to_its_list(client, markup, said):
    offering = create_offering(resend_safe=False)
    offering.price_rules.update(quality="high", unit="million-tokens", tokens_of="image")
    Provider.objects.update(markup=markup)
    page = client.get(reverse("web:model", args=[offering.model.slug])).content.decode()
    assert said in page
    assert "per million tokens of pictures · high" in page


NUL = "\0"  # which PostgreSQL takes in no text


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("post", "/battles/{}/verdict/", 404),
        ("post", "/battles/{}/skip/", 404),
        ("post", "/battles/{}/undo/", 404),
        ("get", "/battles/{}/report/", 404),
        ("get", "/pictures/{}.jpg", 404),
        ("get", "/pictures/{}/report/", 404),
        ("get", "/originals/{}", 404),
        ("get", "/models/?lab={}", 404),
        ("get", "/gallery/?model={}", 404),
        ("get", "/challenges/?category={}", 404),
        ("get", "/leaderboard/text-to-image/?lab={}", 404),
        ("get", "/vote/?after={}", 200),
    ],
)
def test_text_that_no_row_can_hold_is_told_and_never_a_500(client, method, address, status):
    create_arena()
    address = address.format(quote(f"a{NUL}b"))
    assert getattr(client, method)(address).status_code == status


@pytest.mark.parametrize("scope", ["challenge", "category"])
def test_a_scope_that_no_row_can_hold_is_everything(client, scope):
    create_arena()
    client.get("/vote/")
    token = Battle.objects.first().token
    address = f"/battles/{token}/skip/?{scope}={quote(f'a{NUL}b')}"
    assert client.post(address).status_code in (200, 302)
