"""Formulas that several tests work out apart from the code."""

import numpy as np
from scipy import stats


def on_the_logit(value, se, df, low, high, level=0.95):
    """The t interval of a mean on the logit of its place between the ends of its scale, by log and exp alone."""
    place = (value - low) / (high - low)
    odds, half = place / (1 - place), stats.t.ppf((1 + level) / 2, df) * se / ((high - low) * place * (1 - place))
    turned = odds * np.exp(np.array([-half, half]))
    return tuple(low + (high - low) * turned / (1 + turned))


def freedom(w):
    """Degrees of freedom of a weighted variance: for normal answers e, twice the squared mean of sum w^2 e^2 over its
    variance 2 sum w^4 (Satterthwaite 1946), one less for the mean."""
    w = np.asarray(w, float)
    return max(1.0, np.square(w).sum() ** 2 / np.power(w, 4).sum() - 1)


def share_base(inside, w, ends=(0, 1)):
    """Effective base of a weighted share (or net score) from its rows.

    Two answers of average weight and average squared weight are added, one at each end; Korn & Graubard's (1998) t
    factor is that of n - 1 and of :func:`freedom`.
    """
    x, w = np.asarray(inside, float), np.asarray(w, float)
    n = len(w)
    one, two = np.append(w, [w.mean()] * 2), np.append(w**2, [(w**2).mean()] * 2)
    x = np.append(x, ends)
    m = np.average(x, weights=one)
    variance = (two * (x - m) ** 2).sum() / one.sum() ** 2
    ratio = stats.t.ppf(0.975, n - 1) / stats.t.ppf(0.975, freedom(w))
    return np.average((x - m) ** 2, weights=one) / variance * n / (n + 2) * ratio**2
