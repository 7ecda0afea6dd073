"""A codebook says what the columns of a survey are."""

import json
import re
import subprocess
import sys

import jsonschema
import pytest
import yaml

from cxkit.errors import SettingsError
from cxkit.survey import cards
from cxkit.survey.codebook import SECTIONS, Codebook, read_codebook
from cxkit.survey.codebook_keys import CodebookKeys, Scale, json_schema
from cxkit.survey.samples import SAMPLES, sample_codebook
from cxkit.survey.yamlfile import load_yaml
from tests.conftest import ROOT, SHARED
from tests.test_cases import CODES, CURED

FULL = """
respondent: id
weight: w
group: segment
wave: wave
scales:
  five: {min: 1, max: 5, missing: [99], labels: {Juda yaxshi: 5}}
items:
  ease:
    scale: five
    column: Q1
    text: {en: "Easy?", ru: "Легко?", uz: "Osonmi?"}
  effort: {scale: five, reversed: true, missing: [98, NA]}
  recommend: {scale: [0, 10]}
  trust: {scale: {min: 1, max: 7}}
  speed: {min: 1, max: 4}
"""


def codebook(folder, text):
    path = folder / "codebook.yml"
    path.write_text(text, encoding="utf-8")
    return read_codebook(path)


def refusal(source):
    with pytest.raises(SettingsError) as caught:
        read_codebook(source)
    message = str(caught.value)
    assert "\n" not in message
    assert message[-1] in ".?"
    return message


class TestRead:
    @pytest.fixture
    def book(self, tmp_path):
        return codebook(tmp_path, FULL)

    def test_items_keep_their_order(self, book):
        assert list(book.items) == ["ease", "effort", "recommend", "trust", "speed"]

    @pytest.mark.parametrize("name", ["poles", "objects", "tree", "tables", "constructs", "paths", "economy"])
    def test_a_section_is_kept_for_its_method(self, name):
        assert read_codebook({name: {"any": "thing"}}).sections == {name: {"any": "thing"}}

    def test_roles_name_columns(self, book):
        assert (book.respondent, book.weight, book.group, book.wave) == ("id", "w", "segment", "wave")

    @pytest.mark.parametrize(
        ("item", "low", "high"),
        [("ease", 1, 5), ("effort", 1, 5), ("recommend", 0, 10), ("trust", 1, 7), ("speed", 1, 4)],
    )
    def test_a_scale_is_named_or_written_in_place(self, book, item, low, high):
        assert (book.items[item].low, book.items[item].high) == (low, high)

    def test_a_named_scale_brings_its_codes_and_labels(self, book):
        assert book.items["ease"].missing == ("99",)
        assert book.items["ease"].labels == {"juda yaxshi": 5}

    def test_an_item_adds_to_and_overrides_its_named_scale(self, book):
        assert book.items["effort"].reversed
        assert book.items["effort"].missing == ("98", "NA")
        assert not book.items["ease"].reversed

    def test_an_item_has_a_column_and_texts(self, book):
        assert book.items["ease"].column == "Q1"
        assert dict(book.items["ease"].text) == {"en": "Easy?", "ru": "Легко?", "uz": "Osonmi?"}

    def test_waves_keep_their_order_and_are_text(self, tmp_path):
        assert codebook(tmp_path, "wave: wave\nwaves: [spring, 2026, 07]\n").waves == ("spring", "2026", "07")

    def test_a_wave_may_have_a_period_and_dates_an_order(self, tmp_path):
        book = codebook(tmp_path, "wave: {column: Timestamp, period: half-year}\ndates: month first\n")
        assert (book.wave, book.period, book.dates) == ("Timestamp", "half-year", "month first")
        assert codebook(tmp_path, "wave: {column: Timestamp}\n") == codebook(tmp_path, "wave: Timestamp\n")

    @pytest.mark.parametrize(
        ("source", "sentence"),
        [
            ({"wave": {"column": "t", "period": "moth"}}, 'Found period: moth; did you mean "month"?'),
            ({"wave": {"colum": "t"}}, 'wave, has the unknown key "colum"; did you mean "column"?'),
            (
                {"wave": {"period": "month"}},
                "wave, has column: ''; give the name of a column, as in {column: NAME, period: month}.",
            ),
            ({"wave": "t", "dates": "d/m/y"}, "Found dates: d/m/y; known are: day first, month first."),
        ],
    )
    def test_a_wrong_period_or_order_of_dates_is_refused(self, source, sentence):
        assert sentence in refusal(source)

    @pytest.mark.parametrize("source", [None, "", {}])
    def test_no_codebook_is_an_empty_one(self, source):
        assert read_codebook(source) == Codebook()

    def test_roles_left_out_are_empty(self):
        book = read_codebook({"items": {"ease": {"scale": [1, 5]}}})
        assert (book.respondent, book.weight, book.group, book.wave) == ("", "", "", "")

    def test_a_dict_is_left_as_it_was(self):
        source = {"scales": {"five": {"min": 1, "max": 5}}, "items": {"ease": {"scale": "five", "reversed": True}}}
        read_codebook(source)
        assert source == {
            "scales": {"five": {"min": 1, "max": 5}},
            "items": {"ease": {"scale": "five", "reversed": True}},
        }

    def test_codes_and_names_stay_text(self, tmp_path):
        book = codebook(tmp_path, "items:\n  007: {scale: [1, 5], missing: [NO, 099, 12:30, -1]}\n")
        assert book.items["007"].missing == ("NO", "099", "12:30", "-1")


class TestRefused:
    @pytest.mark.parametrize(
        ("source", "part"),
        [
            ({"itmes": {}}, 'unknown key "itmes"; did you mean "items"?'),
            ({"items": {"ease": {"scale": [1, 5], "txt": {}}}}, 'unknown key "txt"; did you mean "text"?'),
            (
                {"scales": {"five": {"min": 1, "max": 5}}, "items": {"ease": {"scale": "fvie"}}},
                'item "ease" uses the scale "fvie"; did you mean "five"?',
            ),
            ({"items": {"ease": {"scale": "five"}}}, 'item "ease" uses the scale "five"'),
            ({"items": {"ease": {}}}, 'scale of "ease" runs from None to None'),
            ({"items": {"ease": None}}, 'scale of "ease" runs from None to None'),
            ({"items": {"ease": {"scale": [5, 1]}}}, 'scale of "ease" runs from 5 to 1'),
            ({"items": ["ease"]}, "has items: ['ease']; give lines of \"key: value\""),
            ({"items": {"ease": [1, 5]}}, 'items, has ease: [1, 5]; give lines of "key: value"'),
            (
                {"items": {"ease": {"scale": 5}}},
                'scale of "ease" is 5; give [min, max], such as [1, 10], or a scale card',
            ),
            ({"scales": "five", "items": {}}, "has scales: 'five'; give lines of \"key: value\""),
        ],
    )
    def test_a_faulty_codebook_is_refused(self, source, part):
        assert part in refusal(source)

    @pytest.mark.parametrize(
        ("text", "part"),
        [
            ("weights: w\n", 'has the unknown key "weights"; did you mean "weight"?'),
            ("items:\n  ease: {scale: five}\n", 'item "ease" uses the scale "five"'),
            ("wave: a\nwave: b\n", '"wave" stands twice'),
        ],
    )
    def test_a_refusal_names_the_file(self, tmp_path, text, part):
        path = tmp_path / "codebook.yml"
        path.write_text(text)
        message = refusal(path)
        assert part in message
        assert '"codebook.yml"' in message

    def test_a_codebook_that_is_not_there_is_refused(self, tmp_path):
        assert 'codebook "none.yml" was not found' in refusal(tmp_path / "none.yml")

    @pytest.mark.parametrize("waves", [2026, "2026"])
    def test_one_wave_without_a_list_is_not_cut_into_letters(self, waves):
        try:
            book = read_codebook({"wave": "wave", "waves": waves})
        except SettingsError:
            return
        assert book.waves == ("2026",)

    def test_reversed_no_does_not_turn_the_scale(self, tmp_path):
        try:
            book = codebook(tmp_path, "items:\n  ease: {scale: [1, 5], reversed: no}\n")
        except SettingsError:
            return
        assert not book.items["ease"].reversed

    def test_one_missing_code_takes_no_other_answer_with_it(self, tmp_path):
        try:
            book = codebook(tmp_path, "items:\n  ease: {scale: [0, 10], missing: 09}\n")
        except SettingsError:
            return
        assert book.items["ease"].missing == ("09",)

    @pytest.mark.parametrize(
        ("item", "sentence"),
        [
            ({"min": "1"}, "items.ease, has min: '1'; give a whole number."),
            ({"boxes": 1.5}, "items.ease, has boxes: 1.5; give a whole number."),
            ({"reversed": "no"}, "items.ease, has reversed: 'no'; give true or false."),
            ({"labels": {"Great": True}}, "items.ease.labels, has Great: True; give a whole number."),
            ({"text": ["Easy?"]}, "items.ease, has text: ['Easy?']; give lines of \"key: value\"."),
        ],
    )
    def test_a_value_of_another_kind_is_refused_by_its_place(self, tmp_path, item, sentence):
        path = tmp_path / "codebook.yml"
        path.write_text(yaml.safe_dump({"items": {"ease": {"scale": [1, 5], **item}}}))
        assert refusal(path) == f'The codebook "codebook.yml", {sentence}'

    @pytest.mark.parametrize("mark", [";", True, ["."]])
    def test_a_decimal_mark_is_a_point_or_a_comma(self, mark):
        assert refusal({"decimal": mark}) == f'The codebook has decimal: {mark!r}; give "." or ",".'

    def test_a_long_value_is_shown_short(self):
        deep = []
        for _ in range(5_000):
            deep = [deep]
        assert len(refusal({"items": [{"name": f"item {k}", "text": "long " * 100} for k in range(50)]})) < 150
        assert refusal({"items": deep}).startswith("The codebook has items: [[[[[[[...]]]]]]]; give")

    def test_a_scale_that_no_item_uses_is_not_looked_at(self):
        assert read_codebook({"scales": {"old": "?", "five": [1, 5]}, "items": {"ease": {"scale": "five"}}}).items


def readme_codebook():
    text = re.search(r"```yaml\n(respondent.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.S)
    return yaml.safe_load(text.group(1))


BOOKS = {
    **{name: sample_codebook(name) for name in SAMPLES},
    "full": yaml.safe_load(FULL),
    "README": readme_codebook(),
    "codes": CODES,
    **{name: how["book"] for name, how, *_ in CURED if "book" in how},
    "nothing said": {
        "items": None,
        "values": {"seg": {"Retail": None}},
        "weight": None,
        "wave": None,
        "decimal": None,
    },
    "wave by month": {"wave": {"column": "t", "period": "month"}, "dates": "day first", "split": {"used": ", "}},
}


class TestSchema:
    @pytest.fixture(scope="class")
    def schema(self):
        return jsonschema.Draft202012Validator(json.loads(json_schema()))

    def test_it_is_valid_and_describes_every_key_in_a_line(self, schema):
        schema.check_schema(schema.schema)
        shapes = [schema.schema, *schema.schema["$defs"].values()]
        about = {key: value.get("description", "") for shape in shapes for key, value in shape["properties"].items()}
        assert {"items", "scale", "min", "from", "period", *SECTIONS} <= set(about)
        assert [key for key, text in about.items() if not text or "\n" in text] == []
        assert [shape["title"] for shape in shapes if "default" in str(shape["properties"])] == []

    def test_scales_have_the_keys_of_a_card(self):
        assert tuple(Scale.model_fields) == cards.KEYS
        assert set(SECTIONS) < set(CodebookKeys.model_fields)

    @pytest.mark.parametrize("name", BOOKS)
    def test_it_accepts_what_the_reader_accepts(self, schema, name):
        read_codebook(BOOKS[name])
        schema.validate(BOOKS[name])

    def test_it_accepts_the_codebooks_beside_the_project(self, schema):
        paths = list(SHARED.glob("cases/*.y*ml"))
        if not paths:
            pytest.skip("no codebooks are beside the project")
        for path in paths:
            read_codebook(path)
            schema.validate(load_yaml(path, "codebook"))

    @pytest.mark.parametrize(
        ("source", "key"),
        [
            ({"itmes": {}}, "itmes"),
            ({"items": {"ease": {"scale": [1, 5], "txt": {}}}}, "txt"),
            ({"items": {"ease": {"scale": {"min": 1, "mx": 5}}}}, "mx"),
            ({"scales": {"five": {"min": 1, "mx": 5}}, "items": {"ease": {"scale": "five"}}}, "mx"),
            ({"wave": {"colum": "t"}}, "colum"),
            ({"values": {"seg": {"A": {"form": "1"}}}}, "form"),
        ],
    )
    def test_it_refuses_the_wrong_keys_that_the_reader_refuses(self, schema, source, key):
        assert f'has the unknown key "{key}"; did you mean' in refusal(source)
        assert not schema.is_valid(source)
        right = json.loads(json.dumps(source).replace(f'"{key}"', f'"{RIGHT[key]}"'))
        schema.validate(right)

    @pytest.mark.parametrize(
        "source",
        [
            {"items": ["ease"]},
            {"items": {"ease": {"scale": [1, 5], "reversed": "no"}}},
            {"items": {"ease": {"scale": [1, 5, 7]}}},
            {"items": {"ease": {"scale": [1, 5], "labels": {"Great": "5"}}}},
            {"wave": {"column": "t", "period": "moth"}},
            {"dates": "d/m/y"},
            {"decimal": ";"},
            {"split": {"used": "and"}},
            {"values": {"seg": {"A": [1.5]}}},
        ],
    )
    def test_it_refuses_values_of_another_kind_as_the_reader_does(self, schema, source):
        refusal(source)
        assert not schema.is_valid(source)


RIGHT = {"itmes": "items", "txt": "text", "mx": "max", "colum": "column", "form": "from"}


@pytest.mark.parametrize(("codebook", "loaded"), [(None, False), ({"weight": "w"}, True)])
def test_a_survey_without_a_codebook_waits_for_no_pydantic(tmp_path, codebook, loaded):
    (tmp_path / "a.csv").write_text("id,nps,w\n" + "".join(f"{k},{k % 11},1\n" for k in range(20)))
    code = (
        "import sys, cxkit as cx\n"
        f"survey = cx.read('a.csv', {codebook!r}, items=['nps'], scale=[0, 10], respondent='id')\n"
        "cx.nps(survey).table('uz')\n"
        "print('pydantic' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(loaded)
