"""Which letters the charts can draw."""

import pytest

from cxkit.show.letters import drawable


@pytest.mark.parametrize(
    "text", ["Orbenta", "Oʻzbekiston, gʻisht", "Ўзбекистон қ ғ ҳ", "Ёлка №5 — «А»", "α ≥ 2\n→", "شركة", ""]
)
def test_letters_of_the_typeface_can_be_drawn(text):
    assert drawable(text)


@pytest.mark.parametrize("text", ["中文名", "हिन्दी", "👩\u200d💻", "한국", "ไทย"])
def test_letters_that_the_typeface_lacks_cannot_be_drawn(text):
    assert not drawable(text)
    assert not drawable(f"Shop {text}")
