"""What is missing, in sentences; every check is bounded in time."""

import redis
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from psycopg_pool import PoolTimeout

from arena.generation.pulse import QUEUES, away_queues

PATIENCE = 1.0


def find_missing() -> dict[str, str]:
    """Map each part that is away to a sentence; an empty dict means ready."""
    missing = {}
    try:
        missing.update(_check_database())
    except (DatabaseError, PoolTimeout) as error:
        return {
            "postgresql": f"PostgreSQL does not answer: {type(error).__name__}."
        } | _check_redis()
    return missing | _check_redis()


def _check_database() -> dict[str, str]:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return {
            "migrations": "The database's tables are older than the code: run manage.py migrate."
        }
    return {queue: f"{QUEUES[queue]} gave no sign of life." for queue in away_queues()}


def _check_redis() -> dict[str, str]:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
    )
    try:
        client.ping()
    except redis.RedisError as error:
        return {
            "redis": f"Redis does not answer: {type(error).__name__}. Votes are taken all the same."
        }
    finally:
        client.close()
    return {}
