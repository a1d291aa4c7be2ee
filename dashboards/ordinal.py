"""Ordered answers explained by several causes at once: proportional odds."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


class ProportionalOdds(NamedTuple):
    """Coefficients (log odds of a higher answer), their standard errors, thresholds between the answers."""

    coefficients: "Floats"
    errors: "Floats"
    thresholds: "Floats"
    log_likelihood: float
    converged: bool


def fit(x: "ArrayLike", y: "ArrayLike", weights: "ArrayLike | None" = None) -> ProportionalOdds:
    """Fits how much each cause raises the odds of a higher answer, whichever border between answers is looked at.

    Formula: logit P(Y <= k) = θ_k - x'β; maximum likelihood by BFGS on θ_1, ln(θ_k - θ_(k-1)), β.
    Takes: x of n rows and p columns, without a constant; y as 0..K-1, each occurring; weights, counts a row. Gives β
    with standard errors from the curvature of the likelihood. converged is False where x separates the answers.
    Refuses: lengths that do not agree, fewer than 2 answers, an answer between that never occurs, negative weights.
    Source: McCullagh 1980, JRSS B 42:109-142; Venables and Ripley 2002, MASS, 7.3.
    """
    import numpy as np
    from scipy.optimize import minimize

    design, answers, counts = _checked(x, y, weights)
    top, p = int(answers.max()), design.shape[1]
    cumulative = np.cumsum(np.bincount(answers, counts))[:-1] / counts.sum()
    start = np.zeros(top + p)
    borders = np.log(cumulative / (1 - cumulative))
    start[0], start[1:top] = borders[0], np.log(np.diff(borders))
    arguments = (design, answers, counts, top)
    found = minimize(_loss, start, arguments, method="BFGS", jac=True, options={"gtol": 1e-8 * counts.sum()})
    curvature = _curvature(found.x, arguments)
    covariance = np.linalg.pinv(curvature, hermitian=True)
    errors = np.sqrt(np.clip(covariance.diagonal()[top:], 0, None))
    settled = bool(np.abs(found.jac).max() < 1e-4 * counts.sum()) and bool(np.abs(found.x[top:]).max(initial=0) < 15)
    return ProportionalOdds(found.x[top:], errors, _thresholds(found.x, top), -float(found.fun), settled)


def _checked(x: "ArrayLike", y: "ArrayLike", weights: "ArrayLike | None") -> "tuple[Floats, NDArray[np.int64], Floats]":
    import numpy as np

    design, answers = np.asarray(x, dtype=float), np.asarray(y)
    counts = np.ones(len(answers)) if weights is None else np.asarray(weights, dtype=float)
    if design.ndim != 2 or answers.shape != (len(design),) or counts.shape != answers.shape:
        raise ValueError(f"need n rows of x, n answers, n weights; got {design.shape}, {answers.shape}, {counts.shape}")
    if not (np.isfinite(design).all() and np.isfinite(counts).all() and (counts >= 0).all()):
        raise ValueError("x must be finite, weights finite and not negative")
    answers = answers.astype(np.int64)
    seen = np.bincount(answers, counts) if len(answers) and answers.min() >= 0 else np.zeros(1)
    if len(seen) < 2 or not (seen > 0).all():
        raise ValueError("y must be coded 0, 1, … with at least two answers, and each must occur")
    return design, answers, counts


def _thresholds(parameters: "Floats", top: int) -> "Floats":
    import numpy as np

    return np.cumsum(np.concatenate([parameters[:1], np.exp(parameters[1:top])]))


def _loss(
    parameters: "Floats", design: "Floats", answers: "NDArray[np.int64]", counts: "Floats", top: int
) -> "tuple[float, Floats]":
    """Negative log-likelihood and its gradient."""
    import numpy as np
    from scipy.special import expit

    edges = np.concatenate([[-np.inf], _thresholds(parameters, top), [np.inf]])
    shift = design @ parameters[top:]
    above, below = expit(edges[answers + 1] - shift), expit(edges[answers] - shift)
    share = np.maximum(above - below, 1e-300)
    d_above, d_below = counts * above * (1 - above) / share, counts * below * (1 - below) / share
    by_edge = np.bincount(answers, d_above, top + 1)[:top] - np.bincount(answers, d_below, top + 1)[1:]
    # Raising one gap between thresholds raises all that follow.
    by_gap = np.cumsum(by_edge[::-1])[::-1].copy()
    by_gap[1:] *= np.exp(parameters[1:top])
    gradient = np.concatenate([by_gap, -design.T @ (d_above - d_below)])
    return -float(counts @ np.log(share)), -gradient


def _curvature(parameters: "Floats", arguments: "tuple[Floats, NDArray[np.int64], Floats, int]") -> "Floats":
    """Second derivatives of the loss, by central differences of the gradient."""
    import numpy as np

    step = 1e-5
    rows = []
    for i in range(len(parameters)):
        nudge = np.zeros_like(parameters)
        nudge[i] = step
        rows.append((_loss(parameters + nudge, *arguments)[1] - _loss(parameters - nudge, *arguments)[1]) / (2 * step))
    matrix = np.array(rows)
    return np.asarray((matrix + matrix.T) / 2)
