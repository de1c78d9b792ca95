"""Networks: /24 and /48, hashed with the day, never kept as addresses; new voters of one are capped."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models.functions import Now
from django.test import RequestFactory

from arena.battles import caps, networks
from arena.battles.models import Voter
from arena.battles.networks import forget_networks, hash_network, network_of
from arena.battles.voters import create_voter
from arena.generation.models import Trial


def from_address(address: str, **headers: str):
    return RequestFactory().get("/vote/", REMOTE_ADDR=address, **headers)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.255", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        (" 203.0.113.7:4711", "203.0.113.0/24"),
        ("2001:db8:7:1::5", "2001:db8:7::/48"),
        ("[2001:db8:7:ffff::5]:443", "2001:db8:7::/48"),
        ("::1", "::/48"),
        ("", ""),
        ("unix:", ""),
        ("203.0.113.700", ""),
        ("evil', 1", ""),
    ],
)
def test_network_of_names_the_24_or_48(address, network):
    assert network_of(address) == network


def test_hash_network_is_one_per_network_and_day(monkeypatch, settings):
    one = hash_network(from_address("203.0.113.7"))
    assert one == hash_network(from_address("203.0.113.200"))
    assert one != hash_network(from_address("203.0.114.7"))
    assert len(one) == 32
    settings.SECRET_KEY = "another"
    assert one != hash_network(from_address("203.0.113.7"))
    settings.SECRET_KEY = "a third"
    today = hash_network(from_address("203.0.113.7"))
    monkeypatch.setattr(networks.timezone, "now", lambda: datetime.now(UTC) + timedelta(days=1))
    assert today != hash_network(from_address("203.0.113.7"))
    assert hash_network(from_address("")) == ""


def test_a_forwarded_address_is_believed_only_behind_our_proxy_and_only_its_last_hop(settings):
    peer = hash_network(from_address("10.0.0.1"))
    forged = from_address("10.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.1, 203.0.113.7")
    assert hash_network(forged) == peer
    settings.BEHIND_TLS = True
    assert hash_network(forged) == hash_network(from_address("203.0.113.99"))
    assert hash_network(from_address("10.0.0.1")) == peer


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("base", "neighbour", "elsewhere"),
    [
        ("203.0.113.{}", "203.0.113.250", "203.0.114.1"),
        ("2001:db8:7:{}::1", "2001:db8:7:ffff::2", "2001:db8:8::1"),
    ],
)
def test_the_41st_new_voter_of_a_network_in_an_hour_is_crowded(base, neighbour, elsewhere):
    voters = [create_voter(from_address(base.format(n))) for n in range(caps.NEW_VOTERS_PER_HOUR)]
    assert not any(voter.crowded for voter in voters)
    assert create_voter(from_address(neighbour)).crowded
    assert not create_voter(from_address(elsewhere)).crowded
    Voter.objects.update(created_at=Now() - timedelta(minutes=61))
    assert not create_voter(from_address(neighbour)).crowded


@pytest.mark.django_db
def test_voters_without_an_address_crowd_nobody():
    for _ in range(caps.NEW_VOTERS_PER_HOUR + 1):
        voter = create_voter(from_address(""))
    assert (voter.network, voter.crowded) == ("", False)


@pytest.mark.django_db
def test_the_hashes_of_earlier_days_are_blanked():
    old = Voter.objects.create(network="a" * 32)
    Voter.objects.update(created_at=datetime.now(UTC) - timedelta(days=1))
    new = Voter.objects.create(network="b" * 32)
    Trial.objects.create(prompt="A fox.", width=256, height=256, visitor="v", network="a" * 32)
    Trial.objects.update(created_at=datetime.now(UTC) - timedelta(days=1))
    assert forget_networks() == 2
    assert Trial.objects.get().network == ""
    assert dict(Voter.objects.values_list("pk", "network")) == {old.pk: "", new.pk: "b" * 32}
    assert forget_networks() == 0
