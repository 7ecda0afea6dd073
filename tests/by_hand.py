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
    """Degrees of freedom of a weighted variance, from the part of it that deviations from the weighted mean keep.

    With answers of variance 1, y_i - m has the variance 1 - 2 w_i / W + sum w^2 / W^2, so the expectation of
    sum w_i^2 (y_i - m)^2 is (1 - a) sum w^2, and at equal weights a is 1 / n.
    """
    w = np.asarray(w, float)
    kept = w**2 * (1 - 2 * w / w.sum() + (w**2).sum() / w.sum() ** 2)
    return max(1.0, 1 / (1 - kept.sum() / (w**2).sum()) - 1)


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
