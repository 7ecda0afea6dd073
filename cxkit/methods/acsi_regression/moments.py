"""From respondents' answers to the covariances a path model stands on, missing answers included."""

from dataclasses import dataclass, replace

import numpy as np

from cxkit.errors import DataError, SettingsError, did_you_mean

MISSING = ("mean", "complete", "pairwise")


@dataclass(frozen=True)
class Items:
    """Respondents' answers ready for a path model: ``x`` (respondents x items), weights ``w`` above 0, and the
    declared lowest and highest answer of each item. NaN in ``x`` is left out of every covariance, or with ``fill`` it
    stands for the item's mean."""

    x: np.ndarray
    w: np.ndarray
    low: np.ndarray
    high: np.ndarray
    fill: bool = False

    @property
    def gaps(self) -> bool:
        """Whether answers are missing."""
        return bool(np.isnan(self.x).any())

    @property
    def by_pairs(self) -> bool:
        """Whether each covariance rests on other respondents, so that together they may contradict each other."""
        return self.gaps and not self.fill

    @property
    def filled(self) -> "Items":
        """The same with no answer missing: an item's mean in its place."""
        return replace(self, x=np.where(np.isnan(self.x), self.centre, self.x), fill=False)

    @property
    def centre(self) -> np.ndarray:
        """Weighted mean of each item among those who answered it."""
        known = ~np.isnan(self.x)
        return np.where(known, self.x, 0).T @ self.w / (known.T @ self.w)

    @property
    def moments(self) -> np.ndarray:
        """What each respondent adds to means and covariances: respondents x columns.

        The columns are the respondent's share of the weights, and times that share the deviations of the items from
        ``centre`` and the products of two deviations, in the order of ``np.triu_indices``; with gaps also which items
        were answered. With gaps and no ``fill`` they are the share and then, for every pair of items and 0 unless
        both were answered, the product, the deviation of the first and of the second, the share, and a 1 that counts.
        """
        known, share = ~np.isnan(self.x), (self.w / self.w.sum())[:, None]
        z = np.where(known, self.x - self.centre, 0)
        if not self.by_pairs:
            columns = [share, share * z, *(share * z[:, [k]] * z[:, k:] for k in range(z.shape[1]))]
            return np.hstack([*columns, *([share * known] if self.gaps else [])])
        i, j = np.triu_indices(z.shape[1])
        both = known[:, i] & known[:, j]
        first, second = share * z[:, i] * both, share * z[:, j] * both
        return np.hstack([share, first * z[:, j], first, second, share * both, both])


def ready(x: np.ndarray, w: np.ndarray, low: np.ndarray, high: np.ndarray, missing: str = "mean") -> Items:
    """Deal with missing answers.

    Parameters
    ----------
    x, w : answers (respondents x items, NaN for none) and weights above 0.
    low, high : declared lowest and highest answer of each item; alike inside a construct.
    missing : "mean" puts an item's mean in their place (in a resample its own), "complete" leaves respondents out,
        "pairwise" takes each mean from those who answered the item and each covariance from those who answered both.

    Raises
    ------
    SettingsError : the rule is unknown.
    DataError : nobody answered some item, or all items.

    >>> ready(np.array([[1.0, 2.0], [3.0, np.nan]]), np.ones(2), np.zeros(2), np.full(2, 10.0)).filled.x.tolist()
    [[1.0, 2.0], [3.0, 2.0]]
    """
    if missing not in MISSING:
        raise SettingsError(f'There is no rule "{missing}" for missing answers; {did_you_mean(missing, MISSING)}')
    known = ~np.isnan(x)
    if not known.any(axis=0).all():
        place = int(np.argmin(known.any(axis=0))) + 1
        raise DataError(f"Nobody answered item {place} of the model; leave it out of its construct.")
    if missing == "complete":
        keep = known.all(axis=1)
        if not keep.any():
            raise DataError('Nobody answered all items of the model; set missing to "mean" or leave items out.')
        return Items(x[keep], w[keep], low, high)
    return Items(x, w, low, high, missing == "mean")


def covariances(totals: np.ndarray, items: Items) -> tuple[np.ndarray, np.ndarray]:
    """Covariances of pairs of items and means of items, from column sums of ``Items.moments`` (columns x sets).

    n/(n-1) sum w (x - mx)(y - my) / sum w over those who answered both, the means theirs too: with equal weights the
    sample covariance. n counts them (all respondents of ``items`` where none are left out). A mean that stands for
    missing answers is that of the same totals, so its error counts the answers there are. Covariances of resamples
    then take it that who answered has nothing to do with the answers, which is wrong by a part in n.

    Returns
    -------
    pairs x sets, in the order of ``np.triu_indices`` and not finite where fewer than two answered both; items x sets.

    >>> items = Items(np.array([[1.0, 2.0], [3.0, 6.0]]), np.ones(2), np.zeros(2), np.full(2, 10.0))
    >>> covariances(items.moments.sum(axis=0)[:, None], items)[0].ravel().tolist()
    [2.0, 4.0, 8.0]
    """
    p = items.x.shape[1]
    i, j = np.triu_indices(p)
    n: np.ndarray | int = len(items.x)
    with np.errstate(invalid="ignore", divide="ignore"):
        if items.by_pairs:
            products, first, second, share, n = totals[1:].reshape(5, len(i), -1)
            found, first, second = products / share, first / share, second / share
            shift = first[i == j]
            found -= first * second
        else:
            shift, found, answered = np.split(totals[1:] / totals[0], [p, p + len(i)])
            found = found - shift[i] * shift[j]
            if items.gaps:
                found[i == j] += shift**2 * (1 - 1 / answered)
                shift = shift / answered
        found *= np.divide(n, n - 1)
    return found, items.centre[:, None] + shift


def obstacle(items: Items) -> str:
    """Why a path model of these respondents cannot be estimated, as the sentence of an error."""
    still = np.nanmin(items.x, axis=0) == np.nanmax(items.x, axis=0)
    if still.any():
        place = int(np.argmax(still)) + 1
        return f"Item {place} of the model has the same answer from everybody; leave it out of its construct."
    if items.by_pairs:
        return (
            "The covariances contradict each other or are unknown, as each pair of items was answered by other "
            'respondents (missing "pairwise"); set missing to "mean".'
        )
    return (
        "The items of a construct cancel out, so their mean never varies; declare those asked in reverse as reversed."
    )
