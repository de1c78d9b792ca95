"""A verdict and the battles that follow it in one call: one round trip, one commit, plans kept by the server.

The function's rules are told in `arena/battles/recording.py`, its only caller, and tested through it.
A later change is a later migration that creates it anew.
"""

from django.db import migrations

CREATE = """
create function battles_record_verdict(
    the_voter bigint,
    the_token text,
    said text,
    reported_ms integer,         -- null where the page reported nothing
    is_curator boolean,
    shortest_look interval,
    counted_per_day integer,
    waiting_then bigint[],       -- the voter's other open battles as they were when the next ones were drawn
    next_population text,
    next_lifetime interval,
    next_tokens text[],          -- the next battles, one place of each list for each; all empty for none
    next_prompts bigint[],
    next_lefts bigint[],
    next_rights bigint[],
    next_probabilities double precision[],
    next_even_ratios double precision[]
) returns table (
    battle_id bigint, token text, population text, prompt_id bigint, left_id bigint, right_id bigint,
    skipped boolean, expired boolean,
    vote_id bigint, verdict text, counted boolean, reason text,
    undone boolean,
    age interval,                -- of the vote
    crowd_left integer, crowd_right integer, crowd_tie integer, crowd_both_bad integer,
    total integer,
    waiting_now bigint[],        -- null where there is no vote
    next_ids bigint[]            -- null where the next battles were drawn for a window that has changed
) language plpgsql as $$
#variable_conflict use_column
declare
    me record;
    battle record;
    vote record;
    moment timestamptz;
    today timestamptz;
    looked interval;
    new_names integer;
    in_play boolean;
begin
    -- The voter first, always, so that requests of one voter wait in line: caps cannot be raced, a
    -- second post of a verdict finds the first, and the window stays as it is until the commit.
    select id, simulated, crowded, created_at into me
    from battles_voter where id = the_voter and forgotten_at is null for no key update;
    if not found then return; end if;

    -- Not the statement's time, which was before the wait.
    moment := clock_timestamp();
    today := date_trunc('day', moment at time zone 'UTC') at time zone 'UTC';

    select * into battle from battles_battle where token = the_token and voter_id = me.id;
    if not found then return; end if;
    battle_id := battle.id;
    token := battle.token;
    population := battle.population;
    prompt_id := battle.prompt_id;
    left_id := battle.left_id;
    right_id := battle.right_id;
    skipped := battle.skipped_at is not null;
    expired := battle.expires_at < moment;

    select * into vote from battles_vote where battles_vote.battle_id = battle.id;
    if found then
        undone := exists (select from battles_undo where battles_undo.vote_id = vote.id);
    elsif skipped or expired then
        return next;
        return;
    else
        -- The names are shown from now on, whatever the verdict is worth.
        insert into battles_exposure (voter_id, candidate_id)
        values (me.id, battle.left_id), (me.id, battle.right_id) on conflict do nothing;
        get diagnostics new_names = row_count;

        select bool_and(status = 'in-play') into in_play
        from generation_candidate where id in (battle.left_id, battle.right_id);

        -- The look at the pair is never longer than the time since the voter's verdict before.
        select least(
            coalesce(reported_ms * interval '1 millisecond', moment - battle.issued_at),
            moment - (select max(v.created_at) from battles_vote v where v.voter_id = me.id)
        ) into looked;

        reason := case
            when is_curator then 'curator'
            when new_names < 2 then 'name-known'
            when not in_play then 'withdrawn'
            when me.simulated then ''
            when me.crowded and me.created_at >= today then 'crowded-network'
            when looked < shortest_look then 'too-fast'
            when exists (
                select from battles_vote v
                where v.voter_id = me.id and v.created_at >= today and v.counted
                offset counted_per_day - 1
            ) then 'daily-cap'
            else '' end;

        insert into battles_vote
            (battle_id, voter_id, verdict, counted, reason, first_id, second_id, viewing_ms, created_at)
        values (battle.id, me.id, said, reason = '', reason, least(left_id, right_id),
                greatest(left_id, right_id), reported_ms, moment)
        returning * into vote;
        if vote.counted then
            insert into battles_foldentry (vote_id, sign) values (vote.id, 1);
        end if;
        undone := false;
    end if;
    vote_id := vote.id;
    verdict := vote.verdict;
    counted := vote.counted;
    reason := vote.reason;
    age := moment - vote.created_at;

    -- What others said of the same two pictures, seen from this battle's sides.
    select count(*) filter (where other.verdict = case same_side when true then 'left' else 'right' end),
           count(*) filter (where other.verdict = case same_side when true then 'right' else 'left' end),
           count(*) filter (where other.verdict = 'tie'),
           count(*) filter (where other.verdict = 'both_bad')
    into crowd_left, crowd_right, crowd_tie, crowd_both_bad
    from (
        select v.verdict, b.left_id = battle.left_id as same_side
        from battles_vote v join battles_battle b on b.id = v.battle_id
        where v.first_id = vote.first_id and v.second_id = vote.second_id and v.counted
              and v.id <> vote.id
              and (select u.id from battles_undo u where u.vote_id = v.id) is null
    ) other;

    select count(*) into total from battles_vote v where v.voter_id = me.id;

    -- Names become known, and battles open or close, only under the voter's lock, and each time the
    -- list of open battles changes: if it has not, the next pairs are drawn from what is true now.
    waiting_now := array(
        with handed_out as materialized (
            select id, issued_at from battles_battle
            where voter_id = me.id and expires_at > moment and skipped_at is null
        )
        select id from handed_out
        where id not in (
            select v.battle_id from battles_vote v
            where v.voter_id = me.id and v.created_at >= (select min(issued_at) from handed_out)
        )
        order by id
    );
    if waiting_now = waiting_then then
        with issued as (
            insert into battles_battle (voter_id, population, token, prompt_id, left_id, right_id,
                                        probability, even_ratio, issued_at, expires_at)
            select me.id, next_population, token, prompt, one, other, probability, even_ratio,
                   moment, moment + next_lifetime
            from unnest(next_tokens, next_prompts, next_lefts, next_rights, next_probabilities,
                        next_even_ratios)
                 with ordinality as drawn (token, prompt, one, other, probability, even_ratio, place)
            order by place
            returning id
        )
        select array_agg(id order by id) into next_ids from issued;
        next_ids := coalesce(next_ids, '{}');
    end if;
    return next;
end
$$;
"""
DROP = "drop function battles_record_verdict"


class Migration(migrations.Migration):
    dependencies = [("battles", "0004_caps")]

    operations = [migrations.RunSQL(CREATE, DROP)]
