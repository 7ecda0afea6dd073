"""Groups in every method: their order and texts, groups that overlap, and what is told of names and empty groups."""

import numpy as np
import pandas as pd
import pytest

import cxkit as cx
from cxkit.measure.cells import Cells
from cxkit.measure.groups import Members, mirrored
from cxkit.methods import METHODS
from cxkit.methods.acsi_regression.rolling_rows import read_economy
from tests.methods.test_contract import BACKENDS, CALLS, bank  # noqa: F401  (a fixture)

NUMBERS = ["n", "n_other", "missing", "n_eff", "estimate", "se", "low", "high", "p"]
USED = ["Loan", "Card, Loan", "Card", None, "Loan, Deposit, in dollars", "Card, Deposit, in dollars, Loan", "Card"]
OPTIONS = {"used": {"Deposit, in dollars": {"ru": "Вклад"}, "Loan": {}, "Card": {"en": "Bank card"}}}
SPLIT = {"by": "used", "values": OPTIONS, "split": {"used": ", "}}


def using(data):
    return data.assign(used=np.resize(np.array(USED, object), len(data)))


def call(method, data, **settings):
    return METHODS[method].compute(data, **{**CALLS[method], **settings})


@pytest.fixture(scope="module")
def apart(bank):  # noqa: F811
    return {method: call(method, using(bank), **SPLIT) for method in METHODS}


@pytest.mark.parametrize("method", METHODS)
def test_each_answer_of_a_cell_is_a_group_against_those_without_it(bank, apart, method):  # noqa: F811
    """The reference is the same method on a yes-no column."""
    data = using(bank)
    has = data["used"].map(lambda cell: "Loan" if "Loan" in cell else "no", na_action="ignore")
    results = apart[method], call(method, data.assign(loan=has), by="loan")
    mine, plain = (
        result.rows(group="Loan").fillna({"score": -1}).set_index(["item", "term", "score"]) for result in results
    )
    assert len(plain)
    assert set(plain.index) == set(mine.index)
    mine = mine.loc[plain.index, NUMBERS]
    mine.loc[plain["n_other"].notna(), ["low", "high"]] = np.nan  # intervals of a family hold together, and its size
    plain.loc[plain["n_other"].notna(), ["low", "high"]] = np.nan  # is another where all answers are groups
    np.testing.assert_allclose(mine, plain[NUMBERS], rtol=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_groups_that_overlap_are_tests_of_their_own_and_told(bank, apart, method):  # noqa: F811
    result = apart[method]
    groups = [g for g in dict.fromkeys(result.tidy["group"]) if g in OPTIONS["used"]]
    assert groups == list(OPTIONS["used"])
    assert result.facts["overlapping"]
    data = using(bank)
    now = data[data["wave"] == result.facts["wave"]]
    several = int(now["used"].isin([USED[1], USED[4], USED[5]]).sum())
    assert ("groups_overlap", {"n": several}) in result.notes
    assert f"Respondents in several groups: {several}." in result.prose().html
    tested = result.tidy[result.tidy["p_adjusted"].notna()]
    assert result.facts["tests"] == len(tested)


def test_the_total_counts_a_respondent_of_several_groups_once(bank, apart):  # noqa: F811
    plain = cx.nps(bank, **{**CALLS["nps"], "by": ""})
    for wave in set(plain.tidy["wave"]):
        one, other = (r.rows(term="nps", group="", wave=wave)["n"].item() for r in (plain, apart["nps"]))
        assert one == other


@pytest.mark.parametrize("backend", BACKENDS)
def test_other_kinds_of_tables_are_split_too(bank, apart, backend):  # noqa: F811
    found = call("nps", BACKENDS[backend](using(bank)), **SPLIT)
    pd.testing.assert_frame_equal(found.tidy, apart["nps"].tidy, rtol=1e-9)


def test_two_groups_that_overlap_are_two_tests_told_each():
    cells = ["a", "b", "a;b", "a;b"]
    scores = [10, 0, 9, 10]
    data = pd.DataFrame({"used": cells * 40, "recommend": scores * 40})
    result = cx.nps(data, by="used", split={"used": ";"})
    tests = result.rows(term="nps_vs_rest").set_index("group")
    # By hand: a = 100, without a (only b = 0): -100; b = (-100 + 100 + 100) / 3, without b (only a): 100.
    assert tests["estimate"].to_dict() == pytest.approx({"a": 200, "b": 100 / 3 - 100})
    assert (tests["p_adjusted"] > tests["p"]).any()
    assert result.facts["tests"] == 2
    told = result.prose().html
    assert "a lies 200 points above the rest" in told
    assert "b lies 67 points below the rest" in told


def test_three_groups_of_which_two_can_be_tested_are_two_tests(bank):  # noqa: F811
    """Paths of two of three groups: each rest holds the third too, so neither test tells the other."""
    data = bank.assign(by3=np.where(np.arange(len(bank)) % 40 == 0, "c", np.where(bank["ease"] > 7, "a", "b")))
    result = call("acsi_regression", data, by="by3", weight="", respondent="", min_base=10)
    tested = result.rows(item="service -> satisfaction", term="path_vs_rest").dropna(subset=["p_adjusted"])
    assert sorted(tested["group"]) == ["a", "b"]
    assert tested["p_adjusted"].min() == pytest.approx(min(1, 2 * tested["p"].min()))  # Holm over two tests


@pytest.mark.parametrize(
    ("bases", "overlapping", "same"),
    [
        ([(5, 7), (7, 5)], False, True),
        ([(5, 7), (7, 5)], True, False),
        ([(5, 9), (7, 7)], False, False),
        ([(5, 7)], False, False),
        ([(5, 7), (7, 5), (5, 7)], False, False),
    ],
)
def test_two_comparisons_are_one_test_only_when_each_group_is_the_other_s_rest(bases, overlapping, same):
    members = Members({"a": frozenset("ax" if overlapping else "a"), "b": frozenset("bx")})
    assert mirrored([{"n": n, "n_other": other} for n, other in bases], members) == same


def test_an_economy_of_groups_that_overlap_is_refused(bank):  # noqa: F811
    tree = {"name": "all", "children": [{"name": k, "weight": 0.5, "item": k} for k in ("Loan", "Card")]}
    with pytest.raises(cx.SettingsError, match=r"split into groups that overlap; leave the economy out"):
        call("acsi_regression", using(bank), economy=tree, **SPLIT)


def test_companies_of_an_economy_are_found_in_another_spelling():
    members = Members({name: frozenset([name]) for name in ("Orbenta", "Quenvia")})
    cells = Cells(None, pd.DataFrame(), tuple(members.of), (), members)
    tree = {"name": "all", "children": [{"name": n, "weight": 1, "item": n} for n in ("ORBENTA", "Quenvia ")]}
    assert [node.item for node in read_economy(tree, "company", cells)] == ["", "Orbenta", "Quenvia"]
    with pytest.raises(cx.SettingsError, match=r'company "Orbent", which the column "company" does not hold'):
        read_economy({"name": "all", "item": "Orbent"}, "company", cells)


@pytest.mark.parametrize("method", METHODS)
def test_groups_stand_in_the_order_of_their_values(bank, method):  # noqa: F811
    names = sorted(set(bank["segment"]), reverse=True)
    result = call(method, bank, values={"segment": {name: {} for name in names[:-1]}})
    shown = [g for g in dict.fromkeys(result.tidy["group"]) if g in names]
    assert shown == names


@pytest.mark.parametrize("method", METHODS)
def test_every_view_calls_groups_and_waves_by_their_texts(bank, method):  # noqa: F811
    segments, waves = sorted(set(bank["segment"])), sorted(set(bank["wave"]))
    values = {
        "segment": {name: {"ru": f"Группа {k}"} for k, name in enumerate(segments)},
        "wave": {name: {"ru": f"Волна {k}", "en": f"Wave {k}"} for k, name in enumerate(waves)},
    }
    result = call(method, bank, values=values, min_base=1, flag_base=1)
    again = type(result).from_json(result.to_json())
    shown = [again.table("ru").html, again.prose("ru").html]
    for part in {"groups", "trend", "main" if method == "nps" else "groups"} & set(METHODS[method].views.figures):
        picture = again.figure("ru", part)
        shown += [picture.alt, picture.svg]
    for text in shown:
        assert not [name for name in (*segments, *waves) if name in text]
    assert "Группа 0" in again.table("ru").html
    assert segments[0] in again.table("uz").html  # no text in Uzbek nor in English: the name
    assert waves[-1] not in again.table("uz").html
    assert set(again.tidy["group"]) & set(segments)


@pytest.mark.parametrize("method", METHODS)
def test_a_group_and_a_wave_whose_answers_are_all_empty_are_named(bank, method):  # noqa: F811
    data = bank.copy()
    segment, wave = "Quiet", "2027-Q1"
    quiet = data.head(14).assign(segment=segment, id=[f"q{k}" for k in range(14)], wave=data["wave"].max())
    silent = data.head(15).assign(wave=wave, id=[f"s{k}" for k in range(15)])
    empty = pd.concat([quiet, silent])
    numbers = data.select_dtypes("number").columns.drop("weight")
    empty[numbers] = np.nan
    result = call(method, pd.concat([data, empty]), weight="")
    assert ("group_unanswered", {"group": segment, "n": 14}) in result.notes
    assert ("wave_unanswered", {"wave": wave, "n": 15}) in result.notes
    assert result.facts["wave"] == data["wave"].max()
    told = result.prose().html
    assert "“Quiet” is not shown: nobody there answered. Respondents: 14." in told
    assert "The wave “2027-Q1” is left out: nobody there answered. Respondents: 15." in told


def test_a_group_of_earlier_waves_only_is_named(bank):  # noqa: F811
    first = bank["wave"].min()
    gone = bank["wave"].eq(first) & bank["segment"].eq("Branch")
    data = bank[~bank["segment"].eq("Branch") | gone]
    result = cx.nps(data, by="segment", wave="wave")
    assert ("group_before", {"group": "Branch", "wave": first}) in result.notes
    assert f"“Branch” was asked in earlier waves only, last in {first}." in result.prose().html


@pytest.mark.parametrize("backend", ["pandas", *BACKENDS])
def test_names_that_are_hardly_different_are_told_and_counted_apart(bank, backend):  # noqa: F811
    segment = bank["segment"].where(np.arange(len(bank)) % 2 == 0, bank["segment"].str.upper())
    data = bank.assign(segment=segment)
    result = call("nps", BACKENDS.get(backend, lambda frame: frame)(data), interval="wald")
    assert ("near_groups", {"names": "BRANCH, Branch"}) in result.notes
    assert {"BRANCH", "Branch"} <= set(result.tidy["group"])


def test_waves_and_letters_that_look_the_same_are_told():
    data = pd.DataFrame(
        {"seg": ["VIP A", "VIP \u0410"] * 30, "wave": ["2025", "2026"] * 30, "recommend": [9, 3] * 30}
    )
    result = cx.nps(data, by="seg")
    assert ("near_groups", {"names": "VIP A, VIP [U+0410]"}) in result.notes
    result = cx.nps(data.assign(wave=["q1", "Q1"] * 30), wave="wave", waves=["q1", "Q1"])
    assert ("near_waves", {"names": "Q1, q1"}) in result.notes
    assert "Waves whose names are hardly different" in result.prose().html


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["A", "NA", "(пусто)", "#N/A", "-"], "#N/A, (пусто), -, NA"),
        (["???????", "Ret\ufffdil", "Loan"], "???????, Ret\ufffdil"),
        (["6-9", "Oct-14", "2026-02-01 00:00:00", "15 - 17"], "2026-02-01 00:00:00, Oct-14"),
        (["A+", "No", "[0, 10)", "(B)", "Nanjing", "What?"], ""),
        (["Oct-14", "Nov-14"], ""),
        (["$", "$$", "$$$"], ""),
        (["★", "★★", "☹"], ""),
        (["n.a.", "…", "A"], "n.a., …"),
        (["18-24", "25-34", "65+", "May"], ""),
    ],
)
def test_groups_whose_names_may_be_none_are_told(names, told):
    data = pd.DataFrame({"seg": names * 12, "recommend": [9, 3] * 6 * len(names)})
    result = cx.nps(data, by="seg")
    found = [values["names"] for code, values in result.notes if code == "doubtful_groups"]
    assert found == [told] * bool(told)
    if told:
        assert "say what they mean with “values” in the codebook" in result.prose().html
        named = {"values": {"seg": {name: {} for name in names}}}
        assert "doubtful_groups" not in [code for code, _ in cx.nps(data, by="seg", **named).notes]


def test_a_group_of_earlier_waves_only_makes_no_test_twice():
    data = pd.DataFrame({"seg": list("abcab") * 20, "wave": list("11122") * 20, "recommend": [9, 8, 7, 10, 3] * 20})
    result = cx.nps(data, by="seg", wave="wave")
    assert len(result.rows(term="nps_vs_rest").dropna(subset=["p_adjusted"])) == 2
    assert result.facts["tests"] == 2  # a against b, and wave 2 against wave 1
    assert result.prose().html.count(" the rest (") == 1  # and told once


@pytest.mark.parametrize("method", METHODS)
def test_several_answers_in_one_cell_are_told_with_the_setting(bank, method):  # noqa: F811
    result = call(method, using(bank), by="used")
    told = {"column": "used", "separator": ", ", "setting": "split"}
    assert ("several_answers", told) in result.notes
    assert "with “split” in the codebook each answer is one" in result.prose().html


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"values": ["segment"]}, r"The setting values is \['segment'\]; give column: name: language: text"),
        ({"values": {"segment": {"Retail": "Розница"}}}, r'values of "segment", "Retail", is \'Розница\'; give'),
        ({"split": {"segment": ""}}, r'The split of "segment" is \'\'; give the sign'),
    ],
)
def test_names_in_another_form_are_refused(bank, method, wrong, words):  # noqa: F811
    with pytest.raises(cx.SettingsError, match=words):
        call(method, bank, **wrong)


def test_a_group_whose_waves_are_not_known_is_named():
    data = pd.DataFrame({"q": [9.0, 3, 8, 10] * 12, "g": ["A", "B"] * 24, "wave": ["2024", None, "2025", None] * 12})
    notes = dict(cx.nps(data, "q", by="g", wave="wave").notes)
    assert notes["group_without_wave"] == {"group": "B", "n": 24}


def test_a_wave_that_is_given_twice_is_compared_once():
    data = pd.DataFrame({"q": [9.0, 3, 8, 10] * 12, "wave": ["A", "B"] * 24})
    assert len(cx.nps(data, "q", wave="wave", waves=["A", "B", "B"]).rows(term="nps_vs_previous")) == 1
