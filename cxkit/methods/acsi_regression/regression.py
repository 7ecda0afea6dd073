"""Level 1 of a satisfaction index: plain means of items, and robust regressions along the arrows."""

from dataclasses import dataclass

import numpy as np
from scipy import stats
from statsmodels.regression.linear_model import WLS
from statsmodels.stats.diagnostic import het_breuschpagan

from cxkit.methods.acsi_regression.pls import Structure
from cxkit.methods.acsi_regression.resamples import Items

ALONE = 1 - 1e-9  # leverage of a respondent who decides a slope alone: its robust error is 0/0
STILL = 1e-9  # what varies less, on 0-100 or in its own units, has only rounding in it
PERFECT = 1 - 1e-12  # R2 above which residuals are rounding


@dataclass(frozen=True)
class Equation:
    """The regression of one construct on those before it; arrays and tuples follow the order of ``before``.

    Attributes
    ----------
    construct, before : numbers of constructs.
    slope : points of the construct that go with 1 point of each one before it, the others held still.
    se, low, high, p : robust error (HC3), t interval on n - k degrees of freedom, and two-sided p.
    r2 : weighted, 0-1.
    vif : variance inflation factors under the weights; NaN when there is only one before.
    breusch_pagan : statistic (chi-square, one degree of freedom per construct before) and p.
    reset : F statistic (2 and n - k - 2 degrees of freedom) and p.
    n : respondents.
    """

    construct: int
    before: tuple[int, ...]
    slope: np.ndarray
    se: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray
    r2: float
    vif: np.ndarray
    breusch_pagan: tuple[float, float]
    reset: tuple[float, float]
    n: int


def plain_levels(items: Items, model: Structure) -> np.ndarray:
    """Each respondent's level of each construct: the plain mean of its items on 0-100 of their declared bounds.

    Returns
    -------
    respondents x constructs.

    >>> answers = Items(np.array([[1.0, 7, 10]]), np.ones(1), np.ones(3), np.array([10.0, 10, 10]))
    >>> plain_levels(answers, Structure(((0, 1), (2,)), ((0, 1),), ("A", "A"))).round(4).tolist()
    [[33.3333, 100.0]]
    """
    scaled = 100 * (items.x - items.low) / (items.high - items.low)
    return np.column_stack([scaled[:, list(block)].mean(axis=1) for block in model.blocks])


def regressions(levels: np.ndarray, w: np.ndarray, model: Structure, level: float = 0.95) -> tuple[Equation, ...]:
    """Regress each construct that arrows lead to on those they come from, by weighted least squares.

    Weights are case weights, so slopes describe the population, and errors are those of HC3 (MacKinnon & White
    1985), (X'WX)^-1 X'W diag(e^2 / (1 - h)^2) WX (X'WX)^-1, which do not change with the scale of the weights.
    A construct of two values (complaints 0 or 100) gives a linear probability model: a slope of 0.5 is half a
    percentage point per point, and its unequal variances are what HC3 is for.

    Two checks of the residuals e = y - Xb. Breusch-Pagan, studentised (Koenker 1981): n R2 of e^2 on X, do errors
    spread evenly? RESET (Ramsey 1969): do the second and third power of the fitted values, added to the equation,
    explain more, so that a straight line is too simple? Its F is a Wald test on the HC3 covariance, as the
    classical F takes uneven spread and weights for a bend.

    Parameters
    ----------
    levels : respondents x constructs, 0-100, complete, as of ``plain_levels``.
    w : weights above 0, of any scale.
    level : confidence, 0-1.

    Returns
    -------
    an equation for each such construct, in model order. What cannot be estimated is NaN: everything but n, where
    the construct or one before it is constant, those before it determine each other, or there are no more
    respondents than coefficients; errors and RESET, where one respondent decides a slope alone; the checks, where
    residuals are 0; Breusch-Pagan, where all are of one size; RESET, where fewer than four values are fitted.

    >>> levels = np.array([[0.0, 10], [20, 30], [40, 30], [60, 50], [80, 80]])
    >>> equation = regressions(levels, np.ones(5), Structure(((0,), (1,)), ((0, 1),), ("A", "A")))[0]
    >>> equation.slope.round(4).tolist(), equation.se.round(4).tolist(), round(equation.r2, 4)
    ([0.8], [0.2149], 0.9143)
    """
    found = ((construct, model.before(construct)) for construct in range(len(model.blocks)))
    return tuple(_equation(levels, w, construct, before, level) for construct, before in found if before)


def _equation(levels: np.ndarray, w: np.ndarray, construct: int, before: list[int], level: float) -> Equation:
    x, y, n = levels[:, before], levels[:, construct], len(levels)
    design = np.column_stack([np.ones(n), x])
    leverage = _top_leverage(design, w)
    slope, vif, errors = (np.full(shape, np.nan) for shape in (len(before), len(before), (4, len(before))))
    r2, unknown = np.nan, (np.nan, np.nan)
    breusch_pagan = reset = unknown
    if leverage == leverage and np.ptp(y) > STILL:
        robust = leverage < ALONE
        fit = WLS(y, design, weights=w).fit(cov_type="HC3" if robust else "nonrobust", use_t=True)
        slope, r2, vif = fit.params[1:], float(fit.rsquared), _inflation(x, w)
        if robust:
            errors = np.column_stack([fit.bse, fit.conf_int(1 - level), fit.pvalues])[1:].T
        if r2 < PERFECT:
            breusch_pagan = _breusch_pagan(fit.resid, design)
            reset = _reset(y, fit.fittedvalues, design, w)
    se, low, high, p = errors
    return Equation(construct, tuple(before), slope, se, low, high, p, r2, vif, breusch_pagan, reset, n)


def _top_leverage(design: np.ndarray, w: np.ndarray) -> float:
    """The largest leverage of a respondent, 0-1; NaN when the equation has no single solution."""
    n, k = design.shape
    if n <= k or np.linalg.matrix_rank(design) < k:
        return np.nan
    return float((np.linalg.qr(design * np.sqrt(w)[:, None])[0] ** 2).sum(axis=1).max())


def _inflation(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    if x.shape[1] == 1:
        return np.full(1, np.nan)
    C = np.cov(x, rowvar=False, aweights=w)
    return np.diag(C) * np.diag(np.linalg.inv(C))


def _breusch_pagan(e: np.ndarray, design: np.ndarray) -> tuple[float, float]:
    # Residuals as they are: under weights that go along with x, sqrt(w) e spreads unevenly by itself.
    if np.ptp(e**2) <= STILL * (e**2).mean():
        return np.nan, np.nan
    statistic, p = het_breuschpagan(e, design)[:2]
    return float(statistic), float(p)


def _reset(y: np.ndarray, fitted: np.ndarray, design: np.ndarray, w: np.ndarray) -> tuple[float, float]:
    # statsmodels' linear_reset estimates without the weights, and raw cubes of 0-100 lose digits.
    if np.ptp(fitted) <= STILL:
        return np.nan, np.nan
    curve = stats.zscore(fitted)
    bent = np.column_stack([design, curve**2, curve**3])
    if not _top_leverage(bent, w) < ALONE:
        return np.nan, np.nan
    test = WLS(y, bent, weights=w).fit(cov_type="HC3").f_test(np.eye(bent.shape[1])[-2:])
    return float(test.fvalue), float(test.pvalue)
