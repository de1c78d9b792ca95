"""Folds votes, publishes runs. Every row here is derived and can be rebuilt from the votes (I7)."""

from django.db import models

from arena.battles.models import Verdict
from arena.catalog.models import Discipline, ImageModel, Population
from arena.challenges.models import Category, Challenge


class Tally(models.Model):
    """Counted verdicts of one ordered pair of models on one challenge; boards are sums of these."""

    population = models.CharField(max_length=4, choices=Population.choices)
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="+")
    left = models.ForeignKey(ImageModel, on_delete=models.CASCADE, related_name="+")
    right = models.ForeignKey(ImageModel, on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    count = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["population", "challenge", "left", "right", "verdict"],
                name="one_tally_per_cell",
            ),
            models.CheckConstraint(
                condition=models.Q(count__gte=0), name="a_tally_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.left_id} against {self.right_id}: {self.count} x {self.verdict}"


class RatingRun(models.Model):
    """The published board of one scope: a discipline, a category or a challenge of it. One live row per scope."""

    population = models.CharField(max_length=4, choices=Population.choices)
    discipline = models.CharField(max_length=20, choices=Discipline.choices)
    challenge = models.ForeignKey(
        Challenge, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    number = models.PositiveIntegerField(
        default=1, help_text="Counts the times this board was published."
    )
    votes = models.BigIntegerField()
    voters = models.BigIntegerField()
    arrays = models.JSONField(
        help_text="Model ids and, in their order, everything the board shows."
    )
    published_at = models.DateTimeField()
    # Clustering by voter needs every vote; between two such readings the last factors stand in.
    inflation = models.JSONField(
        default=dict, help_text="By model id: clustered over plain standard error."
    )
    widths_votes = models.BigIntegerField(
        default=0, help_text="Votes whose voters the half-widths know."
    )
    weighed_number = models.PositiveIntegerField(
        default=0, help_text="The number of the run whose pair weights were written."
    )
    clustered = models.BooleanField(
        default=False, help_text="False: too few voters, plain half-widths stand in."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["population", "discipline", "category", "challenge"],
                nulls_distinct=False,
                name="one_live_run_per_scope",
            )
        ]

    def __str__(self) -> str:
        return f"{self.population} {self.discipline} #{self.number}"


class RatingSnapshot(models.Model):
    """What a board said at an hour (kept for a week) or on a day (kept): for trend lines."""

    class Kind(models.TextChoices):
        HOURLY = "hourly", "Hourly"
        DAILY = "daily", "Daily"

    kind = models.CharField(max_length=6, choices=Kind.choices)
    taken_at = models.DateTimeField(help_text="The beginning of the hour or day.")
    population = models.CharField(max_length=4, choices=Population.choices)
    discipline = models.CharField(max_length=20, choices=Discipline.choices)
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    challenge = models.ForeignKey(
        Challenge, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    votes = models.BigIntegerField()
    arrays = models.JSONField(help_text="Model ids, ratings, half-widths and ranks in their order.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "taken_at", "population", "discipline", "category", "challenge"],
                nulls_distinct=False,
                name="one_snapshot_per_time_and_scope",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.taken_at} {self.population} {self.discipline}"


class Diagnosis(models.Model):
    """The hourly examination of a discipline's board: what the method page prints."""

    population = models.CharField(max_length=4, choices=Population.choices)
    discipline = models.CharField(max_length=20, choices=Discipline.choices)
    votes = models.BigIntegerField()
    report = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "diagnoses"
        constraints = [
            models.UniqueConstraint(
                fields=["population", "discipline"], name="one_diagnosis_per_discipline"
            )
        ]

    def __str__(self) -> str:
        return f"{self.population} {self.discipline} at {self.made_at}"
