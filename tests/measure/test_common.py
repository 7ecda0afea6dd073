"""Settings that all methods share: defaults, what a survey brings along, and what is refused."""

import pytest

import cxkit as cx
from cxkit.measure.common import Common, open_data


def test_a_survey_brings_its_roles_and_what_is_said_wins():
    survey = cx.read("sample:bank", items=["recommend"], by="segment", weight="weight")
    frame, common, found = open_data(survey, {"by": "", "level": 0.9})
    assert frame is survey.frame
    assert found is survey
    assert (common.by, common.weight, common.level) == ("", "weight", 0.9)


def test_a_frame_brings_nothing():
    frame = cx.sample("bank")
    assert open_data(frame, {})[1:] == (Common(), None)


def test_a_survey_and_its_parts_give_the_same_numbers():
    survey = cx.read("sample:bank", items=["recommend"], by="segment", wave="wave", weight="weight", respondent="id")
    whole = cx.nps(survey)
    parts = cx.nps(survey.frame, "recommend", scale=survey.scale, **survey.roles)
    assert (whole.settings, whole.facts, whole.notes) == (parts.settings, parts.facts, parts.notes)
    assert whole.tidy.equals(parts.tidy)
    assert whole.audit["file"] == "sample:bank"
    assert parts.audit == {}


def test_a_word_that_no_method_knows_is_refused_with_the_nearest():
    with pytest.raises(cx.SettingsError, match='There is no setting "levle"; did you mean "level"'):
        cx.nps(cx.sample("shop"), levle=0.9)


def test_all_settings_are_told_as_plain_values():
    assert Common(waves=("a", "b")).plain()["waves"] == ["a", "b"]
    assert set(Common().columns()) == {"by", "wave", "weight", "respondent"}
