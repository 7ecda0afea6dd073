"""The path diagram: what it tells in every language, where its boxes, arrows and labels stand, how arrows look."""

import re
import warnings
from unittest.mock import patch

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Polygon

from cxkit.methods.acsi_regression import diagram as path_diagram
from cxkit.methods.acsi_regression import layout as path_layout
from cxkit.methods.acsi_regression.diagram import diagram
from cxkit.methods.acsi_regression.layout import BLOCKED, Graph, Picture, _labels, compose, hits
from cxkit.show.canvas import LOW, SERIES, WIDTH
from cxkit.show.language import LANGUAGES
from cxkit.show.view import View
from tests.methods.acsi_regression.path_picture import ACSI, ECSI, EIGHT, SHAPES, drawn_by, shaped
from tests.methods.acsi_regression.path_result import IMPACT, PATHS, changed, made, row, without
from tests.show.picture import boxes, cut, overlapping

UNDEFINED = re.compile(r"\b(nan|NaN|None|inf|Infinity)\b")


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("default", ResourceWarning)  # garbage of other tests may be collected here
        yield


def shafts(sheet):
    """The lines of the arrows, in the order of the paths."""
    return [artist for artist in sheet.artists if isinstance(artist, Line2D)]


def frames(sheet):
    """The boxes of the constructs, in pixels, in the order of the model."""
    return [patch.get_window_extent() for patch in sheet.artists if isinstance(patch, FancyBboxPatch)]


def numbers(sheet):
    """The texts on arrows: paths and intervals, with their boxes in pixels."""
    return [(text.get_text(), box) for text, box in boxes(sheet) if re.fullmatch(r"[−\d.,…]+", text.get_text())
            and text.get_fontsize() in (8.5, 7.5)]  # fmt: skip


def placed(arrows, n, box=(1.2, 0.63), label=(0.68, 0.26)):
    graph = Graph(n, arrows, box)
    return graph, compose(graph, np.full((len(arrows), 2), label), WIDTH - 0.16)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_arrow_and_every_index_is_told_in_the_language(lang):
    found = made()
    view, sheet = drawn_by(diagram, found, lang)
    point = "." if lang == "en" else ","
    for pair in PATHS:
        name = found.labels[" -> ".join(pair)][lang]
        assert f"{name}: 0{point}46 (" in view.alt
    for name, text in found.settings["constructs"].items():
        index = f"{found.rows(item=name, term='index')['estimate'].item():.1f}".replace(".", point)
        assert f"{text['text'][lang]}: {index}" in view.alt
        assert index in {text.get_text() for text in sheet.texts}
    assert not UNDEFINED.search(view.alt + view.svg)
    assert not re.search(r"\d,\d" if lang == "en" else r"\d\.\d", view.alt)
    assert cut(sheet) == []
    assert overlapping(sheet) == []


def test_the_diagram_begins_with_what_matters_most_and_tells_intervals_and_shares():
    # quality 0.4 to 0.64 overlaps value 0.2 to 0.41, so the order is open until quality is surer
    sure = changed(made(), "quality", "impact", low=0.45)
    assert diagram_alt(made()).startswith("“Satisfaction” reaches 71.2 of 100 points. ")
    alt = diagram_alt(sure)
    assert alt.startswith("“Satisfaction” reaches 71.2 of 100 points; what matters most for it is “Quality”. ")
    assert "; Quality → Satisfaction: 0.46 (0.35 to 0.55); " in alt
    assert "; Satisfaction: 71.2, R² 0.76; " in alt
    assert IMPACT["quality"][1] < IMPACT["value"][2] < 0.45


def diagram_alt(result):
    return drawn_by(diagram, result)[0].alt


def test_arrows_show_strength_sign_and_doubt():
    found = changed(made(), "value -> satisfaction", "path", estimate=-0.9, low=-0.95, high=-0.8)
    found = changed(found, "satisfaction -> loyalty", "path", estimate=0.03, low=-0.1, high=0.16)
    found = changed(found, "complaints -> loyalty", "path", estimate=-0.03, low=-0.16, high=0.1)
    _, sheet = drawn_by(diagram, found)
    looks = dict(zip([" -> ".join(pair) for pair in PATHS], shafts(sheet), strict=True))
    plain, strong = looks["quality -> satisfaction"], looks["value -> satisfaction"]
    open_, negative = looks["satisfaction -> loyalty"], looks["complaints -> loyalty"]
    assert to_hex(plain.get_color()) == SERIES
    assert to_hex(strong.get_color()) == LOW
    assert strong.get_linewidth() > plain.get_linewidth() > open_.get_linewidth() > 0.8
    assert {line.get_linestyle() for line in (plain, strong)} == {"-"}
    assert {line.get_linestyle() for line in (open_, negative)} == {"--"}
    for pale, full in ((open_, SERIES), (negative, LOW)):
        assert np.mean(np.array(_rgb(pale.get_color())) - _rgb(full)) > 0.15
    tips = [patch.get_facecolor() for patch in sheet.artists if type(patch) is Polygon]
    assert [to_hex(tip) for tip in tips] == [to_hex(line.get_color()) for line in shafts(sheet)]
    said = {text.get_text() for text in sheet.texts}
    assert {"−0.90", "−0.95…−0.80", "0.03", "−0.10…0.16", "0.46"} <= said


def _rgb(color):
    return tuple(int(to_hex(color)[k : k + 2], 16) / 255 for k in (1, 3, 5))


@pytest.mark.parametrize(
    ("pair", "keys"),
    [((0.5, 0.4), []), ((-0.5, 0.4), ["Positive path", "Negative path"]), ((0.1, 0.2), ["Interval includes 0"]),
     ((-0.1, 0.2), ["Positive path", "Negative path", "Interval includes 0"])],
)  # fmt: skip
def test_the_key_names_what_is_drawn(pair, keys):
    at, half = pair
    found = changed(made(), "quality -> satisfaction", "path", estimate=at, low=at - half, high=at + half)
    _, sheet = drawn_by(diagram, found)
    assert [text.get_text() for legend in sheet.legends for text in legend.get_texts()] == keys


def test_the_box_of_the_target_is_strong():
    _, sheet = drawn_by(diagram, made())
    edges = [(patch.get_linewidth(), to_hex(patch.get_edgecolor())) for patch in sheet.artists
             if isinstance(patch, FancyBboxPatch)]  # fmt: skip
    strong = max(edges)
    assert edges.index(strong) == list(made().settings["constructs"]).index("satisfaction")
    assert edges.count(strong) == 1
    assert strong[1] == SERIES


def test_r2_stands_where_arrows_end():
    _, sheet = drawn_by(diagram, made(row("loyalty", "r2", 0.5)))
    assert sorted(text.get_text() for text in sheet.texts if "R² 0" in text.get_text()) == ["R² 0.50", "R² 0.76"]


@pytest.mark.parametrize("long", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_no_label_is_cut_lies_on_another_or_on_a_box(shape, long):
    found = shaped(shape, long)
    view, sheet = drawn_by(diagram, found, "ru")
    assert cut(sheet) == []
    assert overlapping(sheet) == []
    paths = found.rows(term="path")
    said = numbers(sheet)
    assert len(said) == 2 * len(paths)
    places = frames(sheet)
    assert len(places) == len(found.settings["constructs"])
    for text, box in said:
        assert not any(_meet(box, place) for place in places), text
    inside = [(text, box) for text, box in boxes(sheet) if "…" not in text.get_text()]
    for name, place in zip(found.settings["constructs"], places, strict=True):
        label = found.labels[name]["ru"]
        mine = [box for text, box in inside if text.get_text().replace("\n", " ") == label]
        assert len(mine) == 1
        assert place.x0 < mine[0].x0
        assert mine[0].x1 < place.x1
        assert place.y0 < mine[0].y0
        assert mine[0].y1 < place.y1
    assert not any(_meet(one, other) for k, one in enumerate(places) for other in places[:k])
    assert sheet.get_figwidth() == WIDTH
    assert sheet.get_figheight() < 6.5
    assert min(text.get_fontsize() for text in sheet.texts) >= 7.5
    assert not UNDEFINED.search(view.alt + view.svg)


def _meet(a, b):
    return min(a.x1, b.x1) > max(a.x0, b.x0) and min(a.y1, b.y1) > max(a.y0, b.y0)


@pytest.mark.parametrize("arrows", [ACSI, ECSI, EIGHT, SHAPES["fan"][0], SHAPES["chain"][0], ((0, 1),)])
def test_arrows_run_onwards_and_never_through_a_box(arrows):
    n = max(map(max, arrows)) + 1
    graph, picture = placed(arrows, n)
    for (start, end), line in zip(arrows, picture.lines, strict=True):
        assert picture.boxes[end, 0] > picture.boxes[start, 0] - 0.01
        others = np.delete(picture.boxes, [start, end], axis=0)
        assert not hits(line[0], line[1] - line[0], others, graph.box).any()
        assert np.hypot(*(line[1] - line[0])) > 0.3
    assert not picture.crowded
    across = sum(_crossing(one, other) for k, one in enumerate(picture.lines) for other in picture.lines[:k])
    assert across <= 1


def _crossing(one, other):
    """Whether two arrows meet: the crossing solved for as shares of both ways."""
    ways = np.column_stack([one[1] - one[0], other[0] - other[1]])
    if abs(np.linalg.det(ways)) < 1e-9:
        return False
    shares = np.linalg.solve(ways, other[0] - one[0])
    return bool((shares > 0).all() and (shares < 1).all())


def test_the_crossing_of_two_lines_is_seen():
    cross, beside = np.array([[[0, 0], [2, 2]], [[0, 2], [2, 0]]]), np.array([[[0, 0], [2, 2]], [[1, 0], [3, 2]]])
    assert _crossing(*cross)
    assert not _crossing(*beside)


@pytest.mark.parametrize(
    ("what", "places", "arrows", "times"),
    [
        ("CROSSING", [(1, 1), (5, 3), (1, 3), (5, 1)], ((0, 1), (2, 3)), 1),
        ("CROSSING", [(1, 1), (5, 1), (1, 3), (5, 3)], ((0, 1), (2, 3)), 0),
        ("TOUCHING", [(1, 1), (5, 1), (1, 1.4)], ((0, 1),), 1),
        ("THROUGH", [(1, 1), (5, 1), (3, 1)], ((0, 1), (0, 2)), 1),
        ("ALIKE", [(1, 1), (5, 1), (3, 1)], ((0, 1), (0, 2)), 1),
        ("BACK", [(5, 1), (1, 1)], ((0, 1),), 1),
        ("UPRIGHT", [(1, 3), (1, 1)], ((0, 1),), 1),
        ("UPWARDS", [(1, 1), (1, 3)], ((0, 1),), 2),
        ("HEIGHT", [(1, 3), (5, 1)], ((0, 1),), 2),
        ("UNSEEN", [(1, 1), (2.25, 1)], ((0, 1),), 0.5),
    ],
)
def test_what_is_wrong_with_a_picture_is_counted(what, places, arrows, times):
    graph = Graph(len(places), arrows, (1.0, 0.5))
    picture = np.array([places], dtype=float)
    with patch.object(path_layout, what, 0):
        (without_it,) = path_layout._cost(graph, picture)
    (cost,) = path_layout._cost(graph, picture)
    assert cost - without_it == pytest.approx(times * getattr(path_layout, what))


def test_the_drivers_of_a_fan_stand_above_each_other_before_it():
    _, picture = placed(SHAPES["fan"][0], 6, (1.8, 0.63))
    assert np.ptp(picture.boxes[:5, 0]) < 1e-9
    assert picture.boxes[5, 0] > picture.boxes[0, 0] + 1.8


def test_levels_count_the_arrows_of_the_longest_way():
    assert Graph(6, ACSI, (1, 1)).levels == [0, 1, 2, 3, 4, 5]
    assert Graph(4, ((0, 2), (1, 2), (0, 3)), (1, 1)).levels == [0, 0, 1, 1]


def test_a_line_meets_a_box_only_between_its_ends():
    start, step = np.zeros(2), np.array([4.0, 0.0])
    middles = np.array([[2.0, 0.2], [2.0, 0.6], [6.0, 0.0], [-1.0, 0.0]])
    assert hits(start, step, middles, (1.0, 0.5)).tolist() == [True, False, False, False]


def test_a_label_moves_off_its_arrow_when_it_would_hide_it_and_stays_on_a_long_one():
    graph = Graph(2, ((0, 1),), (1.0, 0.5))
    middles = np.array([[0.5, 0.25], [2.2, 0.25]])
    short = np.array([[[1.03, 0.25], [1.67, 0.25]]])
    (spot,), trouble = _labels(graph, short, np.array([[0.5, 0.2]]), np.array([[0.5, 2.0], [2.2, 2.0]]), 7.0)
    assert abs(spot[1] - 0.25) == pytest.approx(0.14)  # half the label and some air beside the line
    assert trouble < BLOCKED
    # between the boxes there is no room beside the line
    assert _labels(graph, short, np.array([[0.7, 0.2]]), middles, 7.0)[1] >= BLOCKED
    long = np.array([[[1.03, 0.25], [4.67, 0.25]]])
    (spot,), _ = _labels(graph, long, np.array([[0.5, 0.2]]), np.array([[0.5, 2.0], [2.2, 2.0]]), 7.0)
    assert spot[1] == pytest.approx(0.25)


def test_where_labels_do_not_fit_the_intervals_make_room():
    asked = []

    def first_crowded(graph, sizes, width):
        asked.append(sizes[:, 1].max())
        found = compose(graph, sizes, width)
        return Picture(found.boxes, found.lines, found.labels, crowded=len(asked) == 1)

    with patch.object(path_diagram, "compose", first_crowded):
        view, sheet = drawn_by(diagram, made())
    assert len(asked) == 2
    assert asked[1] < asked[0]
    assert not any("…" in text.get_text() for text in sheet.texts)
    assert view.alt.count("0.46 (0.35 to 0.55)") == len(PATHS)


def test_a_path_without_an_interval_is_drawn_plain():
    found = changed(made(), "quality -> satisfaction", "path", low=np.nan, high=np.nan)
    view, sheet = drawn_by(diagram, found)
    assert "Quality → Satisfaction: 0.46; " in view.alt
    assert {line.get_linestyle() for line in shafts(sheet)} == {"-"}
    assert not UNDEFINED.search(view.alt + view.svg)


def test_the_same_result_gives_the_same_bytes():
    one, other = (drawn_by(diagram, made())[0] for _ in range(2))
    assert one.svg == other.svg
    assert one.png == other.png


def test_only_the_current_wave_is_drawn():
    earlier = [row("satisfaction", "index", 33.3, 30, 36, wave="w1"), row("quality", "index", 44.4, wave="w1")]
    view, sheet = drawn_by(diagram, made(*earlier, wave="w3"))
    assert "71.2" in view.alt
    assert "33.3" not in view.alt
    assert len(shafts(sheet)) == len(PATHS)


def test_names_are_never_markup_or_mathematics():
    found = made()
    nasty = {**found.labels, "quality": {"en": "<script>alert(1)</script> $x^2$"}, "value": {"en": "no\u202erth"}}
    view, sheet = drawn_by(diagram, type(found)(*_parts(found, nasty)))
    assert "<script" not in view.svg
    assert "<script>alert(1)</script> $x^2$" in view.alt
    assert "\u202e" not in view.alt + view.svg
    assert "no\ufffdrth" in view.alt
    assert not any(text.get_parse_math() for text in sheet.texts)
    assert cut(sheet) == []


def _parts(found, labels):
    return found.method, found.settings, found.tidy, found.facts, found.notes, None, labels


def test_a_very_long_word_is_broken_and_a_very_long_name_cut_short():
    found = made()
    huge = {**found.labels, "quality": {"en": "Ш" * 60}, "value": {"en": "слово " * 40}}
    _, sheet = drawn_by(diagram, type(found)(*_parts(found, huge)))
    assert cut(sheet) == []
    assert overlapping(sheet) == []
    widest = max(box.width for box in frames(sheet))
    assert all(box.width < widest for text, box in boxes(sheet) if "Ш" in text.get_text())
    assert any(text.get_text().endswith(" …") for text in sheet.texts)


def test_without_numbers_or_paths_there_is_nothing_to_draw():
    hidden = changed(made(), "satisfaction", "index", estimate=np.nan, low=np.nan, high=np.nan, base="hidden")
    assert drawn_by(diagram, hidden)[0] == View()
    assert drawn_by(diagram, without(made(), "path"))[0] == View()
