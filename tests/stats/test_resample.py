"""Random numbers depend on the seed and the purpose alone."""

import numpy as np
import pytest

from cxkit.stats.resample import generator


def draws(*key):
    return generator(*key).integers(2**40, size=6).tolist()


def test_the_same_seed_and_purpose_give_the_same_numbers():
    assert draws(1, "bank", "nps") == draws(1, "bank", "nps")


@pytest.mark.parametrize(
    "other", [(2, "bank", "nps"), (1, "shop", "nps"), (1, "bank", "scaling"), (1, "nps", "bank"), (1, "ban", "knps")]
)
def test_another_seed_client_or_method_gives_other_numbers(other):
    assert draws(1, "bank", "nps") != draws(*other)


def test_numbers_do_not_depend_on_what_was_drawn_before():
    expected = draws(5, "bank", "nps")
    np.random.default_rng(5).random(100)
    draws(5, "shop", "nps")
    assert draws(5, "bank", "nps") == expected


def test_different_clients_get_unrelated_numbers():
    one, other = (generator(1, name, "nps").standard_normal(20_000) for name in ("bank", "shop"))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03
