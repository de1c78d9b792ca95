"""The catalogue's list, a model's page where rows are missing, and what machines read of both."""

import re
from datetime import UTC, date, datetime
from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from django.urls import reverse
from PIL import Image

from arena.catalog.models import ImageModel, Lab, ModelText, Provider
from arena.challenges.editing import add_prompt
from arena.challenges.models import Category, Challenge, Prompt
from arena.generation.models import Candidate, Slot
from arena.generation.moderation import hide_candidate, retire_candidate
from arena.ratings.publishing import refresh_boards
from arena.ratings.records import read_records, sum_over_challenges
from arena.ratings.standings import read_overall, read_standings
from tests.boards import publish_board
from tests.factories import (
    cast,
    create_arena,
    create_candidate,
    create_generation,
    create_model,
    create_offering,
)

from .sample import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_references")]


NOW = datetime(2026, 11, 22, tzinfo=UTC)


def page_of(client, model: ImageModel) -> str:
    return client.get(reverse("web:model", args=[model.slug])).content.decode()


def test_a_model_without_rows_says_everywhere_what_is_missing(client):
    text = text_of(page_of(client, create_model(name="Newcomer", population="real")))
    for said in (
        "Price: not enough data yet, no price list",
        "Not enough data yet: nobody has noted what it supports.",
        "Not enough data yet in text-to-image generation and image editing: Newcomer has no counted battle there.",
        "Not enough data yet: no category has a counted battle of this model.",
        "Not enough data yet: there is no challenge of this model's disciplines.",
        "Not enough data yet: no picture of this model has left the blind vote",
        "Not enough data yet: this model has not met another one in a counted battle.",
        "Not enough data yet: no provider offers Newcomer here.",
        "Newcomer cannot be asked for on this server now: no provider of it is in the catalogue.",
        "Not enough data yet: no curator has written this.",
        "Cannot be asked for on this server now: no provider of it is in the catalogue.",
        "No provider offers this model.",
        "Not enough data yet: nobody has noted whether the weights of Newcomer are open.",
    ):
        assert said in text, said
    assert text.count("Not enough data yet: no curator has written this.") == 5


def test_challenges_without_a_place_say_what_is_missing(client):
    create_arena(models=2, takes=2)
    waiting = create_model()
    first = Candidate.objects.first().slot.model
    assert "not enough data yet: 2 pictures are there, but no counted battle" in page_of(
        client, first
    )
    assert "no picture of this model has been ordered" in page_of(client, waiting)


@pytest.mark.parametrize(
    ("slot", "state", "said"),
    [
        ({}, "planned", "its pictures are on their way"),
        ({}, "refused", "its pictures are on their way"),  # another provider is asked next
        ({"finished_at": NOW}, "refused", "no picture: the model refused or declined this prompt"),
        ({"finished_at": NOW}, "failed", "no picture: every call failed"),
        ({"finished_at": NOW}, "timed-out", "no picture: every call failed"),
        ({"cancelled_at": NOW}, "planned", "no picture: the order was called off"),
        ({"cancelled_at": NOW, "finished_at": NOW}, "cancelled", "the order was called off"),
    ],
)
def test_a_result_without_a_picture_says_how_its_call_stands(client, slot, state, said):
    offering = create_offering()
    call = create_generation(offering=offering, state=state)
    Slot.objects.filter(pk=call.slot_id).update(**slot)
    (result,) = client.get(reverse("web:model", args=[offering.model.slug])).context["results"]
    assert said in result["missing"]


def test_hidden_pictures_and_showcases_are_not_pictures_to_be_voted_on(client):
    (challenge,) = create_arena(models=1)
    hidden = Candidate.objects.get()
    model = hidden.slot.model
    hide_candidate(hidden, reason="Broken.")
    show = add_prompt(challenge, text="A blue ball.", purpose=Prompt.Purpose.SHOWCASE)
    other = create_model()
    for shown_of in (model, other):
        take = create_candidate(challenge=challenge, model=shown_of, take=1)
        Slot.objects.filter(pk=take.slot_id).update(prompt=show)
    assert "no picture: a curator took out what was made" in page_of(client, model)
    assert "no picture of this model has been ordered" in page_of(client, other)


def test_the_page_stands_on_counted_votes(client):
    create_arena(models=3, challenges=2)
    for verdict in ("left", "right", "tie", "left", "both_bad", "left", "right", "left"):
        cast(verdict=verdict)
    refresh_boards()
    for standing_of in ImageModel.objects.all():
        text = text_of(page_of(client, standing_of))
        (standing,) = [s for s in read_standings(standing_of) if s.is_overall]
        assert f"Rank {standing.rank} of 3" in text
        assert f"from {standing.battles} counted battle" in text
        assert f"with an Elo of {standing.rating:.0f}." in text
        assert read_overall()[standing_of.pk, "text-to-image"] == standing
        assert standing.battles == sum(record.battles for record in read_records(standing_of))


def test_records_turn_round_with_the_model():
    create_arena(models=2)
    for verdict in ("left", "left", "tie", "both_bad", "right"):
        cast(verdict=verdict)
    refresh_boards()
    first, second = ImageModel.objects.order_by("pk")
    (one,), (other,) = read_records(first), read_records(second)
    assert (one.wins, one.losses) == (other.losses, other.wins)
    assert one.wins + one.losses == 3
    assert (
        (one.ties, one.both_bad, one.battles)
        == (1, 1, 5)
        == (
            other.ties,
            other.both_bad,
            other.battles,
        )
    )
    assert one.win_rate == pytest.approx(1 - other.win_rate)
    low, high = one.bounds
    assert other.bounds == pytest.approx((1 - high, 1 - low))


def test_records_add_up_over_challenges():
    create_arena(models=2, challenges=3)
    for _ in range(9):
        cast()
    refresh_boards()
    model = ImageModel.objects.first()
    records = read_records(model)
    assert 1 < len(records) == len({record.challenge_id for record in records})
    (whole,) = sum_over_challenges(records)
    assert whole.challenge_id is None
    assert (whole.wins, whole.losses, whole.battles) == (
        sum(record.wins for record in records),
        sum(record.losses for record in records),
        9,
    )


def test_pictures_in_play_stay_sealed(client):
    create_arena(models=2, takes=2)
    retired, *sealed = Candidate.objects.order_by("pk")
    retire_candidate(retired)
    page = page_of(client, retired.slot.model)
    thumb = {picture.kind: picture.name for picture in retired.pictures.all()}["thumb"]
    assert page.count(thumb) == 2  # in the gallery, and beside the challenge's result
    assert "View 1 picture" in page
    for other in sealed:
        assert not [p.name for p in other.pictures.all() if p.name in page]
        assert other.original_name not in page


def test_words_are_dated_sourced_and_harmless(client):
    model = create_model()
    ModelText.objects.create(
        model=model,
        section="strengths",
        text="**Bold** <script>alert(1)</script> [bad](javascript:alert(1)) ![x](https://e.example/p.png) "
        '[good](https://e.example/) <b onclick="x">raw</b>',
        written_on=date(2026, 11, 5),
        sources="https://e.example/report\nA talk",
    )
    page = page_of(client, model)
    words = page[page.index('<section id="strengths"') :].split("</section>")[0]
    assert "<strong>Bold</strong>" in words
    assert "By a curator, as of 5 November 2026." in words
    assert '<a href="https://e.example/report" rel="nofollow noreferrer">' in words
    assert "A talk" in words
    assert '<a href="https://e.example/" rel="nofollow noopener noreferrer">good</a>' in words
    for bad in ("<script", 'javascript:alert(1)"', "<img", "<b ", 'href="javascript'):
        assert bad not in words, bad


def test_siblings_are_of_the_family_or_named_and_never_of_the_other_population(client):
    model = create_model(name="One", family="Ones", population="real")
    named = create_model(name="Named", population="real")
    model.siblings.add(named)
    create_model(name="Cousin", family="Ones", population="real")
    create_model(name="Demo Twin", family="Ones", population="demo")
    ImageModel.objects.filter(pk=named.pk).update(slug="a-named-one")
    page = page_of(client, model)
    siblings = page[page.index('<section id="siblings"') :]
    assert "Cousin" in siblings
    # At once at the one address that the two have, whoever is named first.
    assert reverse("web:matchup", args=["a-named-one", model.slug]) in siblings
    assert "Demo Twin" not in page


def test_the_list_is_narrowed_by_what_stands_in_the_address(client):
    create_model(
        name="Painter", disciplines=["text-to-image"], open_weights=True, population="real"
    )
    other = Lab.objects.create(slug="other-lab", name="Other Lab")
    create_model(name="Editor", disciplines=["image-editing"], lab=other, open_weights=False)

    def shown(**query: str) -> list[str]:
        page = client.get(reverse("web:models", query=query)).content.decode()
        return re.findall(r"<h3><a [^>]*>([^<]+)</a>", page)

    assert shown() == ["Painter", "Editor"]
    assert shown(discipline="image-editing") == ["Editor"]
    assert shown(lab="test-lab") == ["Painter"]
    assert shown(open="yes") == ["Painter"]
    assert shown(open="no", discipline="text-to-image") == []
    for query, told in (
        ({"discipline": "sculpture"}, "There is no discipline “sculpture” among the models."),
        ({"lab": "<b>"}, "There is no lab “&lt;b&gt;” among the models."),
        ({"open": "maybe"}, "There is no kind of weights “maybe” among the models."),
    ):
        for headers in ({}, {"HX-Request": "true"}):
            answer = client.get(reverse("web:models", query=query), headers=headers)
            assert answer.status_code == 404
            assert told in answer.content.decode()
    page = client.get("/models/?open=yes&lab=&discipline=")
    assert (page.status_code, page["Location"]) == (302, "/models/?open=yes")
    assert '<option value="yes" selected>' in client.get(page["Location"]).content.decode()
    answer = client.get("/models/?lab=&open=yes", headers={"HX-Request": "true"})
    assert answer["HX-Push-Url"] == "/models/?open=yes"
    assert "HX-Request" in answer["Vary"]
    fragment = answer.content.decode()
    assert fragment.startswith('<div id="list">')
    assert "1 of 2 models" in text_of(fragment)


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_queries_for_1_and_3_rows(client, django_assert_num_queries, count):
    arena = create_arena(models=2 * count, challenges=count)
    for _ in range(6 * count):
        cast()
    refresh_boards()
    model = ImageModel.objects.first()
    for one in ImageModel.objects.all():
        ModelText.objects.create(
            model=one, section="overview", text="Good.", written_on=date(2026, 1, 1), sources="Me"
        )
    ImageModel.objects.update(family="Family")
    for candidate in Candidate.objects.filter(slot__model=model):
        retire_candidate(candidate)
    assert len(arena) == count
    client.get(reverse("web:models"))  # what every page knows is kept for two seconds
    with django_assert_num_queries(MODEL_QUERIES):
        client.get(reverse("web:model", args=[model.slug]))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse("web:models"))
    with django_assert_num_queries(3):
        client.get(reverse("web:llms"))
    with django_assert_num_queries(3):
        client.get(reverse("web:sitemap"))


MODEL_QUERIES = 18
LIST_QUERIES = 7


def test_the_card_is_a_picture_with_the_figures_of_the_day(client, settings):
    create_arena(models=2)
    model = ImageModel.objects.first()
    address = reverse("web:model_card", args=[model.slug])
    before = client.get(address)
    assert before["Content-Type"] == "image/png"
    assert Image.open(BytesIO(before.content)).size == (1200, 630)
    assert len(before.content) < 40_000
    same = client.get(address, headers={"If-None-Match": before["ETag"]})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", before["ETag"])
    cast()
    refresh_boards()
    after = client.get(address, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert after.content != before.content
    # Of each model the newest card is kept, and what is kept is what is served.
    (kept,) = (settings.MEDIA_ROOT / "cards").iterdir()
    kept.write_bytes(b"kept")
    assert client.get(address).content == b"kept"
    page = page_of(client, model)
    assert f'<meta property="og:image" content="http://testserver{address}">' in page
    assert client.get(reverse("web:model_card", args=["nobody"])).status_code == 404


def test_machines_find_every_page(client):
    call_command("load_fixtures", "--no-pictures", verbosity=0)
    draft = Challenge.objects.first()
    Challenge.objects.filter(pk=draft.pk).update(status=Challenge.Status.DRAFT)
    sitemap = client.get("/sitemap.xml")
    assert sitemap["Content-Type"] == "application/xml"
    found = [
        loc.text
        for loc in ElementTree.fromstring(sitemap.content).iter()
        if loc.text and "http" in loc.text
    ]
    assert len(found) == len(set(found)) == 7 + 2 + ImageModel.objects.count() + 12
    assert not [address for address in found if draft.slug in address]
    llms = client.get("/llms.txt")
    assert llms["Content-Type"] == "text/plain; charset=utf-8"
    links = re.findall(r"\]\(http://testserver([^)]+)\)", llms.content.decode())
    assert len(links) == 2 + ImageModel.objects.count() + 12 + 3
    for path in (*links[:8], "/models/nano-banana-2/llms.txt"):
        assert client.get(path).status_code == 200, path
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_a_models_text_says_what_its_page_says(client):
    call_command("load_fixtures", "--no-pictures", verbosity=0)
    said = client.get("/models/nano-banana-2/llms.txt").content.decode()
    for words in (
        "# Nano Banana 2 (Gemini 3.1 Flash Image)",
        "- Output: $0.06 per image, 0.5K (0.75x)",
        "- Vintage Cafe Logo (Text to image): not enough data yet",
        "- **Lettering**:",
        "Paragone does not add any markup to provider pricing.",
    ):
        assert words in said, words
    assert "&" not in said


def test_pages_name_their_own_address(client):
    model = create_offering(resend_safe=False).model
    for path in ("/models/?open=yes", f"/models/{model.slug}/", "/challenges/"):
        page = client.get(path).content.decode()
        assert f'<link rel="canonical" href="http://testserver{path.partition("?")[0]}">' in page
    assert "canonical" not in client.get("/nowhere/").content.decode()
    # A host that the site does not answer to gets its error, not another one from the page of the error.
    assert client.get("/models/", headers={"Host": "evil.example"}).status_code == 400


def test_prices_are_written_without_exponents(client):
    offering = create_offering(resend_safe=False)
    offering.price_rules.update(unit="million-tokens", amount="10", expected_units="1000")
    assert "$10</b> per million tokens" in page_of(client, offering.model)
    assert "E+" not in page_of(client, offering.model)


def test_links_of_a_demo_model_lead_to_demo_boards(client):
    demo = [create_model() for _ in range(2)]
    publish_board(demo)
    portrait = Category.objects.create(slug="portrait", name="Portrait")
    publish_board(demo, category=portrait)
    publish_board([create_model(population="real") for _ in range(2)])
    board = reverse("web:board", args=["text-to-image"])
    page = client.get(reverse("web:model", args=[demo[0].slug]))
    found = [place["url"] for place in page.context["boards"] + page.context["categories"]]
    assert found == [f"{board}?population=demo", f"{board}?category=portrait&population=demo"]
    matchup = client.get(reverse("web:matchup", args=sorted(model.slug for model in demo)))
    assert matchup.context["meetings"][0].board_url == f"{board}?population=demo"


def test_every_page_takes_the_lowest_price_and_counts_providers_by_one_rule(client):
    model = create_model(name="Sold")
    create_offering(model=model, price="0.04")
    create_offering(model=model, price="0.03", dialect="gemini")
    create_offering(model=model, price="0.02", dialect="replicate", enabled=False)
    closed = create_offering(model=model, price="0.01", dialect="fal_queue").provider
    closed.enabled = False
    closed.save()
    publish_board([model, create_model()])

    def prices() -> list[str | None]:
        board = client.get(reverse("web:board", args=["text-to-image"])).context["lines"]
        page = client.get(reverse("web:model", args=[model.slug])).context
        (group,) = client.get(reverse("web:models")).context["groups"]
        card = next(card for card in group["models"] if card["slug"] == model.slug)
        told = client.get(f"/api/v1/models/{model.slug}").json()["from_price"]
        assert card["providers"] == len(page["offerings"])
        found = [line.facts.price for line in board if line.row.slug == model.slug]
        found += [said and said.amount for said in (page["from_price"], card["from_price"])]
        return [str(amount) for amount in [*found, told and told["amount"]]]

    assert prices() == ["0.030000"] * 4
    assert "Sold is available from 2 providers, with per-image pricing starting at $0.03" in (
        text_of(page_of(client, model))
    )
    Provider.objects.update(enabled=False)
    assert prices() == ["None"] * 4
    text = text_of(page_of(client, model))
    assert "Not enough data yet: no provider offers Sold here." in text
    assert "is available" not in text
    assert "is switched off" in text


def test_a_model_that_cannot_be_asked_is_not_called_available(client, monkeypatch, settings):
    settings.KEY_HOSTS = {"KEYLESS_API_KEY": ()}
    model = create_model(name="Keyless", population="real")
    provider = create_offering(model=model).provider
    provider.key_variable = "KEYLESS_API_KEY"
    provider.save()
    reason = "no key for Local: set KEYLESS_API_KEY"
    for address in (
        reverse("web:model", args=[model.slug]),
        reverse("web:model_llms", args=[model.slug]),
    ):
        monkeypatch.delenv("KEYLESS_API_KEY", raising=False)
        text = text_of(client.get(address).content.decode())
        assert f"Keyless cannot be asked for on this server now: {reason}." in text
        assert "Local has Keyless in the catalogue, but it cannot be asked for" in text
        assert f"Cannot be asked for on this server now: {reason}." in text
        assert "You can use Keyless" not in text
        assert "is available through" not in text
        monkeypatch.setenv("KEYLESS_API_KEY", "k")
        text = text_of(client.get(address).content.decode())
        assert "You can use Keyless through" in text
        assert "Keyless is available through Local on Paragone." in text
        assert "annot be asked" not in text


def test_matchups_are_linked_at_their_one_address(client):
    create_arena(models=2)
    first, second = ImageModel.objects.order_by("slug")
    cast()
    refresh_boards()
    for model in (first, second):
        told = client.get(reverse("web:model", args=[model.slug])).context
        urls = [duel["url"] for duel in told["top_matchups"] + told["opponents"]]
        assert urls == [reverse("web:matchup", args=[first.slug, second.slug])] * 2
        assert client.get(urls[0]).status_code == 200
