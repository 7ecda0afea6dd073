"""The brand on the page: logos by their content, colours by their contrast."""

import base64

import pytest

from cxkit.errors import SettingsError
from cxkit.report.brand import MAX_LOGO, Brand, contrast

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 8
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 8
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
XML = b'<?xml version="1.0"?>' + SVG


def logo(folder, content, name="logo.bin"):
    path = folder / name
    path.write_bytes(content)
    return Brand(str(path))


@pytest.mark.parametrize(
    ("color", "expected"),
    [("#ffffff", 1.0), ("#777777", 4.48), ("#767676", 4.54), ("#000000", 21.0), ("#ff0000", 4.00), ("#0000FF", 8.59)],
)
def test_contrast_on_white_equals_the_published_values(color, expected):
    """WCAG 2.2 (2023): #767676 is the lightest grey that passes 4.5 on white; the others by its formula."""
    assert contrast(color) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(("color", "warned"), [("#949494", False), ("#959595", True)])
def test_a_colour_is_warned_about_below_a_contrast_of_three(color, warned):
    assert (contrast(color) < 3) == warned
    assert bool(Brand(accent=color).warnings()) == warned


def test_a_warning_names_the_colour_and_its_contrast():
    primary, accent = Brand(primary="#ffff00", accent="#eeeeee").warnings()
    assert primary.startswith("The brand colour primary #ffff00 has a contrast of 1.1 on white")
    assert accent.startswith("The brand colour accent #eeeeee has a contrast of 1.2 on white")


def test_the_standard_colours_are_easy_to_read():
    assert Brand().warnings() == []


@pytest.mark.parametrize(
    "color", ["red", "#fff", "#12345", "#1234567", "12344d", "#12344g", "", "#12344d\n", "#12344d;}</style>"]
)
@pytest.mark.parametrize("name", ["primary", "accent"])
def test_a_colour_is_six_hexadecimal_digits(name, color):
    if (name, color) == ("accent", ""):
        assert Brand(accent="").colors()["accent"] == Brand().primary
        return
    with pytest.raises(SettingsError, match=f"(?s)The brand colour {name} is .*give it as #rrggbb"):
        Brand(**{name: color})


@pytest.mark.parametrize(
    ("content", "kind"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (SVG, "image/svg+xml"), (XML, "image/svg+xml")]
)
def test_a_logo_becomes_an_address_inside_the_page(content, kind, tmp_path):
    head, _, body = logo(tmp_path, content).logo_address().partition(",")
    assert head == f"data:{kind};base64"
    assert base64.b64decode(body) == content


def test_without_a_logo_there_is_no_address():
    assert Brand().logo_address() == ""


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"<html><script>alert(1)</script>", b"PNG", PNG + b"\x00" * MAX_LOGO], ids=len
)
def test_a_logo_of_another_kind_or_too_big_is_refused(content, tmp_path):
    with pytest.raises(
        SettingsError, match=r'^The logo "mark\.png" must be a PNG, JPEG or SVG picture of at most 1 MiB'
    ):
        logo(tmp_path, content, "mark.png").logo_address()


def test_the_true_fault_of_a_logo_is_named(tmp_path):
    for content, fault in (
        (PNG + b"\x00" * 2 * MAX_LOGO, "2.0 MiB, so make it smaller"),
        (b"GIF", "another kind of file"),
    ):
        with pytest.raises(SettingsError, match=f"of at most 1 MiB; found {fault}\\.$"):
            logo(tmp_path, content).logo_address()


def test_a_logo_of_just_one_mebibyte_is_taken(tmp_path):
    assert logo(tmp_path, PNG + b"\x00" * (MAX_LOGO - len(PNG))).logo_address()


def test_an_absent_logo_is_named_without_its_folder(tmp_path):
    with pytest.raises(SettingsError, match=r'^The logo "gone\.png" was not found') as caught:
        Brand(str(tmp_path / "gone.png")).logo_address()
    assert str(tmp_path) not in str(caught.value)
