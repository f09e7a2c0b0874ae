import numpy as np
import pytest

from wann.core.expressions.own import Own
from wann.core.expressions.parity import EVEN, NEITHER, ODD, parity
from wann.core.expressions.tree import parse
from wann.core.expressions.values import value
from wann.core.kernels.activations import OWN


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *((text, ODD) for text in ("x", "-x", "2*x", "x/(1+abs(x))", "x**3", "x**-1", "sin(2*x)")),
        *((text, ODD) for text in ("x*cos(x)", "tanh(x) - x", "where(abs(x) > 1, x, x**3)")),
        *((text, EVEN) for text in ("x**2", "x*x", "abs(x)", "exp(-x**2)", "cos(x)", "x**-2")),
        *((text, EVEN) for text in ("max(abs(x), 1)", "where(x**2 > 1, 1, cos(x))", "x/tanh(x)")),
        *((text, NEITHER) for text in ("x + 1", "exp(x)", "max(x, 0)", "x**0.5", "log(x)")),
        *((text, NEITHER) for text in ("where(x > 0, x, 0)", "where(abs(x) > 1, x, 1)")),
        *((text, NEITHER) for text in ("where(abs(x) > 1, x + 1, 1)", "sqrt(x)", "min(x, -x)")),
    ],
)
def test_parity_by_the_form_is_that_of_the_values(text, kind):
    assert parity(parse(text)) == kind
    xs = np.linspace(0.1, 3, 9)
    with np.errstate(invalid="ignore"):
        left, right = (value((Own("f", text),), OWN, x) for x in (-xs, xs))
    if kind != NEITHER:
        # A processor's powers of x and -x may differ in the last bit.
        np.testing.assert_allclose(left, right if kind == EVEN else -right, rtol=4e-16)
