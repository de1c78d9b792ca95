"""Import and export: what goes out comes back as no change, and what comes in is looked at first."""

import csv
import io
import json
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from arena.catalog.load import load_catalog
from arena.catalog.models import ImageModel, Lab, Offering, PriceRule, Provider
from arena.challenges.load import load_challenges
from arena.challenges.models import Challenge, HistoryLine, Prompt
from arena.curate.exchange import files
from arena.curate.exchange.files import (
    FileFault,
    quote_formula,
    read_parcel,
    unquote_formula,
    write_csv,
    write_json,
)
from arena.curate.exchange.importing import preview_import
from arena.curate.exchange.kinds import CATALOGUE, EXPORTED, IMPORTED
from tests.factories import create_challenge, create_model, create_offering, create_slot

pytestmark = pytest.mark.django_db

FIXTURES = Path(project.FIXTURES)
PAGE = "/curate/catalogue/exchange/"


@pytest.fixture
def shipped(quick_references: None) -> None:
    load_catalog(json.loads((FIXTURES / "catalog.json").read_text(encoding="utf-8")))
    data = json.loads((FIXTURES / "challenges.json").read_text(encoding="utf-8"))
    load_challenges(data, pictures=FIXTURES / "references")
    # What is hard to carry: what spreadsheets run, what separates, what is not known.
    lab = Lab.objects.create(slug="odd", name="=cmd|' /C calc'!A0")
    create_model(
        name='\'-quoted; "odd", 名前',
        lab=lab,
        aliases=["a|b", " c "],
        description="- one\n- two\n\n@three",
        capabilities=["=1+1", "plain"],
    )


def rows_of(kind: str) -> list[dict[str, str]]:
    text = write_csv(kind).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def look(data: bytes, *, kind: str = "") -> Any:
    return preview_import(read_parcel(data, name="file", kind=kind))


def upload(client: Any, data: bytes, *, kind: str = "", name: str = "rows.csv") -> Any:
    return client.post(PAGE, {"file": SimpleUploadedFile(name, data), "kind": kind})


def faults(data: bytes, *, kind: str = "") -> list[str]:
    return [line.fault for line in look(data, kind=kind).of("faulty")]


def test_every_sheet_comes_back_without_a_change(shipped):
    for kind in IMPORTED:
        for data in (write_csv(kind), write_json([kind])):
            outcome = look(data, kind=kind)
            assert outcome.counts == {
                "new": 0, "changed": 0, "same": len(outcome.lines), "faulty": 0
            }, [line for line in outcome.lines if line.what != "same"][:3]  # fmt: skip
            assert outcome.lines
    whole = look(write_json(EXPORTED))
    assert whole.counts["same"] == len(whole.lines) == sum(len(rows_of(kind)) for kind in IMPORTED)
    # A spreadsheet drops zeros, ends lines otherwise, separates by semicolons.
    text = write_csv("models").decode("utf-8-sig")
    reader = csv.reader(io.StringIO(text, newline=""))
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=";", lineterminator="\n").writerows(reader)
    assert look(file.getvalue().encode("utf-8-sig"), kind="models").counts["changed"] == 0


def test_a_catalogue_goes_over_to_an_empty_server(shipped, client, curator):
    whole = write_json(EXPORTED)
    Challenge.objects.all().delete()
    ImageModel.objects.all().delete()
    for table in (Provider, Lab):
        table.objects.all().delete()
    page = upload(client, whole, name="all.json")
    assert page.context["sorts"][0]["lines"] == []
    client.post(PAGE, {"token": page.context["token"]})
    line = HistoryLine.objects.get()
    assert line.who_name == "carla"
    assert "0 changed" in line.said
    assert line.undo is None
    again = look(whole)
    assert again.counts["same"] == len(again.lines)
    assert set(Challenge.objects.values_list("status", flat=True)) == {"draft"}


def test_a_preview_writes_nothing_and_a_confirmed_one_once(client, curator):
    create_offering(price="0.04", resend_safe=False)
    rows = rows_of("offerings")
    rows[0] |= {"priority": "7", "enabled": "no"}
    page = upload(client, as_csv(rows), kind="offerings")
    (line,) = page.context["sorts"][1]["lines"]
    assert [(change.field, change.old, change.new) for change in line["changes"]] == [
        ("priority", "100", "7"), ("enabled", "yes", "no")
    ]  # fmt: skip
    assert Offering.objects.get().priority == 100
    assert not HistoryLine.objects.exists()
    for _ in range(2):
        client.post(PAGE, {"token": page.context["token"]})
    assert Offering.objects.get().priority == 7
    assert "0 new, 1 changed" in HistoryLine.objects.get().said
    undo = reverse("desk:undo", args=[HistoryLine.objects.get().pk])
    client.post(undo)
    stored = Offering.objects.get()
    assert (stored.priority, stored.enabled) == (100, True)
    client.post(undo)
    assert HistoryLine.objects.count() == 2


def test_what_changed_since_the_preview_is_said_and_nothing_written(client, curator):
    create_offering()
    rows = rows_of("offerings")
    rows[0]["priority"] = "7"
    page = upload(client, as_csv(rows), kind="offerings")
    Offering.objects.update(priority=50)
    answer = client.post(PAGE, {"token": page.context["token"]}, follow=True)
    assert b"have changed since the preview" in answer.content
    assert Offering.objects.get().priority == 50
    assert not HistoryLine.objects.exists()


def test_an_import_that_somebody_changed_over_is_not_taken_back(client, curator):
    create_offering()
    rows = rows_of("offerings")
    rows[0]["priority"] = "7"
    page = upload(client, as_csv(rows), kind="offerings")
    client.post(PAGE, {"token": page.context["token"]})
    Offering.objects.update(priority=8)
    line = HistoryLine.objects.get()
    answer = client.post(reverse("desk:undo", args=[line.pk]), follow=True)
    assert b"has been changed since" in answer.content
    assert Offering.objects.get().priority == 8


def test_one_faulty_row_keeps_the_whole_file_out(client, curator):
    create_model(slug="mine")
    data = b"slug,name\ngood,Good\nBad Slug,Bad\ngood,Twice\n"
    page = upload(client, data, kind="labs")
    assert page.status_code == 422
    assert page.context["token"] == ""
    told = {one["line"].number: one["line"].fault for one in page.context["sorts"][0]["lines"]}
    assert told[3].startswith("slug: Lower-case letters")
    assert told[4] == "The same row is there already, at 2."
    assert not Lab.objects.filter(slug="good").exists()


def test_faults_are_named_row_by_row():
    model = create_model(slug="mine")
    create_offering(model=model)
    assert faults(b"slug,name,lab,disciplines\nx,X,nobody,text-to-image\n", kind="models") == [
        "lab: There is no lab \u201cnobody\u201d."
    ]
    assert "is not a valid choice" in faults(b"slug,disciplines\nmine,juggling\n", kind="models")[0]
    assert "must be a day" in faults(b"slug,released_on\nmine,22/11/2026\n", kind="models")[0]
    assert "never changes" in faults(b"slug,population\nmine,real\n", kind="models")[0]
    assert "must be an object" in faults(b'slug,options\nlocal,"[1]"\n', kind="providers")[0]
    assert "is no JSON" in faults(b"slug,options\nlocal,{'a':1}\n", kind="providers")[0]
    assert "decimal" in faults(b"slug,markup\nlocal,1e999999\n", kind="providers")[0]
    assert faults(b"model,sibling\nmine,mine\n", kind="siblings")[0].startswith("siblings: ")


@pytest.mark.parametrize("escape", ["\\u0000", "\\ud800", "\\udfff\\ud800"])
@pytest.mark.parametrize(
    ("kind", "names", "column", "value"),
    [
        ("providers", {"slug": "local"}, "options", '{"a": [{"b": "%s"}]}'),
        ("offerings", {"model": "mine", "provider": "local"}, "options", '{"%s": 1}'),
        ("models", {"slug": "mine"}, "aliases", '["%s"]'),
    ],
)
def test_an_escape_of_what_cannot_be_kept_is_a_fault_of_its_row(kind, names, column, value, escape):
    create_offering(model=create_model(slug="mine"))
    cell = value % escape
    for data in (
        as_csv([names | {column: cell}]),
        json.dumps({kind: [names | {column: cell}]}).encode(),
    ):
        (fault,) = faults(data, kind=kind)
        assert fault.startswith(f"{column}: holds a character that cannot be kept")


def test_a_key_is_refused_and_never_written_anywhere(client, curator, monkeypatch):
    provider = create_offering().provider
    key = "sk-proj-0123456789abcdef"
    page = upload(client, f"slug,key_variable\nlocal,{key}\n".encode(), kind="providers")
    assert b"Keys are never kept here" in page.content
    assert key.encode() not in page.content
    assert not list((Path(project.MEDIA_ROOT) / "imports").glob("*.json"))
    # One that somebody wrote among the raw rows is not told either; a name is, its value is not.
    Provider.objects.update(key_variable=key)
    assert key not in write_csv("providers").decode()
    assert key not in write_json(["providers"]).decode()
    monkeypatch.setenv("LOCAL_KEY", "value-of-the-key")
    Provider.objects.filter(pk=provider.pk).update(key_variable="LOCAL_KEY")
    told = write_json(["providers"]).decode()
    assert "LOCAL_KEY" in told
    assert "value-of-the-key" not in told


def prices(**values: str) -> bytes:
    row = {
        "model": "mine",
        "provider": "local",
        "source": "page",
        "valid_from": "2026-01-01",
        "direction": "output",
        "unit": "image",
        "size": "",
        "quality": "",
        "tokens_of": "",
        "feature": "",
        "amount": "0.04",
    }
    return as_csv([row | values])


def test_imported_prices_keep_the_rules_of_typed_ones():
    create_offering(model=create_model(slug="mine"), price="0.04", resend_safe=False)
    PriceRule.objects.update(source="page")
    (fault,) = faults(prices(amount="0.05"), kind="price-rules")
    assert "explains what was paid" in fault
    (fault,) = faults(prices(valid_from="2026-02-01"), kind="price-rules")
    assert "is over, and calls were priced" in fault
    (fault,) = faults(prices(valid_from="2099-01-01"), kind="price-rules")
    assert "it still holds on 2099-01-01" in fault
    # Ended and followed by another list in one file, it is right.
    old, new = prices().decode(), prices(valid_from="2099-01-01", amount="0.05").decode()
    ended = [dict(row) for row in csv.DictReader(io.StringIO(old + new.partition("\n")[2]))]
    ended = [
        row | {"valid_until": until} for row, until in zip(ended, ("2098-12-31", ""), strict=True)
    ]
    assert look(as_csv(ended), kind="price-rules").counts == {
        "new": 1, "changed": 1, "same": 0, "faulty": 0
    }  # fmt: skip
    ended[1] |= {"amount": "-1"}
    assert any("is negative" in fault for fault in faults(as_csv(ended), kind="price-rules"))


def replace_list(client: Any, *, begins: date) -> HistoryLine:
    """Import a file that ends the only price list of an offering and adds another one."""
    old = {"amount": "0.04", "valid_until": str(begins - timedelta(days=1))}
    rows = [prices(**old), prices(valid_from=str(begins), amount="0.05", valid_until="")]
    first, second = (next(csv.DictReader(io.StringIO(one.decode()))) for one in rows)
    page = upload(client, as_csv([first, second]), kind="price-rules")
    client.post(PAGE, {"token": page.context["token"]})
    line = HistoryLine.objects.first()
    assert line is not None
    return line


def take_back(client: Any, line: HistoryLine) -> str:
    answer = client.post(reverse("desk:undo", args=[line.pk]), follow=True)
    return str(answer.content.decode())


@pytest.fixture
def priced() -> Offering:
    offering = create_offering(model=create_model(slug="mine"), price="0.04", resend_safe=False)
    PriceRule.objects.update(source="page")
    return offering


def test_an_imported_list_that_replaces_another_is_taken_back_until_it_begins(
    client, curator, priced
):
    today = timezone.now().date()
    line = replace_list(client, begins=today + timedelta(days=3))
    assert line.way_back == (
        "Sets the former values again; takes the price rules that it added away (1), until they begin."
    )
    assert PriceRule.objects.count() == 2
    take_back(client, line)
    assert PriceRule.objects.values("amount", "valid_until").get() == {
        "amount": Decimal("0.04"), "valid_until": None
    }  # fmt: skip


def test_an_imported_list_is_not_taken_back_once_it_has_begun(client, curator, priced):
    today = timezone.now().date()
    line = replace_list(client, begins=today + timedelta(days=3))
    # Three days later.
    PriceRule.objects.filter(amount="0.05").update(valid_from=today)
    assert "has been changed since" in take_back(client, line)
    assert line.undo is not None
    line.undo["added"][0][0]["valid_from"] = line.undo["added"][0][1]["valid_from"] = str(today)
    line.save()
    assert "mine at local: the price list of this import has begun" in take_back(client, line)
    assert PriceRule.objects.count() == 2


def test_an_imported_list_that_holds_at_once_has_no_way_back(client, curator, priced):
    line = replace_list(client, begins=timezone.now().date())
    assert line.undo is None
    assert "holds already in place of a former one" in line.way_back
    assert PriceRule.objects.count() == 2


def test_an_imported_list_that_was_changed_or_followed_since_stays(client, curator, priced):
    begins = timezone.now().date() + timedelta(days=3)
    line = replace_list(client, begins=begins)
    PriceRule.objects.filter(amount="0.05").update(note="Changed.")
    assert "has been changed since" in take_back(client, line)
    PriceRule.objects.update(note="")
    later = begins + timedelta(days=30)
    PriceRule.objects.filter(amount="0.05").update(valid_until=later - timedelta(days=1))
    PriceRule.objects.create(offering=priced, amount="0.06", valid_from=later)
    assert "has been changed since" in take_back(client, line)
    PriceRule.objects.filter(amount="0.05").update(valid_until=None)
    assert "when rule" in take_back(client, line)
    assert PriceRule.objects.count() == 3


def test_a_first_list_that_an_import_planned_is_taken_away(client, curator):
    create_offering(model=create_model(slug="mine"))
    data = prices(valid_from=str(timezone.now().date() + timedelta(days=1)))
    page = upload(client, data, kind="price-rules")
    client.post(PAGE, {"token": page.context["token"]})
    line = HistoryLine.objects.get()
    assert line.way_back == "Takes the price rules that it added away (1), until they begin."
    take_back(client, line)
    assert not PriceRule.objects.exists()


def test_an_import_sends_no_key_to_a_host_that_the_operator_did_not_name(client, curator):
    create_offering(model=create_model(slug="mine"))
    head = "slug,name,dialect,population,base_url,key_variable\n"
    for where, variable, sentence in (
        ("https://evil.example/v1", "OPENAI_API_KEY", "may not be sent to evil.example"),
        ("https://api.openai.com/v1", "SECRET_KEY", "SECRET_KEY is sent to nobody"),
    ):
        row = f"thief,Thief,openai_images,real,{where},{variable}\n"
        page = upload(client, (head + row).encode(), kind="providers")
        assert page.status_code == 422
        assert sentence in page.content.decode()
        assert "KEY_HOSTS" in page.content.decode()
    row = "thief,Thief,openai_images,real,https://api.openai.com/v1,OPENAI_API_KEY\n"
    assert look((head + row).encode(), kind="providers").counts["new"] == 1


def test_imported_flags_and_prices_keep_the_rules_of_typed_ones():
    create_offering(model=create_model(slug="mine"))
    row = {"model": "mine", "provider": "local"}
    (fault,) = faults(as_csv([row | {"options": '{"size_mode": "closest"}'}]), kind="offerings")
    assert fault.startswith("options: ")
    assert '"sizes" must be a list' in fault
    (fault,) = faults(b'slug,options\nlocal,"{""editing"": 5}"\n', kind="providers")
    assert 'The flag "editing" must be an object' in fault
    (fault,) = faults(prices(amount="1e12"), kind="price-rules")
    assert "is more than 10,000" in fault


@pytest.mark.parametrize("day", ["9999-12-31", "2101-01-01", "1999-12-31", "0001-01-01"])
def test_imported_price_lists_keep_to_the_years_of_price_lists(day):
    create_offering(model=create_model(slug="mine"))
    for name in ("valid_from", "valid_until"):
        (fault,) = faults(prices(**{name: day}), kind="price-rules")
        assert fault.startswith(f"{name.replace('_', ' ')}: {day} is out of reach")


def test_prompts_become_versions_and_pictures_fix_the_canvas(client, curator):
    challenge = create_challenge(slug="cube")
    create_slot(challenge=challenge, model=create_model())
    data = {
        "challenges": [{"slug": "cube", "title": "Cubes", "canvas_width": 512}],
        "prompts": [{"challenge": "cube", "position": 1, "text": "A blue cube."}],
    }
    (fault,) = faults(json.dumps(data).encode())
    assert "There are pictures of it already" in fault
    del data["challenges"][0]["canvas_width"]
    data["prompts"].append({"challenge": "cube", "position": 2, "text": "A blue cube."})
    assert faults(json.dumps(data).encode()) == ["text: It is there already, as prompt 1."]
    data["prompts"][1] |= {"text": "A green cube.", "position": 3}
    assert faults(json.dumps(data).encode()) == ["position: The next prompt there is number 2."]
    data["prompts"][1]["position"] = 2
    page = upload(client, json.dumps(data).encode(), name="cube.json")
    client.post(PAGE, {"token": page.context["token"]})
    assert list(
        Prompt.objects.filter(is_current=True).values_list("position", "version", "text")
    ) == [(1, 2, "A blue cube."), (2, 1, "A green cube.")]
    assert Prompt.objects.filter(version=1, position=1, text="A red cube.").exists()
    assert Challenge.objects.get().title == "Cubes"
    client.post(reverse("desk:undo", args=[HistoryLine.objects.get().pk]))
    assert Prompt.objects.get(is_current=True, position=1).text == "A red cube."
    assert Challenge.objects.get().title == challenge.title


def test_an_import_gives_no_text_both_purposes(curator):
    create_challenge(slug="cube", prompts=("A red cube.", "A blue cube."))
    row = {"challenge": "cube", "position": 2, "text": "A red cube.", "purpose": "showcase"}
    (fault,) = faults(json.dumps({"prompts": [row]}).encode())
    assert "for the other purpose, as prompt 1" in fault


HOSTILE = {
    "nothing": (b"", "empty"),
    "blank": (b" \n\n", "empty"),
    "not UTF-8": ("slug,name\nx,é\n".encode("latin-1"), "Line 2 is not UTF-8"),
    "UTF-16": ("slug,name\n".encode("utf-16"), "is not UTF-8"),
    "null": (b"slug,name\nx,a\0b\n", "cannot be kept"),
    "wrong columns": (b"name,colour\nx,y\n", "columns that labs do not have"),
    "no key": (b"name\nx\n", "lacks slug"),
    "column twice": (b"slug,slug\nx,y\n", "a column twice"),
    "ragged": (b"slug,name\nx\n", "Line 2 has 1 cells"),
    "torn quote": (b'slug,name\nx,"y\n', "no CSV"),
    "huge cell": (b"slug,name\nx," + b"y" * 200_000, "no CSV"),
    "many rows": (b"slug,name\n" + b"x,y\n" * 1_000_000, "more than 2000 rows"),
    "large": (b"slug,name\n" + b"x" * (5 * 1024 * 1024), "larger than 5 MB"),
    "torn JSON": (b'{"labs": [', "is no JSON"),
    "deep JSON": (b"[" * 100_000, "nested too deeply"),
    "deep options": (b'{"labs": ' + b"[" * 20 + b"]" * 20 + b"}", "nested too deeply"),
    "strange list": (b'{"users": []}', "nobody reads"),
    "no list": (b'{"labs": {}}', "must be a list"),
    "no object": (b'{"labs": [1]}', "must be an object"),
    "NaN": (b'{"labs": [{"slug": NaN}]}', "no number of JSON"),
    "long number": (b'{"labs": [{"slug": ' + b"9" * 5000 + b"}]}", "too long"),
    "name twice": (b'{"labs": [{"slug": "a", "slug": "b"}]}', "twice"),
    "surrogate": (b'{"labs": [{"slug": "a", "name": "\\ud800"}]}', "cannot be kept"),
    "surrogate in a name": (b'{"labs": [{"\\ud800": "a"}]}', "labs, entry 1, holds a character"),
    "surrogate in a list's name": (b'{"\\udfff": []}', "cannot be kept"),
    "many entries": (b'{"labs": [' + b"{}," * 2100 + b"{}]}", "more than 2000 rows"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_a_sentence(name, client, curator):
    data, sentence = HOSTILE[name]
    before = time.process_time()
    page = upload(client, data, kind="labs")
    assert page.status_code == 422
    assert sentence in " ".join(page.context["form"].errors["file"])
    assert time.process_time() - before < 5


def test_strange_values_are_faults_of_their_rows():
    for value in (1, True, None, [], {"a": 1}, "x" * 500, "=1+1", -1e300):
        for kind, sheet in IMPORTED.items():
            entries = [
                dict.fromkeys(sheet.keys(), f"a{number}") | {column: value}
                for number, column in enumerate(sheet.columns())
            ]
            outcome = look(json.dumps({kind: entries}).encode())
            assert len(outcome.lines) == len(entries)
            assert all(line.fault.endswith((".", "”")) for line in outcome.of("faulty"))


def test_the_kind_of_a_csv_file_is_asked_for():
    with pytest.raises(FileFault, match="Say which rows"):
        read_parcel(b"slug,name\n", name="x", kind="")
    with pytest.raises(FileFault, match="Say which rows"):
        read_parcel(b"[]", name="x", kind="")


@given(st.text(alphabet=st.sampled_from("'=+-@\t\ra ＝|"), max_size=6))
def test_a_quoted_formula_comes_back_as_it_was(text):
    quoted = quote_formula(text)
    assert quoted[:1] not in files.FORMULA
    assert unquote_formula(quoted) == text


def test_exports_are_files(client, curator):
    create_challenge()
    for name, ending in (("labs", "csv"), ("references", "json"), ("all-challenges", "json")):
        answer = client.get(reverse("catalogue:export", args=[name, ending]))
        assert answer.status_code == 200
        assert f'filename="{name}.{ending}"' in answer["Content-Disposition"]
    assert list(json.loads(client.get(f"{PAGE}all-catalogue.json").content)) == list(CATALOGUE)
    for name in ("all-catalogue.csv", "nothing.csv", "all-nothing.json", "labs.xml"):
        assert client.get(PAGE + name).status_code == 404
