"""How sure a figure is: intervals and comparisons, one function a method."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")

Z_95 = 1.959963984540054
"""The 97.5 % point of the standard normal distribution."""


def wilson_interval(successes: int, trials: int, *, z: float = Z_95) -> tuple[float, float]:
    """
    The Wilson score interval of a proportion, 95 % by default.

    Returns:
        (low, high) in [0, 1]; (0, 1) without trials, since nothing is known.

    Raises:
        ValueError: successes lie outside [0, trials].

    Source: Wilson, Journal of the American Statistical Association 22 (1927): 209-212.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials")
    if trials == 0:
        return 0.0, 1.0
    share = successes / trials
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    middle = share + z * z / (2 * trials)
    # None or all right: that end is 0 or 1 exactly, which the division misses by a rounding.
    low = (middle - spread) / scale if successes else 0.0
    high = (middle + spread) / scale if successes < trials else 1.0
    return low, high


def bootstrap_mean_interval(
    values_by_document: Mapping[str, Sequence[float]], *, rounds: int = 2000, seed: int = 0
) -> tuple[float, float]:
    """
    The 95 % percentile interval of a mean, resampling whole documents.

    Questions on one document go right or wrong together, so documents are drawn and not questions.

    Returns:
        (low, high); equal where there is one document; the same for the same seed.

    Raises:
        ValueError: no value at all.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), ch. 8 and 13; notes on clusters: Field and
    Welsh, Journal of the Royal Statistical Society B 69 (2007).
    """
    groups = [values for _, values in sorted(values_by_document.items()) if len(values)]
    if not groups:
        raise ValueError("no values to resample")
    sums = np.array([sum(values) for values in groups], dtype=np.float64)
    sizes = np.array([len(values) for values in groups], dtype=np.float64)
    drawn = np.random.default_rng(seed).integers(0, len(groups), size=(rounds, len(groups)))
    low, high = np.quantile(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), [0.025, 0.975])
    return float(low), float(high)


def paired_randomisation_p(
    first: Sequence[float], second: Sequence[float], *, rounds: int = 10_000, seed: int = 0
) -> float:
    """
    The two-sided p-value that two systems differ on the same questions by chance.

    Each question's pair of scores is swapped or not; p is the share of assignments whose mean difference is at least
    as large as the one seen. Up to 2^k ≤ rounds assignments of the k unequal pairs all are counted and p is exact;
    beyond, rounds are drawn with the seed and p is (hits + 1) / (rounds + 1).

    Returns:
        p in (0, 1]; 1.0 where no pair differs.

    Raises:
        ValueError: the lists differ in length.

    Source: Edgington, Randomization Tests (1980); Smucker, Allan and Carterette, CIKM 2007.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} scores against {len(second)}")
    differences = np.array(first, dtype=np.float64) - np.array(second, dtype=np.float64)
    differences = differences[differences != 0]
    if not len(differences):
        return 1.0
    exact = 2 ** len(differences) <= rounds
    signs = _every_sign(len(differences)) if exact else _drawn_signs(len(differences), rounds=rounds, seed=seed)
    # A hair of slack: sums of the same numbers in another order may differ in the last bit.
    hits = int(np.sum(np.abs(signs @ differences) >= abs(differences.sum()) - 1e-12))
    return hits / len(signs) if exact else (hits + 1) / (rounds + 1)


def _every_sign(length: int) -> NDArray[np.float64]:
    """2^length × length, each row a different choice of +1 and -1."""
    numbers = np.arange(2**length)[:, np.newaxis]
    return np.where(numbers >> np.arange(length) & 1, -1.0, 1.0)


def _drawn_signs(length: int, *, rounds: int, seed: int) -> NDArray[np.float64]:
    """rounds × length, each entry +1 or -1 with equal chance."""
    return np.random.default_rng(seed).choice([-1.0, 1.0], size=(rounds, length))


def bootstrap_statistic_interval(
    groups: Mapping[str, Sequence[Item]],
    statistic: Callable[[Sequence[Item]], float | None],
    *,
    rounds: int = 300,
    seed: int = 0,
) -> tuple[float, float] | None:
    """
    The 95 % percentile interval of any statistic, resampling whole groups (documents); None where it is never defined.

    Rounds in which the statistic is None (one of two classes missing) are left out.

    Source: as bootstrap_mean_interval.
    """
    named = [items for _, items in sorted(groups.items()) if len(items)]
    if not named:
        return None
    drawn = np.random.default_rng(seed).integers(0, len(named), size=(rounds, len(named)))
    values = [statistic([item for place in row for item in named[place]]) for row in drawn]
    defined = [value for value in values if value is not None]
    if not defined:
        return None
    low, high = np.quantile(np.array(defined, dtype=np.float64), [0.025, 0.975])
    return float(low), float(high)


def cohen_kappa(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """
    Agreement of two judges on yes or no beyond chance, at most 1; None without pairs or where chance alone agrees.

    Source: Cohen, Educational and Psychological Measurement 20 (1960): (observed - chance) / (1 - chance).
    """
    if not pairs:
        return None
    n = len(pairs)
    observed = sum(first == second for first, second in pairs) / n
    yes_first, yes_second = sum(first for first, _ in pairs) / n, sum(second for _, second in pairs) / n
    chance = yes_first * yes_second + (1 - yes_first) * (1 - yes_second)
    return (observed - chance) / (1 - chance) if chance < 1 else None
