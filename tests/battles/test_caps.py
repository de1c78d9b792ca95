"""The caps at their edges: what is beyond one is stored and told, but not counted."""

import math
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from arena.battles import caps
from arena.battles.models import Battle, Exposure, FoldEntry, Undo, Vote, Voter
from arena.battles.undo import undo_verdict
from arena.battles.verdicts import REASONS, TooOften, record_skip, record_verdict
from tests.factories import cast, create_arena, create_voter, issue, look

pytestmark = pytest.mark.django_db

# Counted votes of one voter `ago` before now, on pairs that nobody is shown.
FILL = """
with source as (
    select prompt_id, left_id, right_id, population from battles_battle where id = %(battle)s
), battle as (
    insert into battles_battle
        (token, voter_id, population, prompt_id, left_id, right_id, probability, even_ratio,
         issued_at, expires_at, skipped_at)
    select 'filled-' || random() || n, %(voter)s, population, prompt_id, left_id, right_id, 1, 1,
           now() - %(ago)s, now(), case when %(skipped)s then now() - %(ago)s end
    from source, generate_series(1, %(number)s) n returning id
)
insert into battles_vote
    (battle_id, voter_id, verdict, counted, reason, first_id, second_id, created_at)
select battle.id, %(voter)s, 'left', true, '', 0, id, now() - %(ago)s from battle where not %(skipped)s
"""


def fill(
    voter: Voter, *, number: int, ago: timedelta = timedelta(seconds=3), skipped: bool = False
) -> None:
    """Give a voter a past: counted votes, or skips. Their pairs are no candidates: keys are checked at commit."""
    example = issue(voter=voter)
    with connection.cursor() as cursor:
        cursor.execute(
            FILL,
            {
                "battle": example.pk,
                "voter": voter.pk,
                "number": number,
                "ago": ago,
                "skipped": skipped,
            },
        )
    example.delete()


@pytest.fixture
def forget_fillings():
    """Remove what `fill` made before keys are checked."""
    yield
    Undo.objects.all().delete()
    FoldEntry.objects.all().delete()
    Vote.objects.all().delete()


def test_verdict_201_of_a_day_is_not_counted(forget_fillings):
    create_arena(challenges=6)
    voter = create_voter()
    fill(voter, number=caps.COUNTED_PER_DAY - 2)
    votes = [cast(voter=voter) for _ in range(3)]  # the 199th, 200th and 201st
    assert [(vote.counted, vote.reason) for vote in votes] == [
        (True, ""),
        (True, ""),
        (False, "daily-cap"),
    ]
    assert FoldEntry.objects.count() == 2
    assert str(caps.COUNTED_PER_DAY) in REASONS["daily-cap"].sentence
    assert cast().counted  # another voter


def test_a_new_day_counts_anew(forget_fillings):
    create_arena(challenges=3)
    voter = create_voter()
    fill(voter, number=caps.COUNTED_PER_DAY, ago=timedelta(hours=24))
    assert cast(voter=voter).counted


def test_votes_that_did_not_count_use_up_no_day(forget_fillings):
    create_arena(challenges=3)
    voter = create_voter()
    fill(voter, number=caps.COUNTED_PER_DAY)
    Vote.objects.update(counted=False, reason="too-fast")
    assert cast(voter=voter).counted


def test_an_undo_gives_no_second_chance_within_the_day(forget_fillings):
    create_arena(challenges=4)
    voter = create_voter()
    fill(voter, number=caps.COUNTED_PER_DAY - 1)
    last = cast(voter=voter)
    undo_verdict(token=last.battle.token, voter=voter)
    assert last.counted
    assert cast(voter=voter).reason == "daily-cap"


def test_the_61st_skip_of_an_hour_is_refused_and_records_nothing():
    create_arena(challenges=4)
    voter = create_voter()
    fill(voter, number=caps.TAKEN_BACK_PER_HOUR - 1, skipped=True, ago=timedelta(minutes=50))
    first, second = issue(voter=voter), issue(voter=voter)
    record_skip(token=first.token, voter=voter)
    with pytest.raises(TooOften, match="in 10 min") as refused:
        record_skip(token=second.token, voter=voter)
    assert 590 <= refused.value.retry_after <= 600
    assert Battle.objects.get(pk=second.pk).skipped_at is None
    record_skip(token=first.token, voter=voter)  # the same again is answered as before
    assert record_verdict(
        token=second.token, voter=voter, verdict="left", viewing_ms=900
    ).counted  # judging goes on
    record_skip(token=(other := issue()).token, voter=other.voter)


def test_skips_of_an_hour_ago_are_forgiven():
    create_arena(challenges=2)
    voter = create_voter()
    fill(voter, number=caps.TAKEN_BACK_PER_HOUR, skipped=True, ago=timedelta(minutes=61))
    record_skip(token=issue(voter=voter).token, voter=voter)


def test_undos_and_skips_share_their_cap():
    create_arena(challenges=6)
    voter = create_voter()
    fill(voter, number=caps.TAKEN_BACK_PER_HOUR - 1, skipped=True)
    first, second = cast(voter=voter), cast(voter=voter)
    undo_verdict(token=second.battle.token, voter=voter)
    with pytest.raises(TooOften):
        undo_verdict(token=first.battle.token, voter=voter)
    with pytest.raises(TooOften):
        record_skip(token=issue(voter=voter).token, voter=voter)
    assert Undo.objects.get().vote_id == second.pk


@pytest.mark.parametrize(
    ("viewing_ms", "counted"), [(0, False), (249, False), (250, True), (60_000, True)]
)
def test_the_first_verdict_counts_from_250_ms_of_looking(viewing_ms, counted):
    create_arena()
    battle = issue()
    vote = record_verdict(
        token=battle.token, voter=battle.voter, verdict="left", viewing_ms=viewing_ms
    )
    assert (vote.counted, vote.reason) == (counted, "" if counted else "too-fast")
    assert vote.viewing_ms == viewing_ms
    assert Exposure.objects.count() == 2  # the names are shown either way


@pytest.mark.parametrize(("waited", "counted"), [(0.02, False), (5, True)])
def test_a_report_is_believed_only_back_to_the_verdict_before(waited, counted):
    create_arena(challenges=3)
    voter = create_voter()
    cast(voter=voter)
    battle = issue(voter=voter)
    look(voter=voter, seconds=waited)
    vote = record_verdict(token=battle.token, voter=voter, verdict="left", viewing_ms=30_000)
    assert vote.counted == counted


@pytest.mark.parametrize(("waited", "counted"), [(0, False), (2, True)])
def test_without_a_report_the_look_began_when_the_pair_was_issued(waited, counted):
    create_arena()
    battle = issue()
    Battle.objects.update(issued_at=F("issued_at") - timedelta(seconds=waited))
    vote = record_verdict(token=battle.token, voter=battle.voter, verdict="left")
    assert (vote.counted, vote.viewing_ms) == (counted, None)


def test_leaving_the_report_out_gains_no_speed():
    create_arena(challenges=3)
    voter = create_voter()
    battles = [issue(voter=voter) for _ in range(3)]
    Battle.objects.update(issued_at=Now() - timedelta(seconds=9))
    votes = [record_verdict(token=b.token, voter=voter, verdict="left") for b in battles]
    assert [vote.reason for vote in votes] == ["", "too-fast", "too-fast"]


@pytest.mark.django_db(transaction=True)
def test_verdicts_sent_at_once_cannot_race_the_floor():
    create_arena(challenges=8)
    voter = create_voter()
    tokens = [issue(voter=voter).token for _ in range(8)]

    def post(token: str) -> str:
        try:
            return record_verdict(token=token, voter=voter, verdict="left", viewing_ms=9_000).reason
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        reasons = sorted(pool.map(post, tokens))
    assert reasons.count("") == 1
    assert set(reasons) == {"", "too-fast"}


def test_a_crowded_voter_counts_from_the_next_day_on():
    create_arena(challenges=3)
    voter = create_voter(crowded=True)
    vote = cast(voter=voter)
    assert (vote.counted, vote.reason) == (False, "crowded-network")
    Voter.objects.update(created_at=Now() - timedelta(hours=24))
    assert cast(voter=voter).counted


def test_simulated_voters_are_free_of_caps_but_not_of_known_names(forget_fillings):
    create_arena(challenges=1)
    voter = create_voter(simulated=True, crowded=True)
    fill(voter, number=caps.COUNTED_PER_DAY, ago=timedelta(0))
    battle = issue(voter=voter)
    assert record_verdict(token=battle.token, voter=voter, verdict="left", viewing_ms=0).counted
    assert cast(voter=voter).reason == "name-known"


def test_every_reason_fits_its_column_and_speaks():
    longest = Vote._meta.get_field("reason").max_length
    for code, reason in REASONS.items():
        assert len(code) <= longest
        assert reason.sentence.endswith(".")


def test_of_honest_voters_less_than_a_fifth_is_not_counted():
    """People who look as long as people do, on an arena as large as the demo's."""
    create_arena(challenges=4, models=4, takes=3)
    dice = random.Random(5)
    for _ in range(6):
        voter = create_voter()
        for _ in range(20):
            seconds = math.exp(dice.gauss(1.3, 0.6))
            battle = issue(voter=voter)
            look(voter=voter, seconds=seconds)
            record_verdict(
                token=battle.token,
                voter=voter,
                verdict=dice.choice(["left", "right", "tie"]),
                viewing_ms=round(1000 * seconds),
            )
    not_counted = Vote.objects.filter(counted=False).count()
    assert Vote.objects.count() == 120
    assert not_counted < 24
