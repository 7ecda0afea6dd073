"""A survey: its parts, its roles as keywords of a method, and how a notebook shows it."""

import pytest

import cxkit as cx
from cxkit.show.view import NOTEBOOK


def test_a_survey_knows_its_items_scales_and_roles():
    survey = cx.read("sample:bank", items=["ease"], by="segment")
    assert survey.items == ["ease"]
    assert survey.scale["ease"]["max"] == 10
    assert survey.roles["by"] == "segment"
    assert set(survey.roles) == {"by", "wave", "weight", "respondent", "waves", "dates", "values", "split"}


def test_a_notebook_shows_what_was_read():
    survey = cx.read("sample:bank", items=["ease"])
    shown, _ = survey._repr_mimebundle_()
    assert "sample:bank (simulated: no real customers)" in shown["text/html"]
    assert shown["text/html"] == NOTEBOOK + survey.table("en").html != NOTEBOOK + survey.table("ru").html


def test_a_survey_taken_apart_says_how_it_is_used():
    with pytest.raises(cx.SettingsError, match=r"A survey is one value: survey = cx\.read"):
        _data, _audit = cx.read("sample:bank", items=["ease"])
