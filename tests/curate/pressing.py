"""What a curator presses at the desk, as a browser posts it."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from arena.challenges.models import HistoryLine


def at(name: str, *args: int) -> str:
    return reverse(f"desk:{name}", args=args)


def settings(**values: Any) -> dict[str, Any]:
    return {
        "title": "Harbour at Dawn",
        "slug": "harbour-at-dawn",
        "discipline": "text-to-image",
        "what_to_judge": "",
        "canvas_width": "512",
        "canvas_height": "512",
        "position": "5",
    } | values


def post(client: Any, name: str, *args: int, status: int = 302, **data: Any) -> str:
    """Post as a browser does, follow to the page, and return it."""
    answer = client.post(at(name, *args), data)
    assert answer.status_code == status, answer.content.decode()[:2000]
    if status == 302:
        answer = client.get(answer["Location"])
        assert answer.status_code == 200
    return answer.content.decode()


def undo_last(client: Any, curator: User) -> HistoryLine:
    line = HistoryLine.objects.filter(undo__isnull=False, undone_by=None).first()
    post(client, "undo", line.pk)
    return HistoryLine.objects.get(undoes=line)


def in_hours(hours: int) -> str:
    return f"{timezone.now() + timedelta(hours=hours):%Y-%m-%dT%H:%M}"
