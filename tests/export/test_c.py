import re
import shutil
import subprocess

import numpy as np
import pytest

from tests import exported
from tests.exported import model
from tests.genomes import genome
from wann.core.kernels import activations
from wann.export import c

STRICT = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-Wconversion", "-Wshadow"]
COMPILERS = {"c": ["gcc", "-std=c99"], "c++": ["g++", "-std=c++11", "-x", "c++"]}
WEIGHT = 0.9

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("gcc", "g++"))), reason="needs gcc and g++"
)


def compiled(folder, source, language="c", flags=()):
    """The program of a source text."""
    (folder / "main.c").write_text(source, encoding="ascii")
    command = [*COMPILERS[language], *STRICT, *flags, "main.c", "-o", "main", "-lm"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return folder / "main"


def reader(found, name, real):
    """A C function that reads B observations, and writes their outputs and actions as doubles."""
    weight = f", ({real}){WEIGHT}" if found.weights is None else ""
    size = len(found.outputs)
    if found.action["kind"] == "continuous":
        act = f"{name}_act(x{weight}, a);"
    else:
        act = f"a[0] = ({real}){name}_act(x{weight});"
    return f"""
static void run_{name}(int count)
{{
    {real} x[{len(found.inputs)}], y[{size}], a[{size}] = {{0}};
    double in[{len(found.inputs)}], out[{2 * size}];
    int i;
    while (count-- > 0) {{
        if (fread(in, sizeof in, 1, stdin) != 1) return;
        for (i = 0; i < {len(found.inputs)}; i++) x[i] = ({real})in[i];
        {name}_forward(x{weight}, y);
        {act}
        for (i = 0; i < {size}; i++) out[i] = (double)y[i];
        for (i = 0; i < {size}; i++) out[{size} + i] = (double)a[i];
        fwrite(out, sizeof out, 1, stdout);
    }}
}}
"""


def run(folder, models, xs, double=False, language="c"):
    """Outputs [B, O] and actions [B, O] of each model for its inputs, by one program."""
    real = "double" if double else "float"
    source = ["#include <stdio.h>"]
    for i, found in enumerate(models):
        (folder / f"m{i}.h").write_text(c.header(found, f"m{i}", double), encoding="ascii")
        source += [f'#include "m{i}.h"', reader(found, f"m{i}", real)]
    calls = "".join(f"    run_m{i}({len(x)});\n" for i, x in enumerate(xs))
    program = compiled(
        folder, "\n".join([*source, f"int main(void)\n{{\n{calls}    return 0;\n}}\n"]), language
    )
    data = b"".join(x.tobytes() for x in xs)
    done = subprocess.run([program], input=data, capture_output=True, check=True, timeout=100)
    values, results = np.frombuffer(done.stdout), []
    for found, x in zip(models, xs, strict=True):
        size = len(found.outputs)
        part, values = np.split(values, [len(x) * 2 * size])
        results.append(np.split(part.reshape(len(x), 2 * size), 2, axis=1))
    assert len(values) == 0
    return results


def check_actions(found, outputs, actions):
    if found.action["kind"] == "discrete":
        actions = actions[:, 0]
    np.testing.assert_allclose(actions, exported.action(found, outputs), rtol=1e-6)


def weight_of(found):
    return WEIGHT if found.weights is None else None


@pytest.mark.parametrize("language", ["c", "c++"])
def test_random_networks(tmp_path, language):
    models = exported.grown_models()
    xs = [exported.inputs(found, i) for i, found in enumerate(models)]
    for found, x, (outputs, actions) in zip(
        models, xs, run(tmp_path, models, xs, double=True, language=language), strict=True
    ):
        expected = found.forward(x, weight_of(found))
        np.testing.assert_allclose(outputs, expected, rtol=1e-9, atol=1e-9)
        check_actions(found, outputs, actions)


def test_random_networks_in_single_precision(tmp_path):
    models = exported.grown_models()
    xs = [exported.inputs(found, i) for i, found in enumerate(models)]
    compared = 0
    for found, x, (outputs, actions) in zip(models, xs, run(tmp_path, models, xs), strict=True):
        rows = exported.steady(found, x, weight_of(found))
        compared += rows.sum()
        expected = found.forward(x, weight_of(found))
        np.testing.assert_allclose(outputs[rows], expected[rows], rtol=1e-4, atol=1e-5)
        check_actions(found, outputs, actions)
    assert compared > 0.9 * 50 * 1000


@pytest.mark.parametrize("language", ["c", "c++"])
def test_odd_networks(tmp_path, language):
    models = exported.odd_models()
    xs = [exported.inputs(found, count=20) for found in models]
    for found, x, (outputs, actions) in zip(
        models, xs, run(tmp_path, models, xs, language=language), strict=True
    ):
        expected = found.forward(x, weight_of(found))
        np.testing.assert_allclose(outputs, expected, rtol=1e-5, atol=1e-5)
        check_actions(found, outputs, actions)


def test_infinity_and_nan(tmp_path):
    functions = list(enumerate(activations.NAMES, 12))
    found = model(
        genome(
            1,
            10,
            functions,
            [(1, node) for node, _ in functions] + [(node, node - 10) for node, _ in functions],
        ),
        1.0,
    )
    x = np.array([[np.inf], [-np.inf], [np.nan], [1e200], [-1e200]])
    [(outputs, _)] = run(tmp_path, [found], [x], double=True)
    np.testing.assert_allclose(outputs, found.forward(x))


@pytest.mark.parametrize("language", ["c", "c++"])
@pytest.mark.parametrize("name", ["9 lives*/", "größe", "", "int", "??/"])
def test_hostile_names(tmp_path, language, name):
    found = exported.hostile_model()
    text = c.header(found, name)
    assert text.isascii()
    (tmp_path / "m.h").write_text(text)
    prefix = re.search(r"#define (\w+)_INPUTS", text)[1].lower()
    program = compiled(
        tmp_path,
        f"""
#include <stdio.h>
#include "m.h"
int main(void)
{{
    int i;
    printf("%s\\377", {prefix}_task);
    for (i = 0; i < {prefix.upper()}_INPUTS; i++) printf("%s\\377", {prefix}_input_names[i]);
    for (i = 0; i < {prefix.upper()}_OUTPUTS; i++) printf("%s\\377", {prefix}_output_names[i]);
    return 0;
}}
""",
        language,
    )
    said = subprocess.run([program], capture_output=True, check=True).stdout.split(b"\xff")[:-1]
    expected = [
        text[:500].encode(errors="replace").split(b"\0")[0]  # there a string of C ends
        for text in (found.task, *found.inputs, *found.outputs)
    ]
    assert said == expected


def test_the_text():
    found = model(
        genome(2, 1, [(4, "tanh")], [(0, 4), (1, 4), (2, 3), (4, 3), (1, 3, False)]),
        task="balance",
        action=exported.CONTINUOUS,
    )
    text = c.header(found)
    assert 'Task: "balance"' in text
    assert '{"seed": 3, "generation": 7}' in text
    assert "float n4 = balance_tanh(weight * (1.0f + observation[0]));" in text
    assert "outputs[0] = weight * (observation[1] + n4);" in text
    assert "enum { BALANCE_IN_IN_0, BALANCE_IN_IN_1 };" in text
    assert "malloc" not in text
    assert "double" not in text


def test_a_weight_too_large_for_single_precision():
    found = model(genome(1, 1, connections=[(1, 2)]), np.array([1e300]))
    with pytest.raises(ValueError, match=r"weights: 1e\+300 is too large for single precision"):
        c.header(found)
    assert "1e+300 * observation[0]" in c.header(found, double=True)
