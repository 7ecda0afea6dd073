"""A codebook says what the columns of a survey are."""

import pytest

from cxkit.errors import SettingsError
from cxkit.survey.codebook import Codebook, read_codebook

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
            ({"wave": {"colum": "t"}}, '"wave", has the unknown key "colum"; did you mean "column"?'),
            ({"wave": {"period": "month"}}, '"wave", names no column; give {column: NAME, period: month}.'),
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
            ({"items": ["ease"]}, '"items", must be lines of "key: value"'),
            ({"items": {"ease": [1, 5]}}, 'item "ease", must be lines of "key: value"'),
            ({"items": {"ease": {"scale": 5}}}, 'scale of "ease", must be lines of "key: value"'),
            ({"scales": "five", "items": {}}, '"scales", must be lines of "key: value"'),
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
