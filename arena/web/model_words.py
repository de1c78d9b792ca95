"""Sentences about a model, each made of its own figures; what has no figure says what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from arena.catalog.models import Discipline, ImageModel, Offering
from arena.ratings.standings import Standing
from arena.web.model_prices import FromPrice, say_number


@dataclass(frozen=True)
class Question:
    question: str
    answer: str


def join_words(words: Sequence[str]) -> str:
    """Join words as English does: a, b, and c."""
    if len(words) < 3:
        return gettext(" and ").join(words)
    return gettext("%(first)s, and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def full_name(model: ImageModel) -> str:
    """Return the name, with the long one in brackets where it is another."""
    if not model.long_name or model.long_name == model.name:
        return model.name
    return f"{model.name} ({model.long_name})"


def say_benchmarks(model: ImageModel, *, standings: Sequence[Standing]) -> str:
    """Say rank and rating in each discipline, with intervals, ranks that hold together, battles and date."""
    overall = {standing.discipline: standing for standing in standings if standing.is_overall}
    rated = [overall[discipline] for discipline in Discipline.values if discipline in overall]
    missing = [discipline for discipline in model.disciplines if discipline not in overall]
    sentences = []
    if rated:
        ranks = join_words([_rank(standing) for standing in rated])
        sentences.append(
            gettext("%(name)s ranks %(ranks)s.") % {"name": full_name(model), "ranks": ranks}
        )
        sentences.extend(_certainty(standing) for standing in rated)
    if missing:
        fields = join_words([_field(discipline) for discipline in missing])
        sentences.append(
            gettext("Not enough data yet in %(fields)s: %(name)s has no counted battle there.")
            % {"fields": fields, "name": model.name}
        )
    return " ".join(sentences)


def _field(discipline: str) -> str:
    return {
        Discipline.TEXT_TO_IMAGE: gettext("text-to-image generation"),
        Discipline.IMAGE_EDITING: gettext("image editing"),
    }[Discipline(discipline)]


def _rank(standing: Standing) -> str:
    return gettext("#%(rank)s in %(field)s with an Elo of %(rating)s") % {
        "rank": standing.rank,
        "field": _field(standing.discipline),
        "rating": f"{standing.rating:.0f}",
    }


def _certainty(standing: Standing) -> str:
    said = ngettext(
        "%(field)s: 95 %% interval %(lower)s to %(upper)s from %(n)s counted battle among %(rated)s models, "
        "%(ranks)s, on %(day)s%(preliminary)s.",
        "%(field)s: 95 %% interval %(lower)s to %(upper)s from %(n)s counted battles among %(rated)s models, "
        "%(ranks)s, on %(day)s%(preliminary)s.",
        standing.battles,
    )
    return said % {
        "field": capfirst(_field(standing.discipline)),
        "lower": f"{standing.lower:.0f}",
        "upper": f"{standing.upper:.0f}",
        "n": intcomma(standing.battles),
        "rated": standing.rated,
        "ranks": _sure_of(standing),
        "day": date_format(standing.as_of, "j F Y"),
        "preliminary": gettext(" (preliminary)") if standing.preliminary else "",
    }


def _sure_of(standing: Standing) -> str:
    if standing.rank_low == standing.rank_high:
        return gettext("sure of its rank")
    return gettext("rank %(low)s to %(high)s with 95 %% confidence") % {
        "low": standing.rank_low,
        "high": standing.rank_high,
    }


def say_providers(
    model: ImageModel, *, offerings: Sequence[Offering], lowest: FromPrice | None
) -> str:
    """Say how many providers offer a model, and from which price."""
    if not offerings:
        return _say_nowhere(model)
    said = ngettext(
        "%(name)s is available from %(n)s provider",
        "%(name)s is available from %(n)s providers",
        len(offerings),
    ) % {"name": model.name, "n": len(offerings)}
    if lowest is None:
        return gettext("%(said)s; no price list says what a picture costs.") % {"said": said}
    return gettext(
        "%(said)s, with per-image pricing starting at %(dollars)s through %(provider)s."
    ) % {
        "said": said,
        "dollars": lowest.dollars,
        "provider": lowest.provider,
    }


def _say_nowhere(model: ImageModel) -> str:
    return gettext("Not enough data yet: no provider offers %(name)s here.") % {"name": model.name}


def answer_questions(
    model: ImageModel,
    *,
    offerings: Sequence[Offering],
    lowest: FromPrice | None,
    cannot_be_asked: Sequence[str],
) -> list[Question]:
    """Answer what people ask of every model, from its rows; `offerings` are those on offer.

    `cannot_be_asked` says why nobody can ask for it on this server now; empty where somebody can.
    """
    name = {"name": model.name}
    return [
        Question(
            gettext("How much does %(name)s cost?") % name,
            _say_price(model, offerings=offerings, lowest=lowest),
        ),
        Question(gettext("What can %(name)s do?") % name, _say_abilities(model)),
        Question(
            gettext("How do I use %(name)s?") % name,
            _say_use(model, cannot_be_asked=cannot_be_asked),
        ),
        Question(
            gettext("Where can I get %(name)s?") % name,
            _say_where(model, offerings=offerings, cannot_be_asked=cannot_be_asked),
        ),
        Question(gettext("May I run %(name)s myself?") % name, _say_weights(model)),
    ]


def _say_price(
    model: ImageModel, *, offerings: Sequence[Offering], lowest: FromPrice | None
) -> str:
    if lowest is None:
        return gettext(
            "Not enough data yet: no price list of %(name)s says what a picture costs."
        ) % {"name": model.name}
    parts = [
        gettext(
            "%(name)s starts at %(dollars)s per image through %(provider)s%(size)s, by the price list of "
            "%(day)s (source: %(source)s)."
        )
        % {
            "name": model.name,
            "dollars": lowest.dollars,
            "provider": lowest.provider,
            "size": f" ({lowest.size})" if lowest.size else "",
            "day": date_format(lowest.listed_on, "j F Y"),
            "source": lowest.source or gettext("not named"),
        }
    ]
    if len(offerings) > 1:
        parts.append(gettext("Pricing varies by provider."))
    markups = {offering.provider.slug: offering.provider.markup for offering in offerings}
    added = [f"{slug} {say_number(100 * markup)} %" for slug, markup in markups.items() if markup]
    if added:
        said = gettext("On top of their own lists come: %(added)s.") % {"added": join_words(added)}
    else:
        said = gettext("Paragone does not add any markup to provider pricing.")
    return " ".join([*parts, said])


def _say_abilities(model: ImageModel) -> str:
    parts = []
    if model.capabilities:
        parts.append(
            gettext("%(name)s supports %(abilities)s.")
            % {"name": model.name, "abilities": join_words(model.capabilities)}
        )
    else:
        parts.append(
            gettext("Not enough data yet: nobody has noted the capabilities of %(name)s.")
            % {"name": model.name}
        )
    if model.input_kinds and model.output_kinds:
        parts.append(
            gettext("It accepts %(taken)s input and produces %(given)s output.")
            % {"taken": join_words(model.input_kinds), "given": join_words(model.output_kinds)}
        )
    fields = join_words([_field(discipline) for discipline in model.disciplines])
    parts.append(gettext("It competes in %(fields)s.") % {"fields": fields})
    return " ".join(parts)


def _say_use(model: ImageModel, *, cannot_be_asked: Sequence[str]) -> str:
    if cannot_be_asked:
        return gettext(
            "%(name)s cannot be asked for on this server now: %(why)s. The code examples in Python, JavaScript, "
            "and cURL, with model ID “%(id)s”, are for when it can."
        ) % {
            "name": model.name,
            "why": "; ".join(cannot_be_asked),
            "id": model.api_id or model.slug,
        }
    return gettext(
        "You can use %(name)s through Paragone's OpenAI-compatible API. Send requests to the unified endpoint "
        "with model ID “%(id)s”. Code examples are available in Python, JavaScript, and cURL."
    ) % {"name": model.name, "id": model.api_id or model.slug}


def _say_where(
    model: ImageModel, *, offerings: Sequence[Offering], cannot_be_asked: Sequence[str]
) -> str:
    if not offerings:
        return _say_nowhere(model)
    providers = join_words([offering.provider.name for offering in offerings])
    if cannot_be_asked:
        return ngettext(
            "%(providers)s has %(name)s in the catalogue, but it cannot be asked for on this server now.",
            "%(providers)s have %(name)s in the catalogue, but it cannot be asked for on this server now.",
            len(offerings),
        ) % {"name": model.name, "providers": providers}
    said = gettext("%(name)s is available through %(providers)s on Paragone.") % {
        "name": model.name,
        "providers": providers,
    }
    routed = gettext("Paragone automatically routes requests to the best available provider.")
    return f"{said} {routed}" if len(offerings) > 1 else said


def _say_weights(model: ImageModel) -> str:
    if model.is_demo:
        return gettext(
            "Yes, you do already: %(name)s is code that runs on this server, not an AI model with weights."
        ) % {"name": model.name}
    licence = gettext(" The licence is %(licence)s.") % {"licence": model.licence}
    said = {
        True: gettext("Yes: the weights of %(name)s are open."),
        False: gettext("No: the weights of %(name)s are not published."),
        None: gettext(
            "Not enough data yet: nobody has noted whether the weights of %(name)s are open."
        ),
    }[model.open_weights]
    return said % {"name": model.name} + (licence if model.licence else "")
