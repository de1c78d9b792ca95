"""Folds votes, publishes runs. Every row here is derived and can be rebuilt from the votes (I7)."""

from django.db import models

from arena.battles.models import Verdict
from arena.catalog.models import Discipline, ImageModel, Population
from arena.challenges.models import Challenge


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
    """The published board of one scope: a discipline, or one challenge of it. One live row per scope."""

    population = models.CharField(max_length=4, choices=Population.choices)
    discipline = models.CharField(max_length=20, choices=Discipline.choices)
    challenge = models.ForeignKey(
        Challenge, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
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

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["population", "discipline", "challenge"],
                nulls_distinct=False,
                name="one_live_run_per_scope",
            )
        ]

    def __str__(self) -> str:
        return f"{self.population} {self.discipline} #{self.number}"
