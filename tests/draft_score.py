"""How often drafts of codebooks are right, by codebooks that people wrote: ``python -m tests.draft_score``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxkit.survey.cards import bounds
from cxkit.survey.draft.drafting import Draft, draft
from cxkit.survey.draft.guess import Guess
from cxkit.survey.samples import BUSINESSES, SAMPLES, sample_codebook, sample_text
from cxkit.survey.sources import read_text_table
from tests.conftest import SHARED

CASES, REAL = SHARED / "cases", SHARED / "data"
NPS = {"scale": [0, 10]}
AIRPORT = {"scale": {"min": 1, "max": 5, "missing": [0, 6]}}
QUESTION_7 = "ART FOOD STORE SIGN WALKWAYS SCREENS INFODOWN INFOUP WIFI ROADS PARK AIRTRAIN LTPARKING RENTAL ALL"
AIRPORT_ITEMS = [
    *(f"Q7{name}" for name in QUESTION_7.split()),
    *(f"Q9{name}" for name in ("BOARDING", "AIRTRAIN", "RENTAL", "FOOD", "RESTROOM", "ALL")),
    *("Q10SAFE", "Q12PRECHECKRATE", "Q13GETRATE", "Q14FIND", "Q14PASSTHRU"),
]
PATH_ITEMS = ("q1", "q2", "q3", "s1", "s2", "s3", "l1", "l2", "v1", "v2")
HOW = "How likely are you to recommend us?"
# By hand: what each file's columns are, from the questionnaire or from what the case is about.
BY_HAND: dict[str, dict[str, Any]] = {
    "codes_1_11.csv": {"respondent": "ID", "items": {"nps": {**NPS, "labels": {k: k - 1 for k in range(1, 12)}}}},
    "five_stars.csv": {"respondent": "ID", "items": {"stars": {"scale": [1, 5]}}},
    "frequency_table.csv": {"count": "count", "items": {"score": NPS}},
    "google_timestamp.csv": {"wave": "Timestamp", "items": {"nps": NPS}},
    "group_codes.csv": {"respondent": "id", "group": "seg", "items": {"nps": NPS}},
    "group_spelling.csv": {"respondent": "id", "group": "seg", "items": {"nps": NPS}},
    "ms_forms.xlsx": {"respondent": "ID", "items": {"recommend": {**NPS, "column": HOW}}},
    "multi_select_group.csv": {"group": "used", "split": {"used": ", "}, "items": {"nps": NPS}},
    "qualtrics.csv": {"items": {"recommend": {**NPS, "column": "Q1"}}},
    "reversed_item.csv": {
        "items": {name: {"scale": [1, 10], "reversed": name == "q3"} for name in PATH_ITEMS},
    },
    "semantic_long.csv": {"items": {"value": {"scale": [-3, 3]}}},
    "sfo_2014.csv": {
        "respondent": "RESPNUM", "weight": "WEIGHT", "group": "AREA", "items": dict.fromkeys(AIRPORT_ITEMS, AIRPORT),
    },
    "surveymonkey.csv": {
        "respondent": "Respondent ID",
        "items": {"recommend": {**NPS, "column": "How likely is it that you would recommend Tanho?"}},
    },
    "waves_day_month_year.csv": {"respondent": "id", "wave": "wave", "items": {"nps": NPS}},
    "waves_month_year.csv": {"respondent": "id", "wave": "wave", "items": {"nps": NPS}},
    "waves_quarter_year.csv": {"respondent": "id", "wave": "wave", "items": {"nps": NPS}},
    "weights_thousands.csv": {"respondent": "ID", "weight": "weight", "decimal": ".", "items": {"nps": NPS}},
    "western_cp1252.csv": {"respondent": "id", "group": "branch", "items": {"nps": NPS}},
}  # fmt: skip

BLOCKS = {"imag": 5, "expe": 5, "qual": 5, "val": 4, "sat": 4, "loy": 4}
BANK_ITEMS = [f"{name}{k}" for name, n in BLOCKS.items() for k in range(1, n + 1)]
ACSI_ITEMS = "SATIS CONFIRM IDEAL OVERALLX CUSTOMX WRONGX OVERALLQ CUSTOMQ WRONGQ PQ QP REPUR HANDLE"
TEN: dict[str, Any] = {"scale": [1, 10]}
# Real files that the rules were not made on; one item of them, loy2, added a rule.
UNSEEN: dict[str, dict[str, Any]] = {
    "satisfaction.csv": {"group": "gender", "items": dict.fromkeys(BANK_ITEMS, NPS)},
    "acsi2015.csv": {"items": {**dict.fromkeys(ACSI_ITEMS.split(), TEN), "COMP": {"scale": [0, 1]}}},
}


@dataclass(frozen=True)
class Score:
    """A file's guesses; ``wrong`` has those that are not what the file is, ``silent`` those of them without CHECK."""

    file: str
    draft: Draft
    wrong: list[Guess]

    @property
    def guesses(self) -> list[Guess]:
        return list(self.draft.guesses)

    @property
    def told(self) -> list[Guess]:
        """Roles, scales and items: all but what is left out."""
        return [one for one in self.guesses if one.section != "left out"]

    @property
    def checked(self) -> list[Guess]:
        return [one for one in self.guesses if one.check]

    @property
    def silent(self) -> list[Guess]:
        """An item is marked where it stands or at its scale, which other items share."""
        marked = {one.key for one in self.guesses if one.section == "scales" and one.check}
        return [
            one
            for one in self.wrong
            if not one.check
            and not (one.section == "items" and isinstance(one.value["scale"], str) and one.value["scale"] in marked)
        ]

    def row(self) -> str:
        right = sum(one not in self.wrong for one in self.told)
        cells = (len(self.guesses), len(self.checked), len(self.told), right, len(self.wrong), len(self.silent))
        return f"{self.file:26}" + "".join(f"{cell:>9}" for cell in cells)


def sample_truth(name: str) -> dict[str, Any]:
    """A sample's own codebook, with its site on bipolar scales as items, reversed where its poles are."""
    book = sample_codebook(name)
    items = {item: {**entry, "scale": book["scales"].get(entry["scale"], entry["scale"])}
             for item, entry in book["items"].items()}  # fmt: skip
    if name in BUSINESSES:
        for thing in book["objects"]:
            for scale, poles in book["poles"].items():
                turned = bool(poles.get("reversed"))
                items[f"{thing}_{scale}"] = {"scale": {"min": 1, "max": 10, "missing": [99]}, "reversed": turned}
    return {**book, "items": items}


def score(path: Path, truth: dict[str, Any]) -> Score:
    made = draft(path)
    scales = {one.key: one.value for one in made.guesses if one.section == "scales"}
    cells = {name: set(column.dropna()) for name, column in read_text_table(path).frame.items()}
    bad_items = [one for one in made.guesses if one.section == "items" and not _item_right(one, truth, scales, cells)]
    by_scale = {name: [one for one in made.guesses if one.section == "items" and one.value["scale"] == name]
                for name in scales}  # fmt: skip
    wrong = []
    for one in made.guesses:
        if one.section == "items":
            right = one not in bad_items
        elif one.section == "scales":
            right = any(item not in bad_items for item in by_scale[one.key])
        elif one.section == "left out":
            right = one.key not in _columns(truth)
        elif one.section == "split":
            right = truth.get("split") == {one.key: one.value}
        else:
            column = one.value["column"] if isinstance(one.value, dict) else one.value
            right = truth.get(one.key) == column
        wrong += [] if right else [one]
    return Score(path.name, made, wrong)


def _columns(truth: dict[str, Any]) -> set[str]:
    """The columns that have a role or are items."""
    roles = {truth[role] for role in ("respondent", "weight", "group", "wave", "count") if role in truth}
    return roles | {entry.get("column", item) for item, entry in truth["items"].items()}


def _item_right(guess: Guess, truth: dict[str, Any], scales: dict[str, Any], cells: dict[Any, set[str]]) -> bool:
    """Whether the ends, the labels, the direction and, of those that occur, the missing codes are right."""
    by_column = {entry.get("column", item): entry for item, entry in truth["items"].items()}
    column, named = guess.value.get("column", guess.key), guess.value["scale"]
    if column not in by_column:
        return False
    entry = by_column[column]
    mine = {**bounds("", scales[named] if isinstance(named, str) else named), **guess.value}
    real = {**bounds("", entry["scale"]), **entry}

    def plain(card: dict[str, Any]) -> tuple[Any, ...]:
        missing = {str(code) for code in card.get("missing", [])} & cells[column]
        labels = {str(label): score for label, score in card.get("labels", {}).items()}
        return card["min"], card["max"], bool(card.get("reversed")), missing, labels

    return plain(mine) == plain(real)


def all_scores(folder: Path) -> list[Score]:
    """The scores of the samples, written out as files into a folder, and of the cases beside the project."""
    scores = []
    for name in SAMPLES:
        path = folder / f"{name}.csv"
        sample_text(name).to_csv(path, index=False, lineterminator="\n")
        scores.append(score(path, sample_truth(name)))
    if CASES.is_dir():
        scores += [score(CASES / name, truth) for name, truth in BY_HAND.items()]
    return scores


def unseen_scores() -> list[Score]:
    """The scores of real files that the rules were not made on."""
    return [score(REAL / name, truth) for name, truth in UNSEEN.items()] if REAL.is_dir() else []


def table(scores: list[Score]) -> str:
    head = f"{'file':26}" + "".join(f"{word:>9}" for word in ("guesses", "CHECK", "told", "right", "wrong", "silent"))
    total = Score("all", Draft("", [one for score in scores for one in score.guesses]),
                  [one for score in scores for one in score.wrong])  # fmt: skip
    told, guesses = len(total.told), len(total.guesses)
    right = sum(one not in score.wrong for score in scores for one in score.told)
    silent = sum(len(score.silent) for score in scores)
    last = f"{'all':26}{guesses:>9}{len(total.checked):>9}{told:>9}{right:>9}{len(total.wrong):>9}{silent:>9}"
    shares = (
        f"right {right / told:.1%} of roles, scales and items; CHECK {len(total.checked) / guesses:.1%} of guesses"
    )
    return "\n".join([head, *(one.row() for one in scores), last, shares])


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as place:
        found = all_scores(Path(place))
    print(table(found))
    print("\nunseen", table(unseen_scores()), sep="\n")
    for one in found:
        for guess in one.wrong:
            print(
                one.file, guess.section, guess.key, guess.value, "CHECK" if guess.check else "SILENT", "|", guess.why
            )
