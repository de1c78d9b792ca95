"""The two demo providers: same pictures, other waiting times and failures."""

import random

import pytest

from arena.studios import server
from arena.studios.shops import FAULTS, SHOPS, Shop, toss_fault, toss_wait
from tests.studios.wire import Client

ASKED = {"model": "studio-press", "prompt": "A red cube on a table", "size": "256x256"}


def ask(client: Client, shop: str):
    import json

    return client.send(
        "POST",
        f"/{shop}/v1/images/generations",
        json.dumps(ASKED).encode(),
        {"Content-Type": "application/json"},
    )


def test_both_shops_sell_the_same_picture(client, monkeypatch):
    monkeypatch.setenv("PARAGONE_STUDIO_FAULTS", "0")
    pictures = {ask(client, shop).json["data"][0]["b64_json"] for shop in SHOPS}
    plain = client.generate(**ASKED).json["data"][0]["b64_json"]
    assert pictures == {plain}


def test_a_failing_shop_answers_with_a_named_fault_and_charges_nothing(client, monkeypatch):
    monkeypatch.delenv("PARAGONE_STUDIO_FAULTS", raising=False)
    monkeypatch.setitem(SHOPS, "economy", Shop("Broken", wait=(0.0, 0.0), failing=1.0))
    answers = [ask(client, "economy") for _ in range(12)]
    assert {answer.status for answer in answers} <= {429, 500, 503}
    for answer in answers:
        assert answer.error["code"] in {fault.code for fault in FAULTS}
        assert ("Retry-After" in answer.headers) == (answer.status in {429, 503})


def test_a_waiting_shop_does_not_hold_up_the_other(client, monkeypatch):
    monkeypatch.delenv("PARAGONE_STUDIO_FAULTS", raising=False)
    slept: list[float] = []
    monkeypatch.setattr(server.time, "sleep", slept.append)
    monkeypatch.setitem(SHOPS, "express", Shop("Slow", wait=(2.0, 3.0), failing=0.0))
    assert ask(client, "express").status == 200
    assert len(slept) == 1
    assert 2.0 <= slept[0] <= 4.0


def test_an_unknown_shop_is_an_unknown_address(client):
    assert ask(client, "nobody").status == 404


def test_the_share_of_failures_is_the_shops_own():
    dice = random.Random(8)
    shares = {
        name: sum(toss_fault(shop, dice=dice) is not None for _ in range(4000)) / 4000
        for name, shop in SHOPS.items()
    }
    for name, shop in SHOPS.items():
        assert shares[name] == pytest.approx(shop.failing, abs=0.02)
    assert shares["economy"] > shares["express"]


def test_economy_waits_longer_than_express():
    dice = random.Random(9)
    waits = {
        name: sorted(toss_wait(shop, dice=dice) for _ in range(999)) for name, shop in SHOPS.items()
    }
    assert waits["economy"][499] > 2 * waits["express"][499]
    assert all(found[0] >= SHOPS[name].wait[0] for name, found in waits.items())
