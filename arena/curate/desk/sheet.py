"""All that the page of one challenge shows, section by section."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from arena.catalog.models import Discipline
from arena.challenges.models import Challenge, Prompt, ReferencePicture
from arena.curate.challenge_admin import summarise_costs
from arena.curate.ordering import OrderForm, orderable_models
from arena.generation.breakers import database_now, judge, read_breakers
from arena.generation.models import SpendingCap
from arena.generation.slots import has_pictures, list_missing

from .forms import CapForm, PromptForm, ReferenceForm, ScheduleForm, SettingsForm
from .progress import show_progress

LINES = 20


def lay_out_sheet(
    challenge: Challenge,
    *,
    settings: SettingsForm | None = None,
    prompt: PromptForm | None = None,
    preview: str = "",
    reference: ReferenceForm | None = None,
    order: OrderForm | None = None,
    dry_run: bool = False,
    cap: CapForm | None = None,
    schedule: ScheduleForm | None = None,
) -> dict[str, Any]:
    """Gather the page's context; a form that is given holds what was typed, the others what is."""
    fixed = has_pictures(challenge)
    return {
        "settings_form": settings or SettingsForm(instance=challenge, has_pictures=fixed),
        "has_pictures": fixed,
        "discipline_label": Discipline(challenge.discipline).label,
        "is_editing": challenge.discipline == Discipline.IMAGE_EDITING,
        "categories": [category.name for category in challenge.categories.all()],
        **_prompts(challenge, prompt, preview),
        "references": [show_reference(one) for one in challenge.references.all()],
        "reference_form": reference or ReferenceForm(),
        **_order(challenge, order, dry_run=dry_run),
        "cap_form": cap or CapForm(initial=show_cap(read_cap(challenge))),
        "schedule_form": schedule or ScheduleForm(initial=show_schedule(challenge)),
        "lines": challenge.history.select_related("undone_by")[:LINES],
        **show_progress(challenge),
    }


def read_cap(challenge: Challenge) -> Decimal | None:
    """Return the challenge's own cap in dollars; None: there is none."""
    cap = SpendingCap.objects.filter(challenge=challenge).first()
    return cap.dollars if cap else None


def show_cap(dollars: Decimal | None) -> dict[str, str]:
    """Return what stands in the form of a cap: dollars in figures, or nothing."""
    return {"dollars": "" if dollars is None else f"{dollars.normalize():f}"}


def show_schedule(challenge: Challenge) -> dict[str, datetime | None]:
    """Return what stands in the form of a challenge's schedule."""
    return {"opens_at": challenge.opens_at, "closes_at": challenge.closes_at}


def _prompts(challenge: Challenge, typed: PromptForm | None, preview: str) -> dict[str, Any]:
    """List the prompts that are asked, each with its form and its former versions, and one form for a new one."""
    about = typed["prompt"].value() if typed is not None else None
    versions = list(challenge.prompts.order_by("position", "-version"))
    current = [prompt for prompt in versions if prompt.is_current]
    if typed is not None and about and str(about) not in {str(prompt.pk) for prompt in current}:
        # This version is asked no more: what was typed stands in the form for a new prompt.
        typed.data, about = {**typed.data, "prompt": ""}, None
    rows = []
    for prompt in current:
        mine = typed is not None and str(about) == str(prompt.pk)
        rows.append(
            {
                "prompt": prompt,
                "form": typed if mine else _prompt_form(challenge, prompt),
                "preview": (mine and preview) or prompt.text,
                "unsaved": bool(mine and preview),
                "former": [
                    one
                    for one in versions
                    if one.position == prompt.position and not one.is_current
                ],
            }
        )
    new = typed if typed is not None and not about else PromptForm(challenge=challenge, prefix=None)
    asked = {prompt.position for prompt in current}
    return {
        "prompts": rows,
        "new_prompt": new,
        "new_preview": preview if typed is not None and not about else "",
        "withdrawn": [one for one in versions if one.position not in asked],
    }


def _prompt_form(challenge: Challenge, prompt: Prompt) -> PromptForm:
    return PromptForm(
        challenge=challenge,
        initial={
            "prompt": prompt.pk,
            "text": prompt.text,
            "showcase": prompt.purpose == Prompt.Purpose.SHOWCASE,
        },
        auto_id=f"prompt-{prompt.pk}-%s",
    )


def _order(challenge: Challenge, typed: OrderForm | None, *, dry_run: bool) -> dict[str, Any]:
    form = typed or OrderForm(challenge=challenge)
    valid = form.is_bound and form.is_valid()
    models = form.cleaned_data["models"] if valid else orderable_models(challenge)
    takes = form.cleaned_data["takes"] if valid else None
    chosen = {model.pk for model in models}
    all_models = orderable_models(challenge)
    sums = summarise_costs(challenge, models=models, takes=takes, day=timezone.now().date())
    shown = summarise_costs(challenge, models=all_models, takes=takes, day=timezone.now().date())
    return {
        **sums,
        "costs": [(cost, cost.model.pk in chosen) for cost in shown["costs"]],
        "order_form": form,
        "estimated": valid,
        "rehearsal": _rehearse(challenge, sums["costs"], takes) if valid and dry_run else None,
    }


def _rehearse(challenge: Challenge, costs: Any, takes: int | None) -> list[dict[str, Any]]:
    """List every call that the order would make; nothing is written and nobody is asked."""
    by_model = {cost.model.pk: cost for cost in costs}
    asked = {cost.model.pk: cost.offering.pk for cost in costs if cost.offering}
    health, now = read_breakers(asked.values()), database_now()
    waits = {model: judge(health.get(o), now=now).why_not for model, o in asked.items()}
    missing = list_missing(challenge, models=[cost.model for cost in costs], takes=takes)
    return [
        {
            "prompt": prompt,
            "model": model,
            "take": take,
            "cost": by_model[model.pk],
            "waits": by_model[model.pk].missing or waits[model.pk],
        }
        for prompt, model, take in missing
    ]


def show_reference(picture: ReferencePicture) -> dict[str, Any]:
    """Describe a reference picture with the address that voters see it at."""
    extension = str(picture.file.name).rsplit(".", 1)[-1]
    return {
        "picture": picture,
        "url": reverse("web:picture", args=[picture.public_name, extension]),
        "height": round(320 * picture.height / picture.width),
    }
