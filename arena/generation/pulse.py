"""Signs of life of the workers, kept in PostgreSQL.

They arrive through Redis, so they stop when it is away too.
"""

from datetime import timedelta

from django.db import connection
from django.db.models.functions import Now

from .models import Pulse

# Beat asks for a sign every 5 s; three missed ones in a row are no accident.
AWAY_AFTER = timedelta(seconds=20)
# A small machine loads three workers and the clock at once.
STARTING = timedelta(seconds=45)
QUEUES = {
    "generate": "the picture workers",
    "intake": "the intake of pictures",
    "ratings": "the ratings worker",
}


def record_pulse(queue: str) -> None:
    """Note that a queue's worker is alive, on the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into generation_pulse (queue, beat_at) values (%s, now()) "
            "on conflict (queue) do update set beat_at = excluded.beat_at",
            [queue],
        )


def expect_pulses() -> None:
    """Let workers that are just being started count as alive for STARTING, until their own first sign."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into generation_pulse (queue, beat_at) select unnest(%s::text[]), "
            "now() + make_interval(secs => %s) "
            "on conflict (queue) do update set beat_at = excluded.beat_at",
            [list(QUEUES), (STARTING - AWAY_AFTER).total_seconds()],
        )


def away_queues() -> list[str]:
    """Name the queues (keys of QUEUES) whose worker has given no sign for AWAY_AFTER."""
    alive = set(
        Pulse.objects.filter(beat_at__gt=Now() - AWAY_AFTER).values_list("queue", flat=True)
    )
    return [queue for queue in QUEUES if queue not in alive]
