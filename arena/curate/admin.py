"""Raw rows for staff: what may be changed is changed, what is a fact can only be looked at."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from arena.battles.decisions import (
    hide_picture,
    retire_picture,
    rotate_picture,
    show_picture,
)
from arena.battles.models import Battle, Vote
from arena.catalog.editing import check_siblings
from arena.catalog.models import (
    ImageModel,
    Lab,
    ModelText,
    Offering,
    PriceClaim,
    PriceRule,
    Provider,
)
from arena.challenges.models import Category
from arena.generation.models import Candidate, Generation, PublicPicture
from arena.generation.moderation import (
    can_replace,
    is_retired,
    settle_uncertain,
)
from arena.generation.slots import expected_costs
from arena.generation.wanted import describe_wanted
from arena.ratings.models import RatingRun

from .call_admin import BatchAdmin, BreakerAdmin
from .catalogue.forms import FlagsField
from .challenge_admin import ChallengeAdmin
from .exchange.cells import KeyName
from .key_admin import ApiKeyAdmin
from .money_admin import LedgerEntryAdmin, SpendingCapAdmin
from .raw import LawfulAdmin, LawfulInline, SeenAdmin, ShownInline
from .ruled import RuledForm
from .told import ToldAdmin

__all__ = [
    "ApiKeyAdmin",
    "BatchAdmin",
    "BreakerAdmin",
    "ChallengeAdmin",
    "LedgerEntryAdmin",
    "SpendingCapAdmin",
]

admin.site.site_header = "Paragone: curators' desk"
admin.site.site_title = "Paragone"
admin.site.index_title = "Challenges, pictures, catalogue"


class FactAdmin(ToldAdmin):
    """Rows that are appended by the arena and changed by nobody."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [field.name for field in self.opts.fields]


@admin.register(Candidate)
class CandidateAdmin(FactAdmin):
    list_display = ("thumbnail", "challenge", "maker", "take", "status", "created_at")
    list_filter = ("status", "slot__prompt__challenge", "slot__model")
    list_select_related = ("slot__prompt__challenge", "slot__model")
    list_per_page = 50
    actions = ("hide", "unhide", "retire", "rotate")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("pictures")

    @admin.display(description="picture")
    def thumbnail(self, candidate: Candidate) -> str:
        picture = next((p for p in candidate.pictures.all() if p.kind == "thumb"), None)
        if picture is None or candidate.status == Candidate.Status.HIDDEN:
            return "hidden"
        address = reverse("web:picture", args=[picture.name, picture.extension])
        return format_html(
            '<img src="{}" width="96" height="{}" alt="">', address, _height(picture)
        )

    @admin.display(ordering="slot__prompt__challenge")
    def challenge(self, candidate: Candidate) -> str:
        return candidate.slot.competing_prompt.challenge.title

    @admin.display(ordering="slot__model", description="model")
    def maker(self, candidate: Candidate) -> str:
        return candidate.slot.model.name

    @admin.display(ordering="slot__take")
    def take(self, candidate: Candidate) -> int:
        return candidate.slot.take

    @admin.action(description="Hide at once", permissions=["change"])
    def hide(self, request: HttpRequest, chosen: Any) -> None:
        for candidate in chosen:
            hide_picture(candidate, void=False, reason="", by=_user(request))
            self.log_change(request, candidate, "Hidden.")
        messages.success(request, f"{len(chosen)} pictures hidden: no voter gets them any more.")

    @admin.action(description="Put back into play", permissions=["change"])
    def unhide(self, request: HttpRequest, chosen: Any) -> None:
        playing = 0
        for candidate in chosen:
            _, plays = show_picture(candidate, by=_user(request))
            playing += plays
            self.log_change(
                request, candidate, "Put back into play." if plays else "Shown again, retired."
            )
        messages.success(request, f"{playing} pictures are in play again.")
        if playing < len(chosen):
            retired = len(chosen) - playing
            messages.warning(request, f"{retired} are retired: they never come back into play.")

    @admin.action(description="Retire", permissions=["change"])
    def retire(self, request: HttpRequest, chosen: Any) -> HttpResponse | None:
        if "confirmed" not in request.POST:
            return self._ask(request, list(chosen), action="retire")
        curator = _user(request)
        retired = [candidate for candidate in chosen if retire_picture(candidate, by=curator)]
        for candidate in retired:
            self.log_change(request, candidate, "Retired.")
        messages.success(request, f"{len(retired)} pictures retired: they never come back.")
        return None

    @admin.action(description="Retire and order a new take", permissions=["change"])
    def rotate(self, request: HttpRequest, chosen: Any) -> HttpResponse | None:
        if "confirmed" not in request.POST:
            return self._ask(request, list(chosen), action="rotate")
        curator = _user(request)
        left, ordered = 0, 0
        for candidate in chosen:
            decision, slot = rotate_picture(candidate, by=curator)
            if decision is None:
                continue
            said = f"Retired; take {slot.take} ordered." if slot else "Retired; no new take."
            self.log_change(request, candidate, said)
            left, ordered = left + 1, ordered + (slot is not None)
        messages.success(request, f"{left} pictures retired, {ordered} new takes ordered.")
        return None

    def _ask(
        self, request: HttpRequest, chosen: Sequence[Candidate], *, action: str
    ) -> HttpResponse:
        """Say what cannot be undone and what it costs, before it is done."""
        rows = [
            {
                "candidate": candidate,
                "thumbnail": self.thumbnail(candidate),
                "retired": is_retired(candidate),
                "replaced": action == "rotate"
                and not is_retired(candidate)
                and can_replace(candidate),
                "cost": _cost_of_another(candidate),
            }
            for candidate in chosen
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": "Retire pictures" if action == "retire" else "Retire pictures, order new ones",
            "opts": self.opts,
            "action": action,
            "rows": rows,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/generation/candidate/retire.html", context)


def _user(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _cost_of_another(candidate: Candidate) -> Decimal | None:
    """Estimate one more picture like this one in dollars; None where nobody says."""
    slot = candidate.slot
    challenge = slot.competing_prompt.challenge
    (cost,) = expected_costs(challenge, models=[slot.model], takes=None, day=timezone.now().date())
    return cost.each


def _height(picture: PublicPicture) -> int:
    return round(96 * picture.height / picture.width)


@admin.register(Generation)
class GenerationAdmin(FactAdmin):
    list_display = (
        "pk",
        "slot_label",
        "offering",
        "attempt",
        "state",
        "outcome",
        "said",
        "total_ms",
        "created_at",
    )
    list_filter = ("state", "outcome", "offering", "slot__prompt__challenge")
    list_select_related = (
        "slot__prompt__challenge",
        "slot__model",
        "slot__api_key",
        "offering__provider",
    )
    actions = ("paid_send_again", "paid_give_up", "unpaid_send_again", "unpaid_give_up")

    @admin.display(description="slot")
    def slot_label(self, generation: Generation) -> str:
        return describe_wanted(generation.slot).title

    @admin.display(description="message")
    def said(self, generation: Generation) -> str:
        return generation.message[:120]

    @admin.action(description="Uncertain: it was charged, send again", permissions=["change"])
    def paid_send_again(self, request: HttpRequest, chosen: Any) -> None:
        self._settle(request, chosen, charged=True, send_again=True)

    @admin.action(description="Uncertain: it was charged, give up", permissions=["change"])
    def paid_give_up(self, request: HttpRequest, chosen: Any) -> None:
        self._settle(request, chosen, charged=True, send_again=False)

    @admin.action(description="Uncertain: it was not charged, send again", permissions=["change"])
    def unpaid_send_again(self, request: HttpRequest, chosen: Any) -> None:
        self._settle(request, chosen, charged=False, send_again=True)

    @admin.action(description="Uncertain: it was not charged, give up", permissions=["change"])
    def unpaid_give_up(self, request: HttpRequest, chosen: Any) -> None:
        self._settle(request, chosen, charged=False, send_again=False)

    def _settle(
        self, request: HttpRequest, chosen: Any, *, charged: bool, send_again: bool
    ) -> None:
        done: Counter[str] = Counter()
        for generation in chosen:
            settled = settle_uncertain(generation, charged=charged, send_again=send_again)
            if settled:
                said = f"{'Charged' if charged else 'Not charged'}, {settled}."
                self.log_change(request, generation, said)
                done[said] += 1
        told = " ".join(f"{count} × {said.lower()}" for said, count in done.items())
        messages.success(request, f"{done.total()} uncertain calls settled. {told}")


@admin.register(Vote)
class VoteAdmin(FactAdmin):
    list_display = ("pk", "verdict", "counted", "reason", "created_at")
    list_filter = ("counted", "reason", "verdict", "battle__population")


@admin.register(Battle)
class BattleAdmin(FactAdmin):
    list_display = ("pk", "population", "prompt", "issued_at", "skipped_at")
    list_select_related = ("prompt__challenge",)
    list_filter = ("population",)


@admin.register(RatingRun)
class RatingRunAdmin(FactAdmin):
    list_display = ("population", "discipline", "challenge", "number", "votes", "published_at")
    list_select_related = ("challenge",)


class OfferingForm(RuledForm):
    """Calls that were made keep their offering, so it stays one of its model at its provider."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("model", "provider"):
            if self.instance.pk and name in self.fields:
                self.fields[name].disabled = True


class OfferingInline(LawfulInline):
    model = Offering
    form = OfferingForm
    show_change_link = True
    fields = ("provider", "remote_id", "disciplines", "priority", "resend_safe", "enabled", "seen")


class PriceRuleInline(ShownInline):
    model = PriceRule
    fields = ("note", "direction", "unit", "amount", "valid_from", "valid_until", "source")
    verbose_name_plural = (
        "price rules: a new list is planned at /curate/catalogue/, none is rewritten"
    )


class PriceClaimInline(LawfulInline):
    model = PriceClaim


class ModelTextInline(LawfulInline):
    template = admin.StackedInline.template
    model = ModelText
    fields = (("section", "written_on"), "text", "sources", "seen")


class ImageModelForm(RuledForm):
    def clean(self) -> dict[str, Any]:
        """Refuse siblings of the other population (I8)."""
        cleaned = super().clean()
        if "siblings" in cleaned and "siblings" in self.changed_data:
            population = cleaned.get("population", self.instance.population)
            own = ImageModel(pk=self.instance.pk, population=population)
            check_siblings(own, cleaned["siblings"])
        return cleaned


@admin.register(ImageModel)
class ImageModelAdmin(LawfulAdmin):
    form = ImageModelForm
    list_display = ("name", "lab", "population", "status")
    list_filter = ("population", "status", "lab")
    list_select_related = ("lab",)
    search_fields = ("name", "long_name", "api_id")
    filter_horizontal = ("siblings",)
    inlines = (ModelTextInline, OfferingInline, PriceClaimInline)

    def get_inlines(self, request: HttpRequest, obj: ImageModel | None) -> Any:
        """What a model must match is known once it is there."""
        return super().get_inlines(request, obj) if obj else ()


class WholeOfferingForm(OfferingForm):
    options = FlagsField(required=False, help_text="Over the provider's flags, as JSON.")


@admin.register(Offering)
class OfferingAdmin(LawfulAdmin):
    form = WholeOfferingForm
    list_display = ("model", "provider", "remote_id", "priority", "enabled")
    list_select_related = ("model", "provider")
    list_filter = ("provider", "enabled")
    inlines = (PriceRuleInline,)


class ProviderForm(RuledForm):
    website = forms.URLField(required=False, assume_scheme="https")
    options = FlagsField(required=False, help_text="Flags of the dialect, as JSON.")


@admin.register(Provider)
class ProviderAdmin(LawfulAdmin):
    form = ProviderForm
    list_display = ("name", "dialect", "key", "enabled")

    @admin.display(description="key variable", ordering="key_variable")
    def key(self, provider: Provider) -> str:
        return str(KeyName().render(provider.key_variable))


class LabForm(RuledForm):
    website = forms.URLField(required=False, assume_scheme="https")


@admin.register(Lab)
class LabAdmin(LawfulAdmin):
    form = LabForm
    list_display = ("name", "slug")
    search_fields = ("name",)


@admin.register(Category)
class CategoryAdmin(SeenAdmin):
    list_display = ("name", "slug")
    search_fields = ("name",)
