"""Vectorised helpers on sorted and linked arrays that the geometry of rules and of text shares. Nothing here knows what a page is."""

import numpy as np


def clusters(group: np.ndarray, values: np.ndarray, gap: float) -> np.ndarray:
    """Cluster number of each value, from 0 in the order of (group, value): values of a group no more than `gap` apart share one."""
    number = np.zeros(len(values), dtype=np.int64)
    order = np.lexsort((values, group))
    number[order[1:]] = np.cumsum((np.diff(values[order]) > gap) | (np.diff(group[order]) != 0))
    return number


def linked(count: int, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Component of each of `count` nodes, numbered from 0 in the order of its smallest node; one[i] and other[i] are joined."""
    label = np.arange(count)
    while True:
        low = np.minimum(label[one], label[other])
        new = label.copy()
        # A root takes the smaller label too, so that long chains close in few rounds.
        for node in (one, other, label[one], label[other]):
            np.minimum.at(new, node, low)
        new = new[new]
        if np.array_equal(new, label):
            return np.unique(label, return_inverse=True)[1].reshape(-1)
        label = new


def expanded(start: np.ndarray, stop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All pairs (i, k) with start[i] <= k < stop[i]."""
    count = np.maximum(stop - start, 0)
    owner = np.repeat(np.arange(len(start)), count)
    first = np.cumsum(count) - count
    return owner, np.arange(len(owner)) - first[owner] + start[owner]


def covered(size: int, start: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """Which of `size` slots lie in any of the half-open ranges [start, stop)."""
    steps = np.zeros(size + 1, dtype=np.int64)
    some = stop > start
    np.add.at(steps, start[some], 1)
    np.add.at(steps, stop[some], -1)
    return np.cumsum(steps[:-1]) > 0


def lowest(count: int, group: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Smallest value of each group; a large number for an empty one."""
    found = np.full(count, np.iinfo(np.int64).max if values.dtype.kind == "i" else np.inf, dtype=values.dtype)
    np.minimum.at(found, group, values)
    return found


def highest(count: int, group: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Largest value of each group; a small number for an empty one."""
    return -lowest(count, group, -values)


def mean(count: int, group: np.ndarray, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted mean of each group; every group has a member of positive weight."""
    return np.bincount(group, values * weights, count) / np.bincount(group, weights, count)
