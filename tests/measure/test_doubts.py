"""What contradicts the declared scales and weights is told by every method, in any data."""

import json

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

import cxkit as cx
from cxkit.measure.doubts import scale_notes
from cxkit.show.language import LANGUAGES
from cxkit.survey.cards import card
from tests.conftest import SHARED, parts

ZERO_TEN, ONE_TEN = [0, 10], [1, 10]


def told(result, code):
    return [values for name, values in result.notes if name == code]


def notes(scores, scale, waves=None, least=10):
    counts = pd.DataFrame({"score": np.asarray(scores, float), "wave": "" if waves is None else waves, "n": 1})
    return scale_notes(counts, card("q", scale), least)


def spread(n, *shares):
    """Scores 0, 1, ... in these numbers out of their sum, n in all."""
    scores = np.repeat(np.arange(len(shares)), shares)
    return np.resize(scores, n).astype(float)


STARS = 1 + spread(200, 1, 2, 4, 6, 7)
REAL = spread(200, 4, 1, 2, 4, 4, 10, 10, 25, 40, 50, 50)


class TestScales:
    @pytest.mark.parametrize("n", [20, 29, 30, 50, 200])
    @pytest.mark.parametrize("scale", [ZERO_TEN, ONE_TEN, [0, 100]], ids=str)
    def test_five_stars_on_a_longer_scale(self, n, scale):
        if n < 30 and scale == ONE_TEN:
            return  # the bad end is used
        found = notes(STARS[:n] if n == 200 else np.resize(STARS[::7], n), scale)
        assert found == [("top_unused", {"item": "q", "score": 5, "n": n, "min": scale[0], "max": scale[1]})]

    @pytest.mark.parametrize(
        ("scores", "scale"),
        [
            (1 + spread(72, 1, 1, 1), ZERO_TEN),  # group codes
            (spread(200, 19, 1), ZERO_TEN),  # no and yes
            (spread(200, *[1] * 10), ZERO_TEN),  # 0-9
            (spread(200, 0, 1, 2, 3, 5, 8, 13), ONE_TEN),
            (1 + spread(200, 1, 2, 3, 4, 8, 10, 9), ZERO_TEN),  # 1-7
            (1 + spread(200, 1, 2, 4, 6), [1, 5]),  # 1-4
            (1 + spread(200, 1, 2, 4, 6, 7), [1, 7]),
            (np.zeros(40), ZERO_TEN),
        ],
    )
    def test_other_scales_that_end_early(self, scores, scale):
        ((code, values),) = notes(scores, scale)
        assert (code, values["score"], values["n"]) == ("top_unused", scores.max(), len(scores))

    def test_a_scale_asked_from_one_by_people_who_are_not_happy(self):
        scores = 1 + spread(200, 12, 8, 6, 5, 4, 3, 2, 2, 1, 1)
        assert notes(scores, ZERO_TEN) == [
            ("bottom_unused", {"item": "q", "score": 1, "n": 200, "min": 0, "max": 10})
        ]
        assert notes(scores, ONE_TEN) == []

    def test_of_a_reversed_item_the_low_end_is_the_good_one(self):
        effort = {"min": 1, "max": 7, "reversed": True}
        assert notes(1 + spread(60, 6, 5, 3, 1), effort) == []
        ((code, values),) = notes(7 - spread(60, 6, 5, 3, 1), effort)
        assert (code, values["score"]) == ("bottom_unused", 4)

    @pytest.mark.parametrize(
        ("scores", "scale"),
        [
            (REAL, ZERO_TEN),
            (REAL[REAL >= 5], ZERO_TEN),  # happy customers: nobody below 5
            (10 - spread(100, 40, 25, 12, 6, 2, 1), ZERO_TEN),
            (1 + spread(100, 40, 25, 12, 6, 2), ONE_TEN),  # unhappy: the last point is thin
            (
                1 + spread(100, 5, 10, 15, 20, 25, 15, 10),
                ONE_TEN,
            ),  # 10 of 100 at the last point, 7 expected beyond it
            (STARS, [1, 5]),
            (np.ones(100), [1, 2]),
            (np.resize(STARS[::7], 19), ZERO_TEN),
            (np.append(np.resize(STARS[::7], 28), 0), ZERO_TEN),  # few, and one at the bad end
            (np.resize(STARS[::7], 29), [1, 5]),
            ([], ZERO_TEN),
        ],
    )
    def test_what_real_answers_do_is_not_told(self, scores, scale):
        assert notes(scores, scale) == []

    def test_fewer_answers_than_are_shown_are_not_judged(self):
        assert notes(STARS, ZERO_TEN, least=201) == []

    @pytest.mark.parametrize("n", [10, 30])
    def test_blanks_that_were_written_as_zero(self, n):
        scores = np.append(np.sort(REAL)[::-1][:160:4], np.zeros(n))
        assert notes(scores, ZERO_TEN) == [("zeros", {"item": "q", "n": n, "of": 40 + n})]
        assert notes(np.append(scores, np.resize([1, 2], n // 2)), ZERO_TEN) == []  # they thin out
        assert notes(10 * scores, [0, 100]) == []  # round numbers are all that is answered there
        assert "zeros" not in dict(notes(scores, [-1, 10]))

    def test_only_the_wave_that_shows_it_is_told(self):
        waves = np.repeat(["1", "2"], 200)
        ((code, values),) = notes([*REAL, *STARS], ZERO_TEN, waves)
        assert (code, values["wave"], values["n"]) == ("top_unused_in_wave", "2", 200)

    def test_real_surveys_are_not_accused(self, shared_data):
        """38 items of a bank on 0-10 and of four industries on 1-10, all and in samples of 200."""
        bank = pd.read_csv(shared_data / "satisfaction.csv").drop(columns="gender")
        acsi = pd.read_csv(shared_data / "acsi2015.csv")[["SATIS", "CONFIRM", "IDEAL", "OVERALLQ", "WRONGQ"]]
        for frame, scale in ((bank, ZERO_TEN), (acsi, ONE_TEN)):
            for part in (frame, *(frame.sample(200, random_state=k) for k in range(5))):
                assert [notes(part[item].dropna(), scale) for item in part] == [[]] * len(frame.columns)


def survey(**columns):
    return pd.DataFrame({"q": STARS, "r": STARS[::-1], **columns})


FRAMES = {"pandas": lambda frame: frame, "polars": pl.from_pandas,
          "duckdb": lambda frame: duckdb.connect().from_df(frame)}  # fmt: skip
METHODS = {
    "nps": lambda data, **more: cx.nps(data, "q", **more),
    "scaling": lambda data, **more: cx.scaling(data, ["q", "r"], scale=ONE_TEN, **more),
    "csi_tree": lambda data, **more: cx.csi_tree(
        data, {"name": "all", "children": [{"name": k, "item": k} for k in "qr"]}, weights="equal", scale=ONE_TEN,
        **more
    ),
    "semantic_differential": lambda data, **more: cx.semantic_differential(
        data, {"x": ["no", "yes"]}, own="own", competitors=[], ideal="ideal", scale=ONE_TEN, **more
    ),
    "acsi_regression": lambda data, **more: cx.acsi_regression(
        data, {"quality": ["q"], "satisfaction": ["r"]}, paths=[["quality", "satisfaction"]], scale=ONE_TEN,
        resamples=100, **more
    ),
}  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_every_method_tells(method):
    rng = np.random.default_rng(1)
    stars = {name: rng.permutation(STARS) for name in ("q", "r", "own_x", "ideal_x")}
    data = pd.DataFrame({**stars, "w": [0.0, 1, 1, 1] * 50})
    result = METHODS[method](data, weight="w")
    assert {values["score"] for values in told(result, "top_unused")} == {5}
    assert told(result, "zero_weights") == [{"n": 50}]
    for lang in LANGUAGES:
        assert "{" not in result.prose(lang).html
    assert "nobody of 150 answered above 5 on " in result.prose().html
    assert "Respondents with the weight 0: 50." in result.prose().html


@pytest.mark.parametrize("kind", FRAMES)
class TestWeights:
    def test_rows_without_weight_are_counted_over_all_waves(self, kind, tmp_path):
        data = FRAMES[kind](survey(w=[0.0, 2, 3, 2] * 50, t=["1"] * 100 + ["2"] * 100))
        result = cx.nps(data, "q", weight="w", wave="t")
        assert told(result, "zero_weights") == [{"n": 50}]
        result.save(tmp_path)
        assert ["zero_weights", {"n": 50}] in json.loads((tmp_path / "result.json").read_text())["notes"]

    def test_one_weight_over_all_others_is_told(self, kind):
        data = FRAMES[kind](survey(w=[1.0] * 199 + [199]))
        assert told(cx.nps(data, "q", weight="w"), "heavy_weight") == [{"share": 0.5}]

    def test_only_the_current_wave_counts(self, kind):
        data = FRAMES[kind](survey(w=[199, *[1.0] * 199], t=["1"] * 100 + ["2"] * 100))
        assert told(cx.nps(data, "q", weight="w", wave="t"), "heavy_weight") == []

    @pytest.mark.parametrize("weights", [[1.0] * 200, [1250.0] * 200, [0.5, 2] * 100])
    def test_usual_weights_are_not(self, kind, weights):
        result = cx.nps(FRAMES[kind](survey(w=weights)), "q", weight="w")
        assert told(result, "heavy_weight") + told(result, "zero_weights") == []


def test_a_few_equal_weights_are_a_large_part_each_and_are_not_told():
    data = pd.DataFrame({"q": [9.0, 3, 10, 8], "w": [1.0] * 4})
    assert told(cx.nps(data, "q", weight="w", min_base=1), "heavy_weight") == []


@pytest.mark.parametrize(
    ("score", "missing", "part"),
    [
        (9, [9], "found 9, declared as no answer; read the file with cx.read, or empty these cells"),
        (99, [99], "found 99, declared as no answer"),
        (99, [], "correct the cell, or empty it if it means no answer"),
        (50, [], "look up in the questionnaire"),
    ],
)
def test_a_frame_that_does_not_fit_its_card(score, missing, part):
    with pytest.raises(cx.DataError, match=part) as error:
        cx.nps(pd.DataFrame({"q": [0.0, score, 10]}), "q", scale={"min": 0, "max": 10, "missing": missing})
    assert 'Column "q", row 1' in str(error.value)


def test_codes_in_a_frame_are_moved():
    with pytest.raises(cx.DataError, match="if 0–10 was exported as 1–11, subtract 1 from every answer"):
        cx.nps(pd.DataFrame({"q": [4.0, 11, 10]}), "q")


def test_the_airport_survey_has_the_numbers_of_r_survey():
    """R survey, svydesign(ids = ~1, weights = ~WEIGHT), svymean; 22 items, 1-5, 0 blank and 6 never used."""
    cases, references = SHARED / "cases" / "sfo_2014.csv", SHARED / "references" / "sfo_2014.json"
    if not (cases.is_file() and references.is_file()):
        pytest.skip("the airport survey is not beside the project")
    theirs = {item: row for item, row in json.loads(references.read_text()).items() if item != "about"}
    scale = {"min": 1, "max": 5, "missing": [0, 6]}
    data, audit = parts(cx.read(cases, {"weight": "WEIGHT", "items": {item: {"scale": scale} for item in theirs}}))
    result = cx.scaling(data, audit.items, scale=audit.scale, weight=audit.weight)
    assert len(theirs) == 22
    for item, row in theirs.items():
        mean, top = (result.rows(item=item, term=term).iloc[0] for term in ("mean", "top_box"))
        assert (mean["n"], top["n"]) == (row["n"], row["n"])
        found = [mean["estimate"], mean["se"], top["estimate"], top["se"]]
        assert found == pytest.approx([row[name] for name in ("mean", "se", "top2", "top2_se")], abs=1e-9)
        # the base that R's error of the share stands for; ours has two added answers and the factor of t
        p, n = row["top2"], row["n"]
        assert top["n_eff"] == pytest.approx(p * (1 - p) * n / (n - 1) / row["top2_se"] ** 2, rel=1e-2)
        assert mean["n_eff"] != pytest.approx(row["n_kish"], rel=1e-3)
    assert result.facts["n_kish"] == pytest.approx(next(iter(theirs.values()))["n_kish"], abs=1e-6)
    assert [code for code, _ in result.notes] == ["weighted"]
