"""The Celery app and the whole beat schedule on one screen.

Messages are hints: every task finds its work in PostgreSQL rows, so a lost message is a delay and a
doubled one does nothing. Ticks expire, so that they do not pile up while a worker or Redis is away.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arena.settings")

app = Celery("arena")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["arena.generation", "arena.battles", "arena.ratings"])

app.conf.beat_schedule = {
    # A verdict is on the board within a second: half a second of waiting, the rest is work.
    "fold-votes": {"task": "arena.ratings.tasks.fold_votes", "schedule": 0.5, "expires": 1},
    "refresh-half-widths": {
        "task": "arena.ratings.tasks.refresh_half_widths",
        "schedule": 20,
        "expires": 20,
    },
    "weigh-pairs": {"task": "arena.ratings.tasks.weigh_pairs", "schedule": 5, "expires": 5},
    "examine-boards": {"task": "arena.ratings.tasks.examine", "schedule": 60, "expires": 60},
    "keep-snapshots": {"task": "arena.ratings.tasks.keep_snapshots", "schedule": 60, "expires": 60},
    "forget-networks": {
        "task": "arena.battles.tasks.forget_networks",
        "schedule": 3600,
        "expires": 600,
    },
    "carry-out-decisions": {
        "task": "arena.battles.tasks.carry_out_decisions",
        "schedule": 10,
        "expires": 10,
    },
    "remove-expired": {
        "task": "arena.generation.tasks.remove_expired",
        "schedule": 600,
        "expires": 600,
    },
    "dispatch-pictures": {"task": "arena.generation.tasks.dispatch", "schedule": 2, "expires": 4},
    "follow-schedule": {
        "task": "arena.generation.tasks.follow_schedule",
        "schedule": 10,
        "expires": 10,
    },
    "sweep-pictures": {"task": "arena.generation.tasks.sweep", "schedule": 5, "expires": 10},
    "rerender-pictures": {
        "task": "arena.generation.tasks.rerender",
        "schedule": 15,
        "expires": 15,
    },
    "clear-former-pictures": {
        "task": "arena.generation.tasks.clear_former",
        "schedule": 600,
        "expires": 600,
    },
    "pulse-generate": {"task": "arena.generation.tasks.pulse", "schedule": 5, "expires": 10},
    "pulse-intake": {
        "task": "arena.generation.tasks.pulse",
        "schedule": 5,
        "args": ("intake",),
        "queue": "intake",
        "expires": 10,
    },
    "pulse-ratings": {"task": "arena.ratings.tasks.pulse", "schedule": 5, "expires": 10},
}
for entry in app.conf.beat_schedule.values():
    entry["options"] = {name: entry.pop(name) for name in ("expires", "queue") if name in entry}
