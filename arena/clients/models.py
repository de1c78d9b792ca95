"""Who may call the gateway, and how much of it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class ApiKey(models.Model):
    """A key that a curator made for a caller of the gateway. The secret itself is kept nowhere.

    Quotas are limits of a UTC day; empty means none of its own (the site's spending caps hold all the same).
    """

    class Scope(models.TextChoices):
        MODELS = "models", "List models"
        GENERATE = "generate", "Make pictures from text"
        EDIT = "edit", "Edit pictures"

    name = models.CharField(max_length=80, help_text="Whose key it is, and what for.")
    prefix = models.CharField(
        max_length=16,
        unique=True,
        editable=False,
        help_text="How the key begins, to tell it apart.",
    )
    digest = models.CharField(
        max_length=64, unique=True, editable=False, help_text="SHA-256 of the whole key."
    )
    scopes = ArrayField(models.CharField(max_length=8, choices=Scope.choices))
    dollars_per_day = models.DecimalField(
        max_digits=12,
        decimal_places=6,
        null=True,
        blank=True,
        help_text="Empty: no quota of its own.",
    )
    calls_per_day = models.PositiveIntegerField(
        null=True, blank=True, help_text="Empty: no quota of its own."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
