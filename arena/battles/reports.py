"""Reports of pictures by readers and voters: taken within limits, kept until a curator decides."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Now

from arena.generation.models import Candidate

from .models import Report, Voter

# Of one network: a household or a company. Beyond it one person could bury the queue.
REPORTS_PER_HOUR = 20
HOUR = timedelta(hours=1)


class TooManyReports(Exception):
    """The network's reports of this hour are used up; nothing was kept."""


@dataclass(frozen=True)
class Reported:
    """A picture with open reports, the words of each, and when the last came."""

    candidate: Candidate
    reports: tuple[Report, ...]
    last_at: datetime


@transaction.atomic
def report_picture(
    candidate: Candidate, *, reason: str, words: str = "", voter: Voter | None, network: str
) -> Report:
    """Keep a report of a picture; the same person's open report of it gets the new words instead.

    `network`: from `hash_network`, empty where there is no address. A person is a voter, or where there
    is none the network. Raises TooManyReports beyond REPORTS_PER_HOUR of a network, ValueError for a
    reason that is none.
    """
    reason = Report.Reason(reason)
    known = _open_report_of_same_person(candidate, voter=voter, network=network)
    if known is not None:
        Report.objects.filter(pk=known.pk).update(reason=reason, words=words)
        known.refresh_from_db()
        return known
    if network and _is_used_up(network):
        raise TooManyReports
    return Report.objects.create(
        candidate=candidate, reason=reason, words=words, voter=voter, network=network
    )


def open_reports() -> QuerySet[Report]:
    """Select the reports that wait for a decision."""
    return Report.objects.filter(decision=None)


def read_queue(*, most: int) -> list[Reported]:
    """Read the pictures with open reports: those with most reports first, the oldest of equals first."""
    places = list(
        open_reports()
        .order_by()
        .values("candidate")
        .annotate(n=Count("pk"), last=Max("created_at"))
        .order_by("-n", "last")[:most]
    )
    candidates = Candidate.objects.select_related(
        "slot__prompt__challenge", "slot__model__lab"
    ).in_bulk([place["candidate"] for place in places])
    reports: dict[int, list[Report]] = {}
    for report in open_reports().filter(candidate__in=candidates):
        reports.setdefault(report.candidate_id, []).append(report)
    return [
        Reported(
            candidate=candidates[place["candidate"]],
            reports=tuple(reports.get(place["candidate"], ())),
            last_at=place["last"],
        )
        for place in places
    ]


def _open_report_of_same_person(
    candidate: Candidate, *, voter: Voter | None, network: str
) -> Report | None:
    if voter is None and not network:
        return None
    person = Q(voter=voter) if voter is not None else Q(voter=None, network=network)
    return open_reports().filter(person, candidate=candidate).select_for_update().first()


def _is_used_up(network: str) -> bool:
    """Tell whether a network has room left; reports of one network wait in line until the commit."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [int(network[:15], 16)])
    sent = Report.objects.filter(network=network, created_at__gt=Now() - HOUR)
    return sent.count() >= REPORTS_PER_HOUR
