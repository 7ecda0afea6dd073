"""The bundled samples are simulated, readable and always the same."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from cxkit import SettingsError, read, sample
from cxkit.data.samples import SAMPLES, sample_codebook, sample_text

COLUMNS = ["id", "segment", "wave", "weight", "ease", "trust", "appeal", "return", "recommend", "comment"]
ITEMS = ["ease", "trust", "appeal", "return", "recommend"]
LANGUAGES = {"en", "ru", "uz", "uz_Cyrl"}


@pytest.fixture(scope="module", params=SAMPLES)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def survey(name):
    return read(f"sample:{name}", items=["ease", "trust", "appeal", "return", "recommend"])


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


def test_some_respondents_comment(survey):
    share = survey[0]["comment"].notna().mean()
    assert 0.2 < share < 0.5


def test_every_question_has_its_text_in_every_language(name):
    for item in sample_codebook(name)["items"].values():
        assert set(item["text"]) == LANGUAGES
        assert all(item["text"].values())


def test_a_sample_is_the_same_every_time(name):
    assert_frame_equal(sample_text(name), sample_text(name))


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
