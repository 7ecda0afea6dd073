"""Drafts of codebooks: right where they are sure, marked where they are not, and each reads and runs."""

import re

import numpy as np
import pandas as pd
import pytest

import cxkit as cx
from cxkit.survey.codebook import read_codebook
from cxkit.survey.draft.drafting import draft
from cxkit.survey.draft.guess import written
from cxkit.survey.yamlfile import yaml_value
from tests import draft_score
from tests.benchmarks.drafts import scored
from tests.draft_score import CASES, REAL, all_scores, table, unseen_scores

N = 240
WITHOUT = not CASES.is_dir()
AMBIGUOUS = 0.2  # of the guesses at most may carry CHECK
RIGHT = 0.9


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    return all_scores(tmp_path_factory.mktemp("samples"))


def shares(scores):
    told = [(one, score) for score in scores for one in score.told]
    right = sum(one not in score.wrong for one, score in told) / len(told)
    return right, sum(len(score.checked) for score in scores) / sum(len(score.guesses) for score in scores)


@pytest.mark.skipif(WITHOUT, reason="the files are not beside the project")
def test_drafts_are_right_or_marked(scores, capsys):
    with capsys.disabled():
        print("\n" + table(scores))
    right, checked = shares(scores)
    assert right >= RIGHT
    assert checked <= AMBIGUOUS
    assert [(score.file, one) for score in scores for one in score.silent] == []


def test_drafts_of_the_samples_are_right_or_marked(scores):
    samples = scores[: len(cx.survey.samples.SAMPLES)]
    right, checked = shares(samples)
    assert right >= RIGHT
    assert checked <= 0.25  # the samples turn the poles of many scales round
    assert [one for score in samples for one in score.silent] == []


@pytest.mark.skipif(not REAL.is_dir(), reason="the real survey data are not beside the project")
def test_real_files_that_the_rules_were_not_made_on_are_right_or_marked():
    scores = unseen_scores()
    right, checked = shares(scores)
    assert right >= RIGHT
    assert checked <= AMBIGUOUS
    assert [one for score in scores for one in score.silent] == []


def comments(text):
    """What the comments of a draft say, in one line."""
    return " ".join(" ".join(re.findall(r"# *(.*)$", text, flags=re.M)).split())


def test_every_guess_has_its_reason_as_a_comment(scores):
    for score in scores:
        said = comments(score.draft.text)
        for one in score.guesses:
            assert one.why, one
            assert " ".join(one.why.split()) in said, one
            assert " ".join(one.check.split()) in said, one
        assert score.draft.text.count("CHECK ") == len(score.checked) + len(score.draft.told)


def test_no_line_is_long_and_every_guess_is_what_the_codebook_reads(scores):
    for score in scores:
        text = score.draft.text
        assert [line for line in text.splitlines() if len(line) > 118] == []
        book = read_codebook(yaml_value(text))
        assert list(book.items) == [one.key for one in score.guesses if one.section == "items"]


@pytest.mark.parametrize("name", [*cx.survey.samples.SAMPLES, *draft_score.BY_HAND])
def test_a_draft_reads_and_runs_as_it_stands(name, tmp_path, scores):
    score = next((one for one in scores if one.file.split(".")[0] == name.split(".")[0]), None)
    if score is None:
        pytest.skip("the files are not beside the project")
    folder = CASES
    if name in cx.survey.samples.SAMPLES:
        folder = tmp_path
        cx.survey.samples.sample_text(name).to_csv(tmp_path / score.file, index=False, lineterminator="\n")
    book = tmp_path / "draft.yml"
    book.write_text(score.draft.text, encoding="utf-8")
    survey = cx.read(folder / score.file, book)
    ends = {(card["min"], card["max"]) for card in survey.scale.values()}
    result = cx.nps(survey, survey.items[0]) if ends == {(0, 10)} else cx.scaling(survey)
    assert result.tidy["n"].max() > 0


def mood():
    return np.random.default_rng(3).normal(size=N)


def answers(low, high, mean, seed, spread=1.0):
    """Answers of respondents who are alike in all of them."""
    own = np.random.default_rng(seed).normal(size=N)
    return np.clip(np.rint(mean + spread * (0.8 * mood() + 0.6 * own)), low, high).astype(int)


def drafted(tmp_path, columns, **how):
    path = tmp_path / "survey.csv"
    pd.DataFrame(columns).to_csv(path, index=False, **how)
    return draft(path)


def guess(made, key):
    return next(one for one in made.guesses if one.key == key)


BATTERY = {f"v{k}": answers(1, 5, 3.5, k) for k in range(1, 5)}
SOME = np.random.default_rng(5)


def test_codes_for_no_answer_among_the_points_are_told_by_the_other_answers(tmp_path):
    odd = np.where(np.arange(N) % 5 == 0, 6, answers(1, 5, 3.5, 9))
    scale = guess(drafted(tmp_path, {**BATTERY, "v5": odd}), "one_to_five")
    assert scale.value == {"min": 1, "max": 5, "missing": ["6"]}
    assert "6 (48 times) is no point" in scale.why
    assert scale.check == "a report would leave out the answers [6]"


def test_a_sixth_point_is_no_code(tmp_path):
    items = {f"v{k}": answers(1, 6, 4, k, 1.3) for k in range(1, 6)}
    scale = guess(drafted(tmp_path, items), "one_to_six")
    assert scale.value == {"min": 1, "max": 6}
    assert scale.check.startswith("not a usual scale")


@pytest.mark.parametrize(("code", "sure"), [(99, True), (-9, True), (888, True), (9, False), (-1, False)])
def test_a_code_far_from_the_scale_is_sure_and_a_near_one_is_not(code, sure, tmp_path):
    odd = np.where(np.arange(N) % 9 == 0, code, BATTERY["v1"])
    scale = guess(drafted(tmp_path, {**BATTERY, "v1": odd}), "one_to_five")
    assert scale.value["missing"] == [str(code)]
    assert (scale.check == "") == sure


def test_codes_of_groups_are_no_ratings_and_what_may_be_one_is_marked(tmp_path):
    made = drafted(tmp_path, {**BATTERY, "kind": SOME.integers(1, 4, N), "agegrp": SOME.integers(1, 6, N)})
    assert [one.key for one in made.guesses if one.section == "items"] == list(BATTERY)
    assert "do not go with the ratings" in guess(made, "kind").why
    assert guess(made, "kind").check == ""
    assert guess(made, "agegrp").check != ""


def test_alone_no_column_of_few_numbers_is_sure(tmp_path):
    made = drafted(tmp_path, {"a": SOME.integers(1, 4, N), "b": SOME.integers(1, 6, N)})
    assert guess(made, "a").section == "left out"
    assert guess(made, "b").value == {"scale": [1, 5]}
    assert all(guess(made, key).check for key in "ab")


def test_ends_that_nobody_used_are_marked(tmp_path):
    made = drafted(tmp_path, {"score": np.clip(answers(1, 10, 7, 1, 2), 3, 9)})
    assert guess(made, "score").value == {"scale": [1, 10]}
    assert "3 to 9, 7 different answers" in guess(made, "score").why
    assert "a report would take 1 to 10" in guess(made, "score").check


WORDS = {
    "en": ["Very dissatisfied", "Dissatisfied", "Neutral", "Satisfied", "Very satisfied"],
    "ru": ["Очень плохо", "Плохо", "Нормально", "Хорошо", "Отлично"],
    "uz": ["Juda yomon", "Yomon", "Oʻrtacha", "Yaxshi", "Juda yaxshi"],
    "uz_Cyrl": ["Жуда ёмон", "Ёмон", "Ўртача", "Яхши", "Жуда яхши"],
}


@pytest.mark.parametrize("lang", WORDS)
def test_words_of_a_scale_are_its_labels(lang, tmp_path):
    words = np.array(WORDS[lang])
    made = drafted(tmp_path, {"service": words[answers(1, 5, 3, 1, 1.3) - 1]})
    scale = guess(made, "service").value["scale"]
    assert (scale["min"], scale["max"]) == (1, 5)
    assert scale["labels"] == {word: score for score, word in enumerate(words, 1)}
    assert guess(made, "service").check == ""


def test_words_of_half_a_scale_are_marked_and_those_of_another_are_none(tmp_path):
    made = drafted(tmp_path, {"service": np.array(WORDS["en"])[answers(3, 5, 4, 1) - 1]})
    assert "3 of the 5 words" in guess(made, "service").why
    assert guess(made, "service").check
    four = np.array(["Poor", "Fair", "Average", "Excellent"])  # two of them are one point of the family
    made = drafted(tmp_path, {"service": four[answers(1, 4, 3, 1) - 1]})
    assert [one for one in made.guesses if one.section == "items"] == []


def test_labels_with_their_number_and_words_for_no_answer(tmp_path):
    given = [{10: "10 - Extremely likely", 0: "0 - Not at all likely", 5: "Don't know"}.get(k, str(k))
             for k in answers(0, 10, 7, 1, 2.5)]  # fmt: skip
    made = drafted(tmp_path, {"How likely are you to recommend us?": given})
    item = guess(made, "recommend")
    assert item.value["scale"]["missing"] == ["Don't know"]
    assert item.value["scale"]["labels"]["10 - Extremely likely"] == 10
    assert item.value["column"] == "How likely are you to recommend us?"
    assert item.value["text"] == {"en": "How likely are you to recommend us?"}


NAMES = {
    "en": ("Response ID", "Weight", "Region", "Wave"),
    "ru": ("Анкета", "Вес", "Регион", "Волна"),
    "uz": ("So‘rovnoma", "Vazn", "Hudud", "To‘lqin"),
    "uz_Cyrl": ("Сўровнома", "Вазн", "Ҳудуд", "Тўлқин"),
}


@pytest.mark.parametrize("lang", NAMES)
def test_roles_are_known_by_content_and_by_names_in_every_language(lang, tmp_path):
    respondent, weight, group, wave = NAMES[lang]
    made = drafted(tmp_path, {
        respondent: [f"K-{k}" for k in range(N)], weight: SOME.uniform(0.5, 1.5, N).round(3),
        group: SOME.choice(["North", "South"], N), wave: ["2025-Q4"] * (N // 2) + ["2026-Q1"] * (N // 2), **BATTERY,
    })  # fmt: skip
    roles = {one.key: one for one in made.guesses if one.section == ""}
    assert {key: one.value for key, one in roles.items()} == {
        "respondent": respondent, "weight": weight, "group": group, "wave": wave,
    }  # fmt: skip
    assert [one.check for one in roles.values()] == [""] * 4


def test_roles_are_known_by_content_alone_and_then_marked(tmp_path):
    made = drafted(tmp_path, {
        "a": [f"K-{k}" for k in range(N)], "b": SOME.uniform(0.5, 1.5, N).round(3), "c": SOME.choice(["N", "S"], N),
        "d": ["Nov 2025"] * (N // 2) + ["Jan 2026"] * (N // 2), **BATTERY,
    })  # fmt: skip
    roles = {one.key: one for one in made.guesses if one.section == ""}
    assert {key: one.value for key, one in roles.items()} == {
        "respondent": "a",
        "weight": "b",
        "group": "c",
        "wave": "d",
    }
    assert all(one.check for one in roles.values())


def test_a_name_without_the_content_gives_no_role(tmp_path):
    made = drafted(tmp_path, {"id": ["x"] * N, "weight": ["heavy"] * N, "wave": ["", "1"] * (N // 2), **BATTERY})
    assert [one.key for one in made.guesses if one.section == ""] == []


def test_respondents_of_a_panel_stand_once_in_a_wave(tmp_path):
    half = N // 2
    made = drafted(tmp_path, {"id": [*range(half)] * 2, "year": [2024] * half + [2025] * half, **BATTERY})
    assert guess(made, "respondent").value == "id"
    assert "a panel" in guess(made, "respondent").why
    assert (guess(made, "wave").value, guess(made, "wave").check) == ("year", "")


def test_waves_are_made_of_dates_and_their_order_of_day_and_month_is_marked(tmp_path):
    days = [f"{1 + k % 28}/{1 + k * 6 // N}/2025" for k in range(N)]
    made = drafted(tmp_path, {"Timestamp": days, **BATTERY})
    assert guess(made, "wave").value == {"column": "Timestamp", "period": "month"}
    assert "compare it with the wave before" in guess(made, "wave").check
    alike = [f"{1 + k % 12}/{1 + k * 6 // N}/2025" for k in range(N)]
    assert guess(drafted(tmp_path, {"Timestamp": alike, **BATTERY}), "dates").check


def test_dates_of_one_day_make_no_waves(tmp_path):
    made = drafted(tmp_path, {"Timestamp": [f"2026-05-01 10:{k % 60:02}:{k // 60:02}" for k in range(N)], **BATTERY})
    assert guess(made, "Timestamp").section == "left out"


def test_waves_without_a_known_order_stand_as_in_the_file_and_are_marked(tmp_path):
    made = drafted(tmp_path, {"волна": ["март"] * (N // 2) + ["июнь"] * (N // 2), **BATTERY})
    assert guess(made, "waves").value == ["март", "июнь"]
    assert guess(made, "waves").check
    assert made.told == []


def test_what_is_no_item_is_listed_with_what_it_holds(tmp_path):
    made = drafted(tmp_path, {
        **BATTERY, "Email": [f"a{k}@b.uz" for k in range(N)], "Why?": [f"because of reason {k}" for k in range(N)],
        "at": ["9:20 PM", "10:15 AM"] * (N // 2), "none": [None] * N, "one": ["x"] * N,
        "spent": SOME.lognormal(5, 1, N).round(2),
    })  # fmt: skip
    left = {one.key: one.why for one in made.guesses if one.section == "left out"}
    assert [*left] == ["Email", "Why?", "at", "none", "one", "spent"]
    kinds = ["personal data", "texts", "times of the day", "empty", "one text", "numbers"]
    assert all(why.startswith(kind) for why, kind in zip(left.values(), kinds, strict=True))
    assert "a1@b.uz" not in made.text


def test_texts_of_the_file_become_texts_of_items(tmp_path):
    path = tmp_path / "survey.csv"
    pd.DataFrame(BATTERY).to_csv(path, index=False)
    made = draft(path, texts={"v1": "Бизга қанчалик ишонасиз?"})
    assert guess(made, "v1").value["text"] == {"uz_Cyrl": "Бизга қанчалик ишонасиз?"}


def test_a_file_without_ratings_says_so(tmp_path):
    made = drafted(tmp_path, {"a": [f"text {k}" for k in range(N)]})
    assert made.text.splitlines()[2].startswith("# CHECK no column looks like a rating")


def test_a_draft_that_is_refused_says_why(tmp_path, monkeypatch):
    def refuse(*given, **how):
        raise cx.DataError("row 3: found a total.")

    monkeypatch.setattr("cxkit.survey.draft.drafting.read", refuse)
    made = drafted(tmp_path, BATTERY)
    assert made.told == ["CHECK the file is refused with this draft: row 3: found a total."]
    assert "# CHECK the file is refused with this draft: row 3: found a total." in made.text


def test_ids_that_repeat_are_told_and_have_no_role(tmp_path):
    shifted = {"id": [*range(N - 1), 3], "wave": ["2025"] * N, "respondent": [*range(N - 1), 3], **BATTERY}
    made = drafted(tmp_path, shifted)
    assert "respondent" not in {one.key for one in made.guesses if one.section == ""}
    assert any("repeat" in told for told in made.told)


def test_odd_names_are_quoted_and_read(tmp_path):
    names = ['a: b # "c"', "yes", "007", "- x", "it's", "{x}"]
    made = drafted(tmp_path, dict.fromkeys(names, BATTERY["v1"]))
    assert made.told == []
    columns = [one.value.get("column", one.key) for one in made.guesses if one.section == "items"]
    assert columns == names


@pytest.mark.parametrize(
    "text", ["no", "null", "~", "a: b", "#x", "'x'", "\u2028", "-", "1e5", "0x1", "01", "a\\b", "[", "Ўзбек тили"]
)
def test_a_text_is_written_so_that_it_is_read_as_itself(text):
    assert yaml_value(f"x: {written([text])}") == {"x": [text]}
    assert list(yaml_value(f"{{{written({text: 1})[1:-1]}}}")) == [text]


def test_ends_are_borrowed_only_where_the_answers_fade_out_before_them(tmp_path):
    block = {f"Q1{letter}": answers(1, 5, 3, k, 1.4) for k, letter in enumerate("ABCD")}
    fading, piled = np.clip(answers(1, 5, 4.4, 8, 0.8), 2, 5), answers(2, 4, 3, 9, 1.4)
    made = drafted(tmp_path, {**block, "Q1E": fading, "Q1F": piled})
    assert "2 to 5" in guess(made, "Q1E").why
    assert "2 to 4" in guess(made, "Q1F").why
    assert (guess(made, "Q1E").check, bool(guess(made, "Q1F").check)) == ("", True)


def test_columns_that_stand_twice_are_told(tmp_path):
    path = tmp_path / "survey.csv"
    path.write_text("nps,a,a\n9,1,2\n10,3,1\n3,2,2\n", encoding="utf-8")
    assert draft(path).told == ["CHECK the columns a stand twice and are left out; give each its own name."]


def test_in_random_surveys_few_wrong_guesses_have_no_mark(tmp_path):
    scores = [scored(seed, tmp_path) for seed in range(2000, 2030)]
    guesses = sum(len(score.guesses) for score in scores)
    assert guesses > 400
    assert sum(len(score.silent) for score in scores) <= 0.01 * guesses
    assert [told for score in scores for told in score.draft.told if "refused" in told] == []
