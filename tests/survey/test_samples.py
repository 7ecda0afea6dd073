"""The bundled samples are simulated, readable and always the same."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from cxkit import SettingsError, read, sample, section
from cxkit.survey.samples import BUSINESSES, SAMPLES, sample_codebook, sample_text
from tests.conftest import parts

COLUMNS = ["id", "segment", "wave", "weight", "ease", "trust", "appeal", "return", "recommend", "comment"]
ITEMS = ["ease", "trust", "appeal", "return", "recommend"]
LANGUAGES = {"en", "ru", "uz", "uz_Cyrl"}


@pytest.fixture(scope="module", params=BUSINESSES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def market():
    return sample("mobile")


@pytest.fixture(scope="module")
def constructs():
    return section("constructs", "sample:mobile")


@pytest.fixture(scope="module")
def survey(name):
    return parts(read(f"sample:{name}", items=["ease", "trust", "appeal", "return", "recommend"]))


def test_a_sample_has_these_columns(survey):
    data, audit = survey
    assert list(data.columns)[: len(COLUMNS)] == COLUMNS
    assert audit.items == ITEMS


def test_a_sample_is_named_and_marked_as_simulated(name, survey):
    _, audit = survey
    assert (audit.file, audit.simulated) == (f"sample:{name}", True)
    assert (audit.by, audit.wave, audit.weight, audit.respondent) == ("segment", "wave", "weight", "id")


def test_answers_keep_to_their_scales(survey):
    data, audit = survey
    for item in ITEMS:
        scale = audit.scale[item]
        assert data[item].dropna().between(scale["min"], scale["max"]).all()
        assert data[item].dropna().mod(1).eq(0).all()
    assert (audit.scale["recommend"]["min"], audit.scale["recommend"]["max"]) == (0, 10)


def test_some_answers_are_missing_and_some_refused(name, survey):
    _, audit = survey
    raw = sample_text(name)
    answers = audit.answers.set_index("item")
    for item in ITEMS:
        empty, refused = int(raw[item].isna().sum()), int((raw[item] == "99").sum())
        assert (empty > 0, refused > 0) == (True, True)
        assert answers.loc[item].to_dict() == {
            "n": len(raw) - empty - refused,
            "missing": empty + refused,
            "declared": refused,
        }


def test_weights_and_segments_and_waves_are_complete(survey):
    data, _ = survey
    assert (data["weight"] > 0).all()
    assert data[["id", "segment", "wave"]].notna().all(axis=None)
    assert data["segment"].nunique() >= 2
    assert data["wave"].nunique() >= 2
    assert data["id"].is_unique


def test_every_group_of_a_business_has_its_text_in_every_language_and_none_too_many(name, survey):
    _, audit = survey
    for column, texts in audit.values.items():
        assert set(texts) == set(survey[0][column])
        assert all(set(text) == {"en", "ru", "uz", "uz_Cyrl"} for text in texts.values())
    assert audit.by in audit.values


def test_some_respondents_comment(survey):
    share = survey[0]["comment"].notna().mean()
    assert 0.2 < share < 0.5


@pytest.mark.parametrize("any_name", SAMPLES)
def test_every_question_has_its_text_in_every_language(any_name):
    for item in sample_codebook(any_name)["items"].values():
        assert set(item["text"]) == LANGUAGES
        assert all(item["text"].values())


@pytest.mark.parametrize("any_name", SAMPLES)
def test_a_sample_is_the_same_every_time(any_name):
    assert_frame_equal(sample_text(any_name), sample_text(any_name))


def test_rows_are_numbered_as_in_a_spreadsheet(survey):
    data, audit = survey
    assert (data.index[0], data.index[-1], data.index.name) == (2, len(data) + 1, "row")
    assert audit.rows == len(data)


def test_sample_gives_the_data_alone(name, survey):
    data = sample(name)
    assert isinstance(data, pd.DataFrame)
    assert_frame_equal(data[COLUMNS], survey[0][COLUMNS])
    assert data.drop(columns=["id", "segment", "wave", "comment"]).dtypes.eq(float).all()


@pytest.mark.parametrize("call", [sample, sample_text, sample_codebook])
def test_an_unknown_sample_is_refused(call):
    with pytest.raises(SettingsError, match=r'^There is no sample "dairi"; did you mean "dairy"\?$'):
        call("dairi")


@pytest.mark.parametrize("word", ["../bank", "bank.yml", ""])
def test_only_the_names_of_samples_are_opened(word):
    with pytest.raises(SettingsError, match="There is no sample"):
        sample(word)


def test_a_sample_holds_every_site_on_every_scale_and_the_reversed_ones_are_turned(name):
    book, data = sample_codebook(name), sample(name)
    for scale, poles in book["poles"].items():
        low_is_good = data[f"ideal_{scale}"].mean() < 5
        assert low_is_good == bool(poles.get("reversed")), scale
        assert {*poles["left"]} == {*poles["right"]} == LANGUAGES
    assert set(book["objects"]) == {"own", "rival", "ideal"}
    assert 0.6 < data["rival_modern"].notna().mean() < 0.75


def test_the_market_has_three_companies_in_six_waves_with_some_not_surveyed(market):
    sizes = market.groupby(["wave", "company"]).size().to_dict()
    waves = ["2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"]
    every = {(wave, company) for wave in waves for company in ("Orbenta", "Quenvia", "Talvessa")}
    assert every - set(sizes) == {("2025-Q3", "Talvessa"), ("2026-Q1", "Talvessa")}
    assert len(sizes) == 16
    assert all(80 <= size <= 100 for size in sizes.values())


def test_the_market_is_read_like_any_survey(market, constructs):
    items = [item for names in constructs.values() for item in names]
    assert list(market.columns) == ["id", "company", "wave", "weight", *items]
    data, audit = parts(read("sample:mobile"))
    assert (audit.by, audit.wave, audit.weight, audit.respondent) == ("company", "wave", "weight", "id")
    assert audit.items == [item for item in items if item != "complained"]
    assert_frame_equal(data[audit.items], market[audit.items])
    assert market["id"].is_unique
    assert (market["weight"] > 0).all()
    assert market.index.equals(pd.RangeIndex(2, len(market) + 2))


def test_answers_of_the_market_keep_to_their_scales_with_some_empty_and_some_refused(market, constructs):
    raw = sample_text("mobile")
    for item in [item for names in constructs.values() for item in names]:
        assert set(market[item].dropna()) <= ({0, 1} if item == "complained" else set(range(1, 11)))
        assert 0 < raw[item].isna().sum() < (0.06 * len(raw))
        assert 0 < (raw[item] == "99").sum() < (0.03 * len(raw))
        assert market[item].isna().sum() == raw[item].isna().sum() + (raw[item] == "99").sum()


def test_the_market_looks_like_a_real_survey_on_ten_points(market, constructs):
    for names in constructs.values():
        inside = market[names].corr().to_numpy()[np.triu_indices(len(names), 1)]
        assert ((inside > 0.5) & (inside < 0.75)).all(), names
    tens = market[[item for names in constructs.values() for item in names if item != "complained"]]
    assert tens.mean().between(6, 8).all()
    assert (tens.skew() < -0.4).all()
    assert 0.1 < market["complained"].mean() < 0.2


def test_quality_moves_satisfaction_most_and_complaints_and_loyalty_follow_it(market, constructs):
    score = pd.DataFrame({name: market[items].mean(axis=1) for name, items in constructs.items()})
    with_satisfaction = score.corr()["satisfaction"]
    assert with_satisfaction[["image", "expectations", "quality", "value"]].idxmax() == "quality"
    assert with_satisfaction["complaints"] < -0.2
    assert with_satisfaction["loyalty"] > 0.5
    complained = score["complaints"].groupby(pd.cut(score["satisfaction"], [0, 5, 7, 10])).mean()
    assert complained.is_monotonic_decreasing


def test_one_company_is_worse_in_quality_and_one_improves(market, constructs):
    quality = market[constructs["quality"]].mean(axis=1)
    level = quality.groupby(market["company"]).mean()
    assert list(level.sort_values().index) == ["Talvessa", "Quenvia", "Orbenta"]
    assert level["Quenvia"] - level["Talvessa"] > 0.7
    change = {}
    for company, rows in market.groupby("company"):
        waves = quality[rows.index].groupby(rows["wave"]).mean()
        change[company] = waves.iloc[-2:].mean() - waves.iloc[:2].mean()
    assert change["Quenvia"] > 0.5
    assert max(change["Orbenta"], change["Talvessa"]) < 0.2


def test_the_economy_holds_each_company_with_its_share_of_revenue(market):
    economy = section("economy", "sample:mobile")
    assert set(economy["text"]) == LANGUAGES
    assert {leaf["item"] for leaf in economy["children"]} == set(market["company"])
    assert sum(float(leaf["weight"]) for leaf in economy["children"]) == pytest.approx(1)


def test_the_constructs_stand_in_the_order_of_the_model(constructs):
    assert " ".join(constructs) == "image expectations quality value satisfaction complaints loyalty"
    items = [item for names in constructs.values() for item in names]
    assert items == list(sample_codebook("mobile")["items"])
