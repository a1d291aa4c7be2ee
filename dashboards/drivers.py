"""Correlations → how much of overall satisfaction each attribute carries."""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

MOST_FOR_LMG = 14
# A pivot below this is a linear combination of the others: it explains nothing on top of them.
SINGULAR = 1e-10


def correlations(rxx: "ArrayLike", rxy: "ArrayLike") -> "tuple[Floats, Floats]":
    """Both as arrays; refuses matrices that are no correlations of p attributes with each other and with the target."""
    import numpy as np

    r_xx, r_xy = np.asarray(rxx, dtype=float), np.asarray(rxy, dtype=float)
    p = r_xy.shape[-1]
    if r_xx.shape[-2:] != (p, p) or r_xx.shape[:-2] != r_xy.shape[:-1] or not p:
        raise ValueError(f"need p x p correlations and p with the target; got shapes {r_xx.shape} and {r_xy.shape}")
    sound = (
        np.isfinite(r_xx).all() and np.isfinite(r_xy).all() and max(np.abs(r_xx).max(), np.abs(r_xy).max()) < 1 + 1e-9
    )
    if not sound or not np.allclose(r_xx, np.swapaxes(r_xx, -1, -2), atol=1e-9):
        raise ValueError("correlations must be symmetric and lie between -1 and 1")
    return r_xx, r_xy


def explained(rxx: "ArrayLike", rxy: "ArrayLike") -> "Floats":
    """R² of the target on every subset of the attributes.

    Formula: R²(S) = r_S'·R_SS⁻¹·r_S, by sweeping one attribute after the other out of all subsets at once.
    Takes: correlations (..., p, p) of the attributes and (..., p) with the target, p <= 14. Gives (..., 2^p); bit p-1-j
    of the place says whether attribute j is in the subset.
    Refuses: what are no correlations, more than 14 attributes.
    Source: Goodnight 1979, The American Statistician 33:149-158 (sweep operator).
    """
    import numpy as np

    r_xx, r_xy = correlations(rxx, rxy)
    p = r_xy.shape[-1]
    if p > MOST_FOR_LMG:
        raise ValueError(f"{p} attributes have too many subsets; above {MOST_FOR_LMG} use Johnson's weights")
    batch = r_xy.shape[:-1]
    state = np.ones((*batch, 1, p + 1, p + 1))
    state[..., 0, :p, :p], state[..., 0, :p, p], state[..., 0, p, :p] = r_xx, r_xy, r_xy
    for _ in range(p):
        pivot, row, rest = state[..., 0, 0], state[..., 0, 1:], state[..., 1:, 1:]
        inverse = np.divide(1.0, pivot, out=np.zeros_like(pivot), where=pivot > SINGULAR)
        swept = rest - row[..., :, None] * (row * inverse[..., None])[..., None, :]
        state = np.stack([rest, swept], axis=-3).reshape(*batch, -1, *rest.shape[-2:])
    return np.asarray(1.0 - state[..., 0, 0])


def lmg(rxx: "ArrayLike", rxy: "ArrayLike") -> "Floats":
    """What each attribute adds to R², averaged over all orders of entry (Shapley value); they sum to R².

    Formula: LMG_j = Σ over S without j of |S|!(p-|S|-1)!/p!·(R²(S+j) - R²(S)).
    Takes: correlations (..., p, p) of the attributes and (..., p) with the target, p <= 14. Gives (..., p).
    Refuses: what are no correlations, more than 14 attributes.
    Source: Lindeman, Merenda and Gold 1980; Grömping 2006, Journal of Statistical Software 17(1).
    """
    import numpy as np

    r2 = explained(rxx, rxy)
    p = r2.shape[-1].bit_length() - 1
    sizes = np.array([place.bit_count() for place in range(2 ** (p - 1))])
    weight = np.array([1 / (p * math.comb(p - 1, size)) for size in range(p)])[sizes]
    gains = []
    for j in range(p):
        pairs = r2.reshape(*r2.shape[:-1], 2**j, 2, -1)
        gains.append(((pairs[..., 1, :] - pairs[..., 0, :]).reshape(*r2.shape[:-1], -1) * weight).sum(axis=-1))
    return np.stack(gains, axis=-1)


def johnson(rxx: "ArrayLike", rxy: "ArrayLike") -> "Floats":
    """Relative weights: what each attribute adds to R² by way of its closest uncorrelated stand-ins; they sum to R².

    Formula: L = R^(1/2), b = L⁻¹r, w_j = Σ_k L_jk²·b_k².
    Takes: correlations (..., p, p) of the attributes and (..., p) with the target, any p. Gives (..., p).
    Refuses: what are no correlations.
    Source: Johnson 2000, Multivariate Behavioral Research 35:1-19; equals Genizi 1993.
    """
    import numpy as np

    r_xx, r_xy = correlations(rxx, rxy)
    values, vectors = np.linalg.eigh(r_xx)
    root = np.sqrt(np.where(values > SINGULAR, values, 0.0))
    inverse = np.divide(1.0, root, out=np.zeros_like(root), where=root > 0)
    half = (vectors * root[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    b = ((vectors * inverse[..., None, :]) @ np.swapaxes(vectors, -1, -2) @ r_xy[..., None])[..., 0]
    return np.asarray((half**2 * (b**2)[..., None, :]).sum(axis=-1))


def r_squared(rxx: "ArrayLike", rxy: "ArrayLike") -> "Floats":
    """Share of the target's variance that all attributes explain together.

    Formula: R² = r'R⁻¹r (pseudo-inverse where attributes repeat each other).
    Takes: correlations (..., p, p) of the attributes and (..., p) with the target. Gives (...).
    Refuses: what are no correlations.
    Source: Draper and Smith 1998, Applied Regression Analysis, 6.
    """
    import numpy as np

    r_xx, r_xy = correlations(rxx, rxy)
    inverse = np.linalg.pinv(r_xx, rcond=SINGULAR, hermitian=True)
    return np.asarray((r_xy[..., None, :] @ inverse @ r_xy[..., None])[..., 0, 0])


def max_vif(rxx: "ArrayLike") -> float | None:
    """Largest variance inflation factor; None where attributes repeat each other exactly.

    Formula: max_j of (R⁻¹)_jj.
    Takes: correlations (p, p) of the attributes.
    Source: Marquardt 1970, Technometrics 12:591-612.
    """
    import numpy as np

    r_xx, _ = correlations(rxx, np.zeros(np.shape(rxx)[-1]))
    if np.linalg.eigvalsh(r_xx)[0] < SINGULAR:
        return None
    return float(np.linalg.inv(r_xx).diagonal().max())


def shares(parts: "Floats") -> "Floats":
    """Parts of R² in percent of R²; where nothing is explained every share is 0.

    Formula: share_j = 100·w_j/Σw.
    Takes: parts (..., p), as of lmg or johnson. Gives (..., p).
    Source: Grömping 2006, Journal of Statistical Software 17(1).
    """
    import numpy as np

    total = parts.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(100 * parts, total, out=np.zeros_like(parts), where=total > SINGULAR))
