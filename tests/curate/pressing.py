"""What a curator presses at the desk, as a browser posts it."""

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from arena.catalog.models import Offering
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


class _Fields(HTMLParser):
    """Collects what the fields of the form with an id would send as they are."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form, self.inside, self.name = form, False, ""
        self.found: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = given.get("id") == self.form
        elif not self.inside or (tag != "option" and "name" not in given) or "disabled" in given:
            return
        elif tag == "input" and given.get("type") not in ("submit", "file"):
            ticked = given.get("type") in ("checkbox", "radio")
            if not ticked or "checked" in given:
                value = given.get("value") or ("on" if ticked else "")
                self.found.setdefault(given["name"] or "", []).append(value)
        elif tag in ("select", "textarea"):
            self.name = given["name"] or ""
            if tag == "textarea":
                self.found[self.name] = [""]
        elif tag == "option" and "selected" in given:
            self.found.setdefault(self.name, []).append(given.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self.lasttag == "textarea" and self.name in self.found:
            # The first line feed after the tag is none of the words.
            words = self.found[self.name][0] + data
            self.found[self.name] = [words.removeprefix("\n")]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self.name = ""
        if tag == "form":
            self.inside = False


def read_form(html: str, form: str) -> dict[str, list[str]]:
    """What a browser would post from a form of a page, without its buttons."""
    fields = _Fields(form)
    fields.feed(html)
    return {name: found for name, found in fields.found.items() if "__prefix__" not in name}


def address(name: str, *args: Any) -> str:
    return reverse(f"catalogue:{name}", args=args)


def take_back(client: Any) -> Any:
    line = HistoryLine.objects.first()
    assert line is not None
    return client.post(reverse("desk:undo", args=[line.pk]), follow=True)


def filled(form: Any, **values: Any) -> dict[str, Any]:
    """What a browser would post from a form as it is shown."""
    data = {field.html_name: field.value() for field in form}
    given = (data | values).items()
    return {name: value for name, value in given if value is not None and value is not False}


def post_raw(client: Any, offering: Offering, **values: Any) -> Any:
    """Save an offering's raw rows with its price rules, as they are but for some values."""
    at = reverse("admin:catalog_offering_change", args=[offering.pk])
    context = client.get(at).context
    (rules,) = (one.formset for one in context["inline_admin_formsets"])
    data = filled(context["adminform"].form, options="{}") | filled(rules.management_form)
    for form in rules.forms:
        data |= filled(form)
    return client.post(at, data | values)
