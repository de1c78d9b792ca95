"""Many votes in a database at once, by SQL: what benchmarks of boards are fed with."""

from django.db import connection

FILL = """
with field as (
    select slot.prompt_id, array_agg(candidate.id) as ids
    from generation_candidate candidate join generation_slot slot on slot.id = candidate.slot_id
    group by 1
), prompts as (
    select array_agg(prompt_id) as all_of_them from field
), voter as (
    insert into battles_voter (created_at, simulated, network, crowded)
    select now(), true, '', false from generate_series(1, %(voters)s) returning id
), voters as (
    select array_agg(id) as all_of_them from voter
), drawn as (
    select n, (random() * 1e9)::bigint as a, (random() * 1e9)::bigint as b,
           voters.all_of_them[1 + n %% %(voters)s] as voter_id,
           prompts.all_of_them[1 + (random() * 1e9)::bigint %% cardinality(prompts.all_of_them)] as prompt_id
    from generate_series(1, %(votes)s) n, voters, prompts
), pair as (
    select drawn.*, ids[1 + a %% cardinality(ids)] as left_id,
           ids[1 + (a + 1 + b %% (cardinality(ids) - 1)) %% cardinality(ids)] as right_id
    from drawn join field using (prompt_id)
), battle as (
    insert into battles_battle
        (token, voter_id, population, prompt_id, left_id, right_id, probability, even_ratio,
         issued_at, expires_at)
    select %(mark)s || n, voter_id, 'demo', prompt_id, left_id, right_id, 0.001, 1,
           clock_timestamp(), clock_timestamp()
    from pair returning id, voter_id, left_id, right_id
), vote as (
    insert into battles_vote
        (battle_id, voter_id, verdict, counted, reason, first_id, second_id, created_at)
    select id, voter_id, (array['left', 'right', 'tie', 'both_bad'])[1 + id %% 4], true, '',
           least(left_id, right_id), greatest(left_id, right_id),
           clock_timestamp() - make_interval(hours => %(hours_ago)s)
    from battle
    on conflict do nothing
    returning id
)
insert into battles_foldentry (vote_id, sign) select id, 1 from vote where %(fold)s
"""


def fill_votes(
    *, votes: int, voters: int, mark: str, fold: bool = False, hours_ago: int = 0
) -> None:
    """Insert counted votes over random pairs of one take per model on each prompt.

    A pair that a voter has judged already is left out. `mark` keeps tokens of several calls apart;
    `fold` leaves the fold entries that real verdicts leave.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            FILL,
            {
                "votes": votes,
                "voters": voters,
                "mark": mark,
                "fold": fold,
                "hours_ago": hours_ago,
            },
        )
        # Autovacuum may come late, and plans made for empty tables read full ones again and again.
        cursor.execute(
            "analyze battles_battle, battles_vote, battles_voter, generation_candidate, generation_slot"
        )
