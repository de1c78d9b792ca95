"""Reports of pictures: one a person and picture, limited by network, forgotten with the voter."""

import pytest

from arena.battles.decisions import dismiss_reports
from arena.battles.forgetting import forget_voter
from arena.battles.models import Report
from arena.battles.networks import forget_networks
from arena.battles.reports import (
    REPORTS_PER_HOUR,
    TooManyReports,
    open_reports,
    read_queue,
    report_picture,
)
from arena.generation.models import Candidate
from tests.factories import create_arena, create_voter

pytestmark = pytest.mark.django_db

HOME, OFFICE = "a" * 32, "b" * 32


def test_the_same_person_reports_a_picture_once():
    create_arena()
    picture, other = Candidate.objects.all()
    voter = create_voter()
    first = report_picture(picture, reason="other", words="Odd.", voter=voter, network=HOME)
    again = report_picture(picture, reason="person", words="My face.", voter=voter, network=OFFICE)
    assert (again.pk, again.reason, again.words) == (first.pk, "person", "My face.")
    report_picture(other, reason="other", voter=voter, network=HOME)
    report_picture(picture, reason="other", voter=None, network=HOME)
    report_picture(picture, reason="rights", voter=None, network=HOME)
    assert list(open_reports().values_list("candidate", "reason")) == [
        (picture.pk, "person"), (other.pk, "other"), (picture.pk, "rights")
    ]  # fmt: skip
    # Once it is decided about, a new report is a new one.
    dismiss_reports(picture, by=None)
    assert report_picture(picture, reason="other", voter=voter, network=HOME).pk > again.pk


def test_a_network_reports_so_many_pictures_an_hour():
    create_arena(takes=(REPORTS_PER_HOUR + 2) // 2)
    pictures = list(Candidate.objects.all())
    for picture in pictures[:REPORTS_PER_HOUR]:
        report_picture(picture, reason="other", voter=create_voter(), network=HOME)
    with pytest.raises(TooManyReports):
        report_picture(pictures[-1], reason="other", voter=create_voter(), network=HOME)
    report_picture(pictures[-1], reason="other", voter=create_voter(), network=OFFICE)
    assert open_reports().count() == REPORTS_PER_HOUR + 1


def test_the_queue_begins_with_what_most_people_report(django_assert_num_queries):
    create_arena(models=3)
    once, twice, never = Candidate.objects.all()
    for candidate in (once, twice, twice):
        report_picture(candidate, reason="other", voter=create_voter(), network="")
    with django_assert_num_queries(3):
        queue = read_queue(most=10)
    assert [(row.candidate, len(row.reports)) for row in queue] == [(twice, 2), (once, 1)]
    assert never not in [row.candidate for row in queue]
    for _ in range(3):
        report_picture(never, reason="other", voter=create_voter(), network="")
    with django_assert_num_queries(3):
        assert len(read_queue(most=10)) == 3


def test_a_report_outlives_its_sender_without_a_trace_of_who_that_was():
    create_arena()
    voter = create_voter()
    report_picture(Candidate.objects.all()[0], reason="other", voter=voter, network=HOME)
    forget_voter(voter)
    # The limit of an hour counts by the network's hash, which is blanked on the next day.
    assert Report.objects.values("voter", "network").get() == {"voter": None, "network": HOME}


def test_the_network_of_a_report_is_blanked_on_the_next_day():
    from datetime import timedelta

    from django.db.models import F

    create_arena()
    report_picture(Candidate.objects.all()[0], reason="other", voter=None, network=HOME)
    assert forget_networks() == 0
    Report.objects.update(created_at=F("created_at") - timedelta(days=1))
    assert forget_networks() == 1
    assert Report.objects.get().network == ""
