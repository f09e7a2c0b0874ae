"""How likely outputs make the right classes, compiled, in float32.

The outputs are scaled before the softmax by the factor that makes the right classes most likely,
as in temperature scaling (Guo et al., 2017, arXiv:1706.04599). So the size of a shared weight,
which mostly scales all outputs alike, does not say how confident a network is.
"""

from __future__ import annotations

import numpy as np

from wann.core.kernels.jit import compiled_fast
from wann.core.kernels.vector_math import ONE, ZERO, exp

# The probability of the right class counts as at least this, so a log-likelihood is >= -27.6.
PROBABILITY_FLOOR = 1e-12
# So many probabilities at the floor still have a product that is no denormal in float64.
FACTORS = 16
# The factor's bounds, for outputs with a root mean square of 1 around the mean of each image.
LEAST, MOST = 0.1, 30.0
ITERATIONS, STRIDE, PRECISION = 12, 4.0, 1e-3  # of Newton's method, which finds it


@compiled_fast
def scores(outputs: np.ndarray, labels: np.ndarray, calibrated: bool) -> tuple[float, float]:
    """Mean log-likelihood and accuracy of outputs float32[O, B], by the classes int64[B].

    If not calibrated, the outputs go into the softmax as they are. The likelihood is NaN if an
    output is not finite. On ties the first output is the class.
    """
    shifted, best = shifted_logits(outputs)
    factor = _inverse_temperature(shifted, labels) if calibrated else ONE
    total = np.zeros(outputs.shape[1], np.float32)
    for o in range(len(outputs)):
        for b in range(len(total)):
            total[b] += exp(factor * shifted[o, b])
    right = np.empty_like(total)
    for b in range(len(total)):
        right[b] = factor * shifted[labels[b], b]
    for b in range(len(total)):
        right[b] = exp(right[b]) / total[b]
    # One logarithm for several images: that of the product of their probabilities.
    log_likelihood, product, hits = 0.0, 1.0, 0
    for b in range(len(total)):
        p = np.float64(right[b])
        product *= PROBABILITY_FLOOR if p < PROBABILITY_FLOOR else p
        hits += best[b] == labels[b]
        if b % FACTORS == FACTORS - 1:
            log_likelihood += np.log(product)
            product = 1.0
    log_likelihood += np.log(product)
    return log_likelihood / len(labels), hits / len(labels)


@compiled_fast
def logit_gradients(outputs: np.ndarray, labels: np.ndarray, calibrated: bool) -> np.ndarray:
    """The derivatives of the log-likelihood of each image by its outputs, float32[O, B].

    To first order the factor does not change the mean likelihood, so it counts as a constant.
    """
    shifted, _ = shifted_logits(outputs)
    factor = _inverse_temperature(shifted, labels) if calibrated else ONE
    total = np.zeros(outputs.shape[1], np.float32)
    for o in range(len(outputs)):
        for b in range(len(total)):
            shifted[o, b] = exp(factor * shifted[o, b])
            total[b] += shifted[o, b]
    for o in range(len(outputs)):
        for b in range(len(total)):
            shifted[o, b] *= -factor / total[b]
    for b in range(len(total)):
        shifted[labels[b], b] += factor
    return shifted


@compiled_fast
def shifted_logits(outputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The outputs less the largest of each image, [O, B], and which that is, [B], -1 for none.

    Where an output is not finite, it is NaN.
    """
    largest = outputs[0].copy()
    best = np.zeros(len(largest), np.int32)
    for o in range(1, len(outputs)):
        for b in range(len(largest)):
            larger = outputs[o, b] > largest[b]
            largest[b] = outputs[o, b] if larger else largest[b]
            best[b] = o if larger else best[b]
    shifted = np.empty(outputs.shape, np.float32)
    finite = np.zeros(len(largest), np.float32)
    for o in range(len(outputs)):
        for b in range(len(largest)):
            finite[b] += ZERO * outputs[o, b]  # 0 for a finite output and NaN otherwise
    for o in range(len(outputs)):
        for b in range(len(largest)):
            shifted[o, b] = outputs[o, b] - largest[b] + finite[b]
    for b in range(len(largest)):
        best[b] = best[b] if finite[b] == ZERO else -1
    return shifted, best


@compiled_fast
def _inverse_temperature(shifted: np.ndarray, labels: np.ndarray) -> np.float32:
    """The factor on outputs [O, B] that makes their classes [B] most likely.

    It is the root of a falling function, the derivative of the mean log-likelihood.
    """
    count, columns = shifted.shape
    square = 0.0
    for b in range(columns):
        mean = 0.0
        for o in range(count):
            mean += shifted[o, b] / count
        for o in range(count):
            square += (shifted[o, b] - mean) ** 2
    if not square > 0:  # all outputs are equal, or one is not finite
        return ONE
    unit = 1 / np.sqrt(square / shifted.size)
    factor = unit
    total = np.empty(columns, np.float32)
    first, second = np.empty_like(total), np.empty_like(total)
    for _ in range(ITERATIONS):
        total[:], first[:], second[:] = ZERO, ZERO, ZERO
        sharp = np.float32(factor)
        for o in range(count):
            for b in range(columns):
                d = shifted[o, b]
                e = exp(sharp * d)
                total[b] += e
                first[b] += e * d
                second[b] += e * d * d
        slope = curve = 0.0
        for b in range(columns):
            mean = first[b] / total[b]
            slope += shifted[labels[b], b] - mean
            curve += second[b] / total[b] - mean * mean
        before = factor
        factor = factor + slope / curve if curve > 0 else factor * (STRIDE if slope > 0 else 0)
        factor = min(max(factor, before / STRIDE, LEAST * unit), before * STRIDE, MOST * unit)
        if abs(factor - before) < PRECISION * before:
            break
    return np.float32(factor)
