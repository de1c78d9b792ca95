"""How much one voter, or one network, may decide. Simulated voters of the demo are free of these caps."""

from datetime import timedelta
from typing import Any

from django.db import connection

# Two good hours of voting. Whoever gives more would decide young boards alone.
COUNTED_PER_DAY = 200
# One a minute: enough for pairs that load badly or slips of a finger, too few to choose by skipping or
# by taking back which pairs one's verdicts are about.
TAKEN_BACK_PER_HOUR = 60
# A school class or an office fits in; a script that makes a voter per verdict does not.
NEW_VOTERS_PER_HOUR = 40
# Nobody compares two pictures in less: the fastest simple reactions to a light take about 200 ms.
SHORTEST_LOOK = timedelta(milliseconds=250)

HOUR = timedelta(hours=1)

# The oldest of the skips and undos that fill the cap; when it is an hour old there is room again.
ROOM_AGAIN = """
with taken_back as (
    select skipped_at as moment from battles_battle
    where voter_id = %(voter)s and skipped_at > statement_timestamp() - %(hour)s
    union all
    select undo.created_at from battles_undo undo join battles_vote vote on vote.id = undo.vote_id
    where vote.voter_id = %(voter)s and undo.created_at > statement_timestamp() - %(hour)s
)
select ceil(extract(epoch from moment + %(hour)s - statement_timestamp()))::int
from taken_back order by moment desc offset %(most)s - 1 limit 1
"""


def seconds_until_room(voter_id: int) -> int:
    """Return after how many seconds a voter may skip or undo again; 0 for now.

    Skips and undos share one cap. Exact only while the voter's row is locked.
    """
    values: dict[str, Any] = {"voter": voter_id, "hour": HOUR, "most": TAKEN_BACK_PER_HOUR}
    with connection.cursor() as cursor:
        cursor.execute(ROOM_AGAIN, values)
        row = cursor.fetchone()
    return max(1, int(row[0])) if row else 0
