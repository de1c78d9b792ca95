"""What is asked."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext as _

from arena.catalog.models import SLUG, Discipline

CANVAS = [MinValueValidator(256), MaxValueValidator(1536)]


class Category(models.Model):
    slug = models.CharField(max_length=80, unique=True, validators=[SLUG])
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class Challenge(models.Model):
    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        OPEN = "open", "Open for votes"
        CLOSED = "closed", "Closed"

    slug = models.CharField(max_length=80, unique=True, validators=[SLUG])
    title = models.CharField(max_length=120)
    discipline = models.CharField(max_length=20, choices=Discipline.choices)
    categories = models.ManyToManyField(Category, blank=True, related_name="challenges")
    what_to_judge = models.CharField(
        max_length=300, blank=True, help_text="One sentence shown to voters."
    )
    canvas_width = models.PositiveSmallIntegerField(default=1024, validators=CANVAS)
    canvas_height = models.PositiveSmallIntegerField(default=1024, validators=CANVAS)
    status = models.CharField(
        max_length=8, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    opens_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it is opened by itself."
    )
    closes_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When it is closed by itself."
    )
    archived_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Put aside by curators; its page stays."
    )
    position = models.PositiveSmallIntegerField(default=100)
    allow_fallback = models.BooleanField(
        default=False,
        help_text="Another provider of the same model may be asked when the first one fails. "
        "Off: one provider makes all pictures of a model, which is fairer.",
    )

    class Meta:
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN


class Prompt(models.Model):
    """One prompt of a challenge. Changed, it is a new version; pictures belong to the version they answer."""

    class Purpose(models.TextChoices):
        BATTLE = "battle", "Voted on, blind"
        SHOWCASE = "showcase", "Shown with names, never voted on"

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="prompts")
    position = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveSmallIntegerField(default=1, editable=False)
    text = models.TextField()
    purpose = models.CharField(
        max_length=8, choices=Purpose.choices, default=Purpose.BATTLE, editable=False
    )
    is_current = models.BooleanField(default=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["challenge", "position", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "position", "version"],
                name="one_prompt_per_position_and_version",
            ),
            models.UniqueConstraint(
                fields=["challenge", "position"],
                condition=models.Q(is_current=True),
                name="one_current_prompt_per_position",
            ),
            models.CheckConstraint(
                condition=models.Q(purpose__in=["battle", "showcase"]), name="purpose_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge.title} #{self.position} v{self.version}"


class ReferencePicture(models.Model):
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="references")
    position = models.PositiveSmallIntegerField(default=1)
    file = models.FileField(upload_to="references")
    public_name = models.CharField(max_length=40, unique=True, editable=False)
    width = models.PositiveSmallIntegerField(editable=False)
    height = models.PositiveSmallIntegerField(editable=False)
    alt = models.CharField(
        max_length=300, help_text="What the picture shows, for people who do not see it."
    )
    credit = models.CharField(max_length=200)
    licence = models.CharField(max_length=80)
    source = models.CharField(max_length=300, blank=True)
    shows_people = models.BooleanField(default=False)
    consent = models.CharField(
        max_length=300, blank=True, help_text="How the people on it agreed to its use here."
    )

    class Meta:
        ordering = ["challenge", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["challenge", "position"], name="one_reference_per_position"
            )
        ]

    def __str__(self) -> str:
        return f"{self.challenge.title}: reference {self.position}"

    def clean(self) -> None:
        """No people are shown without a note of their consent."""
        if self.shows_people and not self.consent.strip():
            reason = _("Note how the people on it agreed to its use here.")
            raise ValidationError({"consent": reason})


class HistoryLine(models.Model):
    """One thing that a curator (or a schedule) did, appended and never changed: who, when, and the way back.

    `undo` says to the desk what to do to take it back; null: `way_back` says why that cannot be. Taking
    it back is a line of its own that `undoes` this one.
    """

    challenge = models.ForeignKey(
        Challenge, null=True, blank=True, on_delete=models.SET_NULL, related_name="history"
    )
    who = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL
    )
    who_name = models.CharField(max_length=150, help_text="As it was then.")
    said = models.CharField(max_length=500)
    undo = models.JSONField(null=True, blank=True)
    way_back = models.CharField(max_length=300)
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.who_name}: {self.said}"
