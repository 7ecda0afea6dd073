"""The one value every method returns, and how it is written to disk."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from cxkit.show.view import View
    from cxkit.show.views import Views

COLUMNS = (
    "item", "term", "score", "group", "wave", "n", "n_other", "missing", "n_eff", "estimate", "se", "low", "high",
    "p", "p_adjusted", "detectable", "base",
)  # fmt: skip
CLAIM_COLUMNS = ("kind", "item", "other", "group", "estimate", "p", "p_page", "made")
TEXT_COLUMNS = ("item", "term", "group", "wave", "base")
Row = dict[Any, Any]  # a row of a result's table
ARROW, PAIR = " -> ", " ~ "  # between the names of two constructs that one item of a result tells of
# Ends of line beside \n and \r that some readers break rows at, and marks that turn the direction of the text after.
_TURNING = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Result:
    """What a method found, at full precision and without language.

    Attributes
    ----------
    method : the method's word, such as "nps".
    settings : the plain values the method was called with, defaults filled in.
    tidy : one row per estimate. ``term`` names the estimate; ``group`` and ``wave`` are "" for all;
        ``n`` is the unweighted base, ``n_other`` the base it is compared with, ``n_eff`` the effective base of this
        very estimate (the fact ``n_kish`` is Kish's, of the weights alone);
        ``estimate, se, low, high`` are in the term's own unit (shares 0-1, NPS in points);
        ``p, p_adjusted, detectable`` belong to comparisons; ``base`` is "ok", "small" or "hidden".
    facts : flat dict of numbers and names that prose may quote.
    notes : caveats as (code, numbers), never sentences.
    claims : what the page may say, a row per test that was looked at: ``kind item other group estimate p``,
        ``p_page`` adjusted over all of them (Holm 1979), and ``made`` where it is below 1 - level.
    scores : one row per respondent, or None. Never written to disk.
    labels : item -> language -> its text, as the codebook or the settings give it.
    audit : what was read, assumed and left out, as ``Audit.plain`` of :func:`cxkit.read` tells; empty where the
        method was given a frame.
    """

    method: str
    settings: Mapping[str, Any]
    tidy: pd.DataFrame
    facts: Mapping[str, Any]
    notes: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    scores: pd.DataFrame | None = None
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    audit: Mapping[str, Any] = field(default_factory=dict)
    claims: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CLAIM_COLUMNS)))

    def rows(self, **where: Any) -> pd.DataFrame:
        """Return the rows of ``tidy`` in which every named column has the given value."""
        keep = pd.Series(True, index=self.tidy.index)
        for column, value in where.items():
            keep &= self.tidy[column] == value
        return self.tidy[keep]

    def figure(self, lang: str = "en", part: str = "main") -> "View":
        """Draw a part of the result; where there is nothing to draw the view is empty.

        Parameters
        ----------
        lang : en, ru, uz or uz_Cyrl.
        part : "main", or another that the method has, such as "trend"; a wrong one is answered with their names.

        Raises
        ------
        SettingsError : the language or the part is unknown.

        >>> import cxkit as cx
        >>> cx.nps(cx.sample("shop")).figure(part="distribution").alt[:19]
        '26% answer 9 or 10,'
        """
        return self._views().figure(self, lang, part)

    def table(self, lang: str = "en", part: str = "main") -> "View":
        """Show the result as HTML tables; ``part`` is "main", or "comments" for verbatim answers to an NPS.

        >>> import cxkit as cx
        >>> "<caption>All respondents</caption>" in cx.nps(cx.sample("shop")).table().html
        True
        """
        return self._views().table(self, lang, part)

    def prose(self, lang: str = "en") -> "View":
        """Say what was found: a headline, key figures, a reading and its caveats.

        >>> import cxkit as cx
        >>> "NPS" in cx.nps(cx.sample("shop"), weight="weight").prose("ru").html
        True
        """
        return self._views().read(self, lang)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return self._views().glance(self)._repr_mimebundle_(include, exclude)

    def _views(self) -> "Views":
        """The views of the result's method, the one place where a result looks up to them."""
        from cxkit.methods import METHODS

        return METHODS[self.method].views

    def report(self, path: str | Path, *, name: str = "", lang: str = "en", date: str = "") -> Path:
        """Write the page of the method's standard views as one self-contained HTML file.

        Parameters
        ----------
        name : of the client, on the page.
        lang : en, ru, uz or uz_Cyrl.
        date : on the page, YYYY-MM-DD; left out when not given.

        Raises
        ------
        SettingsError : the language is unknown.
        ReportError : the page is not safe to publish.

        >>> import cxkit as cx, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     cx.nps(cx.sample("shop")).report(f"{folder}/nps.html", name="Lola", lang="ru").name
        'nps.html'
        """
        from cxkit.report.page import write_result_page

        return write_result_page(self, Path(path), name=name, lang=lang, date=date)

    def save(self, out: str | Path) -> None:
        """Write ``result.json`` and ``table.csv`` into the folder ``out``, without respondents' own answers.

        Text cells that a spreadsheet could take for a formula get a leading apostrophe in the CSV.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Result("nps", {}, tidy_table([]), {}).save(folder)
        ...     sorted(path.name for path in Path(folder).iterdir())
        ['result.json', 'table.csv']
        """
        folder = Path(out)
        folder.mkdir(parents=True, exist_ok=True)
        kept = replace(self, scores=None)
        (folder / "result.json").write_text(kept.to_json() + "\n", encoding="utf-8")
        csv_safe(self.tidy).to_csv(folder / "table.csv", index=False, lineterminator="\n", encoding="utf-8")

    def to_json(self) -> str:
        """Write everything as JSON text; an undefined number becomes null."""
        content = {
            "method": self.method,
            "settings": self.settings,
            "facts": self.facts,
            "notes": self.notes,
            "labels": self.labels,
            "audit": self.audit,
            "table": self.tidy.to_dict("records"),
            "claims": self.claims.to_dict("records"),
            "scores": None if self.scores is None else self.scores.reset_index().to_dict("records"),
        }
        return escaped(json.dumps(_plain(content), ensure_ascii=False, allow_nan=False, indent=1))

    @classmethod
    def from_json(cls, text: str) -> "Result":
        """Read back what :meth:`to_json` wrote."""
        content = json.loads(text)
        scores = content["scores"]
        return cls(
            content["method"],
            content["settings"],
            tidy_table(content["table"]),
            content["facts"],
            tuple((code, numbers) for code, numbers in content["notes"]),
            None if scores is None else pd.DataFrame(scores).set_index("row"),
            content["labels"],
            content.get("audit", {}),  # what was written before there were audits has none
            pd.DataFrame(content.get("claims", []), columns=list(CLAIM_COLUMNS)),
        )


def escaped(text: str) -> str:
    r"""Return JSON text with its line separators and direction marks as \uXXXX, which reads back as the same."""
    return _TURNING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def tidy_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Make a result table of row dicts: all columns, text as text, undefined numbers as NaN.

    >>> tidy_table([{"term": "mean", "estimate": 4.5}])[["term", "group", "estimate"]].values.tolist()
    [['mean', '', 4.5]]
    """
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for column in COLUMNS:
        if column in TEXT_COLUMNS:
            table[column] = table[column].astype(object).where(table[column].notna(), "")
        else:
            table[column] = pd.to_numeric(table[column]).astype(float)
    return table


def csv_safe(table: pd.DataFrame) -> pd.DataFrame:
    """Return a copy whose text cells no spreadsheet runs as a formula; numbers stay as they are."""
    return table.map(lambda cell: csv_safe_text(cell) if isinstance(cell, str) else cell)


def csv_safe_text(cell: str) -> str:
    """Return a text cell that no spreadsheet runs as a formula, breaks at other places or turns round."""
    guarded = f"'{cell}" if cell.startswith(tuple("=+-@\t\r＝＋－＠")) else cell
    # A bare carriage return is not quoted by pandas and would end the row.
    return _TURNING.sub("\ufffd", guarded.replace("\r\n", "\n").replace("\r", "\n"))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, str | int | float) else str(value)
