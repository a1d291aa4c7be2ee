"""Rows with gaps → correlations, and those of many resamples."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SEED = 20240101
AT_ONCE = 100


def correlate(rows: "Floats", weights: "Floats") -> "Floats":
    """Correlations of all columns by the pairs that both have, once for every row of weights.

    Formula: r_ij = cov_ij/sqrt(var_i·var_j), each over the rows where i and j are known; 0 where one does not vary.
    Takes: rows (n, q), NaN where missing; weights (B, n), how often each row counts. Gives (B, q, q).
    Source: Little and Rubin 2019, Statistical Analysis with Missing Data, 3.4 (available cases).
    """
    import numpy as np

    known = ~np.isnan(rows)
    mask, q = known.astype(float), rows.shape[1]
    centred = np.where(known, rows - np.nanmean(rows, axis=0), 0.0)

    def total(left: "Floats", right: "Floats") -> "Floats":
        products = (left[:, :, None] * right[:, None, :]).reshape(len(rows), q * q)
        return (weights @ products).reshape(-1, q, q)

    n = np.maximum(total(mask, mask), 1.0)
    sums, squares = total(centred, mask), total(centred**2, mask)
    covariance = total(centred, centred) - sums * np.swapaxes(sums, 1, 2) / n
    variance = np.maximum(squares - sums**2 / n, 0.0)
    scale = np.sqrt(variance * np.swapaxes(variance, 1, 2))
    varies = scale > 1e-12 * n
    result = np.clip(np.divide(covariance, scale, out=np.zeros_like(scale), where=varies), -1.0, 1.0)
    result[:, np.arange(q), np.arange(q)] = 1.0
    return np.asarray((result + np.swapaxes(result, 1, 2)) / 2)


def nearest_correlation(matrices: "Floats") -> "Floats":
    """Correlations by pairs made into possible ones.

    Formula: eigenvalues clipped at 1e-6 from below, then rescaled to a diagonal of 1.
    Takes: (..., q, q). Gives the same shape.
    Source: Rebonato and Jäckel 2000, Journal of Risk 2(2), spectral method.
    """
    import numpy as np

    values, vectors = np.linalg.eigh(matrices)
    positive = (vectors * np.maximum(values, 1e-6)[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    scale = np.sqrt(np.diagonal(positive, axis1=-2, axis2=-1))
    return np.asarray(positive / (scale[..., :, None] * scale[..., None, :]))


def resamples(rows: "Floats", rounds: int, pairwise: bool) -> "Iterator[Floats]":
    """Correlations of bootstrap resamples of the rows, a hundred at a time; the same every time.

    Formula: n rows drawn with replacement by PCG64(20240101).
    Takes: rows (n, q); the number of resamples; whether correlations are by pairs. Gives (up to 100, q, q).
    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, 6.
    """
    import numpy as np

    rng, n = np.random.Generator(np.random.PCG64(SEED)), len(rows)
    for start in range(0, rounds, AT_ONCE):
        drawn = rng.integers(0, n, size=(min(AT_ONCE, rounds - start), n))
        weights = np.stack([np.bincount(places, minlength=n) for places in drawn]).astype(float)
        matrices = correlate(rows, weights)
        yield nearest_correlation(matrices) if pairwise else matrices
