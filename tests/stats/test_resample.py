"""Random numbers depend on the seed and the purpose alone."""

import numpy as np
import pytest

from cxkit.stats.resample import generator


def draws(*key):
    return generator(*key).integers(2**40, size=6).tolist()


def test_the_same_seed_and_purpose_give_the_same_numbers():
    assert draws(1, "acsi", "folds") == draws(1, "acsi", "folds")


@pytest.mark.parametrize(
    "other", [(2, "acsi", "folds"), (1, "ecsi", "folds"), (1, "acsi"), (1, "folds", "acsi"), (1, "acs", "ifolds")]
)
def test_another_seed_or_purpose_gives_other_numbers(other):
    assert draws(1, "acsi", "folds") != draws(*other)


def test_numbers_do_not_depend_on_what_was_drawn_before():
    expected = draws(5, "nps")
    np.random.default_rng(5).random(100)
    draws(5, "comments")
    assert draws(5, "nps") == expected


def test_different_purposes_get_unrelated_numbers():
    one, other = (generator(1, name).standard_normal(20_000) for name in ("nps", "comments"))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03
