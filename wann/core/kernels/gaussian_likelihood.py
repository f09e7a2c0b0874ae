"""How likely outputs make targets, up to a scale, an offset and a spread that are fitted.

With a Gaussian error the mean log-likelihood of a target is, but for a constant,
-log(1 - r²) / 2, where r is its correlation with the output: it grows as the squared correlation.
"""

from __future__ import annotations

import numpy as np

from wann.core.kernels.jit import compiled_fast

LEAST = 1e-6  # the share of a target's variance that counts as explained perfectly or not at all


@compiled_fast
def gradients(outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The derivatives of the log-likelihood of each example by its outputs, float32[O, B].

    To first order the scale, the offset and the spread, which are fitted, do not change the mean
    likelihood, so they count as constants. An output that does not vary is weighed as if its scale
    were the target's deviation.

    Args:
        outputs: float32[O, B].
        targets: float32[O, B].
    """
    result = np.zeros(outputs.shape, np.float32)
    count = outputs.shape[1]
    for o in range(len(outputs)):
        x_mean = y_mean = 0.0
        for b in range(count):
            x_mean += outputs[o, b] / count
            y_mean += targets[o, b] / count
        xx = xy = yy = 0.0
        for b in range(count):
            x, y = outputs[o, b] - x_mean, targets[o, b] - y_mean
            xx += x * x / count
            xy += x * y / count
            yy += y * y / count
        if not yy > 0 or not xx < np.inf:  # nothing to tell, or an output is not finite
            continue
        scale = xy / xx if xx > LEAST**2 * x_mean * x_mean else 0.0
        error = max(yy - scale * xy, LEAST * yy)
        factor = scale if scale * xy > LEAST * yy else np.sqrt(yy)
        for b in range(count):
            residual = targets[o, b] - y_mean - scale * (outputs[o, b] - x_mean)
            result[o, b] = np.float32(factor * residual / error)
    return result
