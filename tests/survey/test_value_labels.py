"""What an SPSS or Stata file says of its columns gives the same survey as its CSV twin with a codebook by hand."""

import random

import pandas as pd
import pytest

import cxkit as cx
from cxkit.batch.leftover import file_values
from cxkit.errors import CxError, DataError
from cxkit.survey.read import read, split_values
from cxkit.survey.value_labels import own_words
from tests.survey.test_sources import says
from tests.survey.test_statfile import old

pyreadstat = pytest.importorskip("pyreadstat")

WORDS = {1: "Жуда ёмон", 2: "Ёмон", 3: "Oʻrtacha", 4: "Хорошо", 5: "Аъло", 98: "Не знаю"}
ENDS = {0: "Умуман тавсия қилмайман", 10: "Albatta tavsiya qilaman"}
PLACES = {1: "Тошкент шаҳри", 2: "Samarqand", 9: "Отказ"}
TEXTS = {"ease": "Насколько легко?", "trust": "Ishonasizmi?", "recommend": "Тавсия қиласизми?"}
SAID = {
    "column_labels": TEXTS,
    "variable_value_labels": {"ease": WORDS, "trust": WORDS, "recommend": ENDS, "place": PLACES},
}
MISSING = {"ease": [98], "trust": [{"lo": 97, "hi": 99}], "recommend": [{"lo": 96, "hi": float("inf")}], "place": [9]}


def answers():
    rng = random.Random(7)
    rows = [
        {
            "id": f"r{k}",
            "ease": rng.choice([1, 2, 3, 4, 4, 5, 5, 98]),
            "trust": rng.choice([1, 2, 3, 3, 4, 5, 97, 99]),
            "recommend": rng.choice([0, 3, 6, 7, 8, 9, 9, 10, 10, 10, 97, 99]),
            "place": rng.choice([1, 1, 2, 9]),
            "wave": "2026",
            "weight": rng.choice([0.5, 1.25, 1]),
        }
        for k in range(120)
    ]
    return pd.DataFrame(rows)


def as_sav(path):
    pyreadstat.write_sav(answers(), path, missing_ranges=MISSING, **SAID)
    return path


def as_dta(path):
    """Stata has no ranges of missing codes: letters stand for them."""
    letters = {97: "a", 98: "b", 99: "c"}
    frame = answers()
    for item in TEXTS:
        frame[item] = frame[item].map(lambda code: letters.get(code, code)).astype(object)
    frame["place"] = frame["place"].map(lambda code: "a" if code == 9 else code).astype(object)
    labels = {column: {letters.get(code, code): label for code, label in said.items()}
              for column, said in SAID["variable_value_labels"].items()}  # fmt: skip
    labels["place"] = {1: PLACES[1], 2: PLACES[2], "a": PLACES[9]}
    gaps = {**{item: ["a", "b", "c"] for item in TEXTS}, "place": ["a"]}
    pyreadstat.write_dta(frame, path, column_labels=TEXTS, variable_value_labels=labels, missing_user_values=gaps)
    return path


def as_csv(path):
    frame = answers()
    frame["place"] = frame["place"].map(lambda code: "" if code == 9 else str(code))
    frame.to_csv(path, index=False)
    return path


def by_hand(missing):
    scale = {"min": 1, "max": 5, "labels": {label: code for code, label in WORDS.items() if code < 98}}
    likely = {"min": 0, "max": 10, "labels": {label: code for code, label in ENDS.items()}}
    items = {"ease": scale, "trust": scale, "recommend": likely}
    return {
        "items": {
            item: {**card, "missing": missing[item], "text": {"en": TEXTS[item]}} for item, card in items.items()
        },
        "values": {"place": {PLACES[1]: "1", PLACES[2]: "2"}},
    }


ROLES = {"by": "place", "wave": "wave", "weight": "weight", "respondent": "id"}
CODES = {"ease": ["98"], "trust": ["97", "98", "99"], "recommend": ["97", "99"]}


@pytest.mark.parametrize("items", [["ease", "trust"], ["recommend"]])
def test_a_sav_file_is_its_twin(tmp_path, items):
    mine = read(as_sav(tmp_path / "a.sav"), items=items, **ROLES)
    twin = read(as_csv(tmp_path / "a.csv"), by_hand(CODES), items=items, **ROLES)
    pd.testing.assert_frame_equal(mine.frame[[*items, *ROLES.values()]], twin.frame[[*items, *ROLES.values()]])
    assert mine.audit.scale == twin.audit.scale
    pd.testing.assert_frame_equal(mine.audit.answers, twin.audit.answers)
    assert mine.audit.values == twin.audit.values
    method = cx.nps if items == ["recommend"] else cx.scaling
    pd.testing.assert_frame_equal(method(mine).tidy, method(twin).tidy)
    assert method(mine).labels == method(twin).labels


@pytest.mark.parametrize("items", [["ease", "trust"], ["recommend"]])
def test_a_dta_file_is_its_twin(tmp_path, items):
    mine = read(as_dta(tmp_path / "a.dta"), items=items, **ROLES)
    twin = read(as_csv(tmp_path / "a.csv"), by_hand(CODES), items=items, **ROLES)
    pd.testing.assert_frame_equal(mine.frame[[*items, *ROLES.values()]], twin.frame[[*items, *ROLES.values()]])
    same = {item: {**card, "missing": []} for item, card in mine.audit.scale.items()}
    assert same == {item: {**card, "missing": []} for item, card in twin.audit.scale.items()}
    pd.testing.assert_frame_equal(mine.audit.answers, twin.audit.answers)
    method = cx.nps if items == ["recommend"] else cx.scaling
    pd.testing.assert_frame_equal(method(mine).tidy, method(twin).tidy)
    assert set(mine.audit.scale[items[0]]["missing"]) <= {".a", ".b", ".c"}


def test_what_the_file_says_is_told(tmp_path):
    notes = dict(read(as_sav(tmp_path / "a.sav"), items=["ease", "recommend"], by="place").audit.notes)
    assert notes["scales_of_file"] == {"names": "ease: 1–5; recommend: 0–10"}
    assert notes["missing_of_file"] == {"names": "ease: 98; recommend: 97, 99"}
    assert notes["emptied_by_file"] == {"names": "place: 9"}


def test_a_codebook_wins_over_the_file(tmp_path):
    path = as_sav(tmp_path / "a.sav")
    own = {"items": {"ease": {"scale": [0, 10], "missing": ["98", "97"], "text": {"ru": "Легко?"},
                              "labels": {"Ёмон": 0}}},
           "values": {"place": {"Capital": "1", "Other": "2"}}}  # fmt: skip
    survey = read(path, own, items=["ease"], by="place")
    card = survey.audit.scale["ease"]
    assert (card["min"], card["max"], card["missing"], card["labels"]) == (0, 10, ["98", "97"], {"ёмон": 0})
    assert card["text"] == {"en": "Насколько легко?", "ru": "Легко?"}
    assert set(survey.frame["place"].dropna()) == {"Capital", "Other"}
    notes = dict(survey.audit.notes)
    assert "scales_of_file" not in notes
    assert "missing_of_file" not in notes


@pytest.mark.parametrize("scale", [[0, 98], {"ease": [0, 98]}, {"min": 0, "max": 98}])
def test_a_scale_that_is_given_wins_over_the_file(tmp_path, scale):
    survey = read(as_sav(tmp_path / "a.sav"), items=["ease"], scale=scale)
    card = survey.audit.scale["ease"]
    assert (card["min"], card["max"], card["missing"]) == (0, 98, ["98"])  # what is not given is still the file's
    assert "98" not in card["labels"]
    assert "missing_on_scale" in dict(survey.audit.notes)


def test_what_the_file_says_is_read_in_the_encoding_that_is_given(tmp_path):
    frame = pd.DataFrame({"x": [1.0, 5]})
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(frame, path, column_labels={"x": "XXXXXX"}, variable_value_labels={"x": {1: "a", 5: "b"}})
    old(path, {"XXXXXX": "Оценка"})
    meant = {"": "Оценка", "cp1251": "Оценка", "koi8-r": "Оценка".encode("cp1251").decode("koi8-r")}
    for encoding, text in meant.items():
        assert read(path, items=["x"], encoding=encoding).audit.scale["x"]["text"] == {"en": text}


def test_a_group_is_picked_by_its_label_or_its_code(tmp_path):
    path = as_sav(tmp_path / "a.sav")
    chosen = [read(path, items=["ease"], where={"place": value}).frame for value in ("Samarqand", "2")]
    pd.testing.assert_frame_equal(*chosen)
    assert 0 < len(chosen[0]) < 120


def test_clients_are_called_by_their_labels(tmp_path):
    path = as_sav(tmp_path / "a.sav")
    assert [name for name, _ in split_values(path, "place")] == ["", "Samarqand", "Тошкент шаҳри"]
    own = {"values": {"place": {"Refused": "9"}}}
    assert [name for name, _ in split_values(path, "place", own)] == ["1", "2", "Refused"]
    assert file_values(str(path), "place", "").name("2") == "Samarqand"


def test_labels_that_would_be_taken_for_one_another_are_left_out(tmp_path):
    frame = pd.DataFrame({"place": [1, 2, 3, 4]})
    said = {1: "North", 2: "north ", 3: "4", 4: "South"}
    pyreadstat.write_sav(frame, tmp_path / "a.sav", variable_value_labels={"place": said})
    assert own_words(tmp_path / "a.sav").values("place").given == {"South": "South", "4": "South"}


def test_a_weight_that_means_no_answer_is_no_weight(tmp_path):
    frame = pd.DataFrame({"x": [1, 2, 3], "w": [1.0, 2, 999]})
    pyreadstat.write_sav(frame, tmp_path / "a.sav", missing_ranges={"w": [999]})
    with pytest.raises(CxError) as caught:
        read(tmp_path / "a.sav", items=["x"], scale=[1, 5], weight="w")
    says(str(caught.value), 'a.sav, column "w", row 4')


class TestScales:
    def scale(self, folder, labels, missing=(), data=(1, 2, 3), **settings):
        frame = pd.DataFrame({"x": [float(one) for one in data]})
        how = {"variable_value_labels": {"x": labels}}
        pyreadstat.write_sav(frame, folder / "a.sav", missing_ranges={"x": list(missing)} if missing else None, **how)
        card = read(folder / "a.sav", items=["x"], **settings).audit.scale["x"]
        return card["min"], card["max"]

    @pytest.mark.parametrize(
        ("labels", "ends"),
        [
            ({1: "a", 5: "b"}, (1, 5)),
            ({0: "a", 5: "b", 10: "c"}, (0, 10)),
            ({0: "a", 100: "b"}, (0, 100)),
            ({k: f"p{k}" for k in range(1, 8)}, (1, 7)),
            ({1: "1 - bad", 5: "5 - good"}, (1, 5)),
            ({1: "1", 2: "2", 3: "3"}, (1, 3)),
            ({-2: "a", 2: "b", 3: ""}, (-2, 3)),
        ],
    )
    def test_labels_that_make_one(self, tmp_path, labels, ends):
        if "" in labels.values():
            labels = {-2: "a", -1: "b", 0: "c", 1: "d", 2: "e", 3: "f"}
        assert self.scale(tmp_path, labels) == ends

    @pytest.mark.parametrize(
        ("labels", "part"),
        [
            ({1: "a", 2: "b", 3: "c", 99: "d"}, "the labelled codes, 1, 2, 3, 99, are not the points or the ends"),
            ({1: "a", 99: "d"}, "not the points or the ends of a scale"),
            ({3: "d"}, "not the points or the ends of a scale"),
            ({1: "a", 1.5: "b", 2: "c"}, "not the points or the ends of a scale"),
            ({1: "a", 2: "b", 3: "Затрудняюсь ответить"}, 'the code 3 is labelled "Затрудняюсь ответить"'),
            ({1: "a", 2: "b", 3: "Don’t know"}, 'labelled "Don’t know", but not declared'),
            ({1: "a", 2: "b", 3: "Javob yoʻq"}, "but not declared as no answer"),
            ({1: "a", 2: "b", 3: "Жавоб йўқ"}, "but not declared as no answer"),
            ({1: "0", 2: "1", 3: "2"}, "the codes 1, 2, 3 are labelled with other numbers, 0, 1, 2"),
            ({1: "0 - bad", 11: "10 - good"}, 'such as labels: {"1": 0, "11": 10} for this item'),
            ({1: "5 stars", 5: "1 star"}, "are labelled with other numbers, 5, 1"),
        ],
    )
    def test_labels_that_make_none_are_refused(self, tmp_path, labels, part):
        with pytest.raises(DataError) as caught:
            self.scale(tmp_path, labels)
        says(str(caught.value), 'a.sav, column "x"', part)

    @pytest.mark.parametrize("word", ["Juda qiyin", "Очень трудно", "Difficult", "Жуда қийин", "Not at all likely"])
    def test_ends_of_a_scale_are_no_missing_codes(self, tmp_path, word):
        assert self.scale(tmp_path, {1: word, 5: "b"}) == (1, 5)

    def test_declared_missing_codes_are_no_points(self, tmp_path):
        assert self.scale(tmp_path, {1: "a", 2: "b", 3: "c", 9: "Don't know"}, missing=[9]) == (1, 3)

    def test_codes_with_other_numbers_need_their_labels(self, tmp_path):
        labels, data = {k: str(k - 1) for k in range(1, 12)}, range(1, 12)
        with pytest.raises(DataError, match="labelled with other numbers"):
            self.scale(tmp_path, labels, data=data, scale=[0, 10])
        given = {"min": 0, "max": 10, "labels": {str(code): code - 1 for code in range(1, 12)}}
        assert self.scale(tmp_path, labels, data=data, scale=given) == (0, 10)

    def test_a_code_off_the_scale_is_refused_by_its_row(self, tmp_path):
        with pytest.raises(DataError) as caught:
            self.scale(tmp_path, {1: "a", 5: "b"}, data=[1, 5, 7])
        says(str(caught.value), 'a.sav, column "x", row 4: found "7", expected a whole number from 1 to 5')

    def test_without_labels_the_scale_is_asked_for(self, tmp_path):
        frame = pd.DataFrame({"x": [1, 2]})
        pyreadstat.write_sav(frame, tmp_path / "a.sav")
        with pytest.raises(CxError, match='The item "x" has no scale'):
            read(tmp_path / "a.sav", items=["x"])
