import numpy as np
import pytest

from wann.core.expressions.tree import DEEPEST, LONGEST, MOST, Tree, parse

X = Tree("x")


def number(value):
    return Tree("number", number=value)


def test_the_tree_of_an_expression():
    assert parse("x / (1 + abs(x))") == Tree(
        "div", (X, Tree("add", (number(1.0), Tree("abs", (X,)))))
    )
    assert parse("-x**-2") == Tree("neg", (Tree("pow", (X, number(-2.0))),))
    assert parse("+2*pi - x") == Tree("sub", (Tree("mul", (number(2.0), number(np.pi))), X))
    less = Tree("where", (Tree("greater", (number(0.0), X)), number(-1.0), X))
    assert parse("where(x < 0, -1, x)") == less


def test_it_is_folded_with_any_meaning():
    names = {"mul": "({} times {})".format, "add": "({} plus {})".format}
    assert parse("2*x + x").fold("x", "{:g}".format, names) == "((2 times x) plus x)"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected an expression of x, got ''"),
        ("x +", "expected an expression of x, got 'x \\+'"),
        ("1 + 2", "expected an expression of x, got '1 \\+ 2'"),
        ("x\0", "expected an expression of x"),
        ("(" * 150 + "x" + ")" * 49, "expected an expression of x"),
        ("y", "cannot take 'y': an expression may hold x, numbers, pi, "),
        ("__import__('os').system('x')", "cannot take"),
        ("abs.__class__", "cannot take 'abs.__class__'"),
        ("exec(x)", "cannot take 'exec\\(x\\)'"),
        ("abs(x, x)", "cannot take"),
        ("abs(x=x)", "cannot take"),
        ("max(*x)", "cannot take"),
        ("[x for x in x]", "cannot take"),
        ("(lambda: x)()", "cannot take"),
        ("x if x else x", "cannot take"),
        ("x > 0", "cannot take 'x > 0'"),
        ("where(x, 1, 2)", "cannot take 'x'"),
        ("where(0 < x < 1, 1, 2)", "cannot take '0 < x < 1'"),
        ("x ** x", "cannot take 'x \\*\\* x'"),
        ("True * x", "cannot take 'True'"),
        ("'x'", "cannot take"),
        ("1j * x", "cannot take '1j'"),
        ("1e999 * x", "cannot take '1e999'"),
        ("9**9**9 * x", "cannot take '9\\*\\*9\\*\\*9'"),
        ("x" + "+x" * LONGEST, f"expected at most {LONGEST} characters, got 401"),
        ("x" + "+x" * 40, f"expected at most {MOST} operations, {DEEPEST} inside one another, "),
        ("-(" * DEEPEST + "x" + ")" * DEEPEST, f"{DEEPEST} inside one another, got 17 and 17"),
    ],
)
def test_what_is_not_allowed_is_refused_in_a_line(text, message):
    with pytest.raises(ValueError, match=message) as error:
        parse(text)
    assert "\n" not in str(error.value)


def test_odd_numbers_warn_of_nothing():
    with pytest.raises(ValueError, match="cannot take"):
        parse("1if x else x")
