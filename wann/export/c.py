"""A network as one C header: C99 and C++, no allocation, only the maths library to link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wann.envs.naming import short, titled
from wann.envs.stepped.normalization import LIMIT, Normalization
from wann.export import codegen, columns, expressions
from wann.export.c_text import LONGEST_NAME, comment, string, strings
from wann.export.codegen import Language
from wann.storage.model import Model


def header(model: Model, name: str | None = None, double: bool = False) -> str:
    """The network as the text of a C header, in ASCII.

    For the name cartpole it holds the numbers ``CARTPOLE_INPUTS`` and ``CARTPOLE_OUTPUTS``; the
    place of each input and output, such as ``CARTPOLE_IN_THETA`` and ``CARTPOLE_OUT_LEFT``; the
    strings ``cartpole_task``, ``cartpole_input_names`` and ``cartpole_output_names``; and the
    functions ``cartpole_forward(observation, weight, outputs)``, ``cartpole_act(observation,
    weight)``, which returns the index of the largest output, the first on ties, or for continuous
    actions ``cartpole_act(observation, weight, action)``, which writes the outputs clipped. Actions
    of several parts are written, too, as ``CARTPOLE_ACTIONS`` numbers. They take no weight where
    the model holds its weights, and observations as they are: what is normalised is so inside.

    Args:
        model: The network.
        name: What all names begin with, by default the task's; only a-z and digits of it count.
        double: In double precision instead of single.

    Raises:
        ValueError: If a weight is too large for single precision.
    """
    if model.weights is not None and not double:
        codegen.single(model.weights, "weights")
    code = _Code(model, _prefix(short(model.task) if name is None else name), double)
    parts = [
        code.introduction(),
        f"#ifndef {code.macro}_H\n#define {code.macro}_H\n",
        "#include <math.h>\n" + ("#include <string.h>\n" if model.table else ""),
        code.names(),
        *expressions.c_helpers(codegen.own(model).values(), code.prefix, code.real),
        *(code.activation(kind) for kind in codegen.used(model)),
        code.forward(),
        code.act(),
        *columns.c_parts(model, code.prefix, code.real),
        f"#endif /* {code.macro}_H */\n",
    ]
    return "\n".join(parts)


@dataclass(frozen=True)
class _Code:
    """The parts of the header of one model."""

    model: Model
    prefix: str
    double: bool

    @property
    def macro(self) -> str:
        return self.prefix.upper()

    @property
    def real(self) -> str:
        return "double" if self.double else "float"

    def number(self, value: float) -> str:
        return repr(float(value)) if self.double else f"{np.float32(value)!s}f"

    def parameters(self, *others: str) -> str:
        """What a function takes: the observation, the weight if there is to be one, and others."""
        weight = [f"{self.real} weight"] if self.model.weights is None else []
        observation = f"const {self.real} observation[{self.macro}_INPUTS]"
        return ", ".join([observation, *weight, *others])

    def introduction(self) -> str:
        """The comment at the top: what this is, and how to use it."""
        about = codegen.origin(self.model)
        weight = f", {self.number(0.7)}" if self.model.weights is None else ""
        act = f"{self.prefix}_act(observation{weight}"
        if self.written:
            size = "ACTIONS" if codegen.composed(self.model) else "OUTPUTS"
            use = [f"{self.real} action[{self.macro}_{size}];", f"{act}, action);"]
        else:
            use = [f"int action = {act});"]
        lines = [
            f"A weight agnostic neural network, exported by wann {about['wann']}.",
            f"Task: {codegen.quoted(about['task'][:LONGEST_NAME])}",
            f"Found by: {codegen.quoted(about['search'])}",
            "",
            f"{self.real} observation[{self.macro}_INPUTS] = {{0}};",
            *use,
        ]
        return "/*\n" + "".join(f" * {comment(line)}".rstrip() + "\n" for line in lines) + " */\n"

    @property
    def written(self) -> bool:
        """Whether an action is written, not returned."""
        return bool(self.model.action["kind"] != "discrete")

    def names(self) -> str:
        """Sizes, and the names of inputs and outputs, as constants and as strings."""
        text = [
            f"#define {self.macro}_INPUTS {len(self.model.inputs)}",
            f"#define {self.macro}_OUTPUTS {len(self.model.outputs)}",
        ]
        if codegen.composed(self.model):
            text.append(f"#define {self.macro}_ACTIONS {codegen.numbers(self.model)}")
        text += [
            "",
        ]
        for what, names in (("IN", self.model.inputs), ("OUT", self.model.outputs)):
            places = [f"{self.macro}_{what}_{name}" for name in codegen.identifiers(names)]
            text.append(codegen.wrapped(f"enum {{ {', '.join(places).upper()} }};"))
        text += ["", f"static const char {self.prefix}_task[] = {string(titled(self.model.task))};"]
        for what, names in (("input", self.model.inputs), ("output", self.model.outputs)):
            array = f"{self.prefix}_{what}_names[{self.macro}_{what.upper()}S]"
            text += [f"static const char *const {array} = {{", *strings(names), "};"]
        return "\n".join(text) + "\n"

    def name_of(self, kind: str) -> str:
        """The name of an activation's function; one's own cannot have the name of another's."""
        return f"{self.prefix}_{'' if kind in expressions.C_BODIES else 'own_'}{kind}"

    def activation(self, kind: str) -> str:
        """The function of an activation."""
        suffix = "" if self.double else "f"
        if kind in (own := codegen.own(self.model)):
            body = expressions.c(own[kind].tree, self.number, self.prefix, suffix)
        else:
            body = expressions.C_BODIES[kind].format(f=suffix, pi=self.number(np.pi))
        return (
            f"static inline {self.real} {self.name_of(kind)}({self.real} x)\n"
            f"{{\n    return {body};\n}}\n"
        )

    def forward(self) -> str:
        """The function of the outputs."""
        scaled = self.model.normalization
        language = Language(
            self.number,
            ("observation[{}]" if scaled is None else "x[{}]").format,
            "outputs[{}]".format,
            lambda kind, x: f"{self.name_of(kind)}({x})",
        )
        weights, declared, lines = self.model.weights, set[str](), []
        for variable, expression in codegen.assignments(self.model, language):
            if variable.startswith("n") and variable not in declared:
                declared.add(variable)
                variable = f"{self.real} {variable}"
            lines.append(codegen.wrapped(f"{variable} = {expression};", "    "))
        body = "\n".join(lines)
        if scaled is not None:
            lines.insert(0, self.normalized(scaled))
        elif "observation[" not in body:
            lines.insert(0, "    (void)observation;")
        if "weight *" in body:
            if weights is not None:
                number = self.number(float(weights))
                lines.insert(0, f"    const {self.real} weight = {number};")
        elif weights is None:
            lines.insert(0, "    (void)weight;")
        parameters = self.parameters(f"{self.real} outputs[{self.macro}_OUTPUTS]")
        start = f"static inline void {self.prefix}_forward(\n    {parameters})\n{{\n"
        return start + "\n".join(lines) + "\n}\n"

    def normalized(self, scaled: Normalization) -> str:
        """The start of a function that needs observations normalised, as x."""
        tables = self._table("mean", scaled.mean, "INPUTS")
        tables += self._table("deviation", scaled.deviation, "INPUTS")
        low, high = self.number(-LIMIT), self.number(LIMIT)
        return f"""\
{tables}    {self.real} x[{self.macro}_INPUTS];
    int input;
    for (input = 0; input < {self.macro}_INPUTS; input++) {{
        const {self.real} value = (observation[input] - mean[input]) / deviation[input];
        x[input] = value < {low} ? {low} : value > {high} ? {high} : value;
    }}"""

    def act(self) -> str:
        """The function of the action."""
        if codegen.composed(self.model):
            return self.act_in_parts()
        weight = ", weight" if self.model.weights is None else ""
        call = f"{self.prefix}_forward(observation{weight}"
        loop = f"for (i = 0; i < {self.macro}_OUTPUTS; i++) {{"
        if not self.written:
            first = self.model.action.get("first", 0)
            counted = f", counted from {first}" if first else ""
            return f"""\
/* The index of the largest output, the first on ties{counted}. */
static inline int {self.prefix}_act({self.parameters()})
{{
    {self.real} outputs[{self.macro}_OUTPUTS];
    int i, best = 0;
    {call}, outputs);
    {loop}
        if (outputs[i] > outputs[best]) {{
            best = i;
        }}
    }}
    return {f"{first} + " if first else ""}best;
}}
"""
        if self.model.action["kind"] == "regression":
            tables = "".join(map(self._table, ("scale", "offset"), columns.readout(self.model)))
            taken = self.parameters(f"{self.real} action[{self.macro}_OUTPUTS]")
            return columns.c_predictions(self.prefix, taken, tables, call)
        low, high = codegen.limits(self.model.action, self.double)
        tables = "".join(
            self._table(name, values)
            for name, values in (("low", low), ("high", high))
            if len(values) > 1
        )
        low_i = self.number(low[0]) if len(low) == 1 else "low[i]"
        high_i = self.number(high[0]) if len(high) == 1 else "high[i]"
        return f"""\
/* The outputs, clipped. */
static inline void {self.prefix}_act(
    {self.parameters(f"{self.real} action[{self.macro}_OUTPUTS]")})
{{
{tables}    int i;
    {call}, action);
    {loop}
        action[i] = action[i] < {low_i} ? {low_i} : action[i] > {high_i} ? {high_i} : action[i];
    }}
}}
"""

    def act_in_parts(self) -> str:
        """The function of an action of several parts."""
        weight = ", weight" if self.model.weights is None else ""
        lines, start, place = list[str](), 0, 0
        for rule in codegen.rules(self.model):
            end = start + rule["outputs"]
            if rule["kind"] == "discrete":
                shift = f"({rule.get('first', 0) - start})"
                lines += [
                    f"    best = {start};",
                    f"    for (i = {start + 1}; i < {end}; i++) {{",
                    "        if (outputs[i] > outputs[best]) {",
                    "            best = i;",
                    "        }",
                    "    }",
                    f"    action[{place}] = ({self.real})(best + {shift});",
                ]
                place += 1
            for output in range(start, end) if rule["kind"] != "discrete" else ():
                y = f"outputs[{output}]"
                chosen = f"{y} > {self.number(0.0)} ? {self.number(1.0)} : {self.number(0.0)}"
                if rule["kind"] == "continuous":
                    bounds = codegen.limits(rule, self.double)
                    low, high = (
                        self.number(v[output - start if len(v) > 1 else 0]) for v in bounds
                    )
                    chosen = f"{y} < {low} ? {low} : {y} > {high} ? {high} : {y}"
                lines.append(f"    action[{place}] = {chosen};")
                place += 1
            start = end
        choosing = any(line.startswith("    best") for line in lines)
        declared = "    int i, best;\n" if choosing else ""
        body = "\n".join(lines)
        parameters = self.parameters(f"{self.real} action[{self.macro}_ACTIONS]")
        return f"""\
/* The numbers of an action of several parts: the index of the largest of some outputs, outputs
   clipped, or 1 where an output is above 0. */
static inline void {self.prefix}_act(
    {parameters})
{{
    {self.real} outputs[{self.macro}_OUTPUTS];
{declared}    {self.prefix}_forward(observation{weight}, outputs);
{body}
}}
"""

    def _table(self, name: str, values: Sequence[float], size: str = "OUTPUTS") -> str:
        """An array of a number for each output or input."""
        numbers = codegen.wrapped(", ".join(map(self.number, values)), "        ")
        size = f"{self.macro}_{size}"
        return f"    static const {self.real} {name}[{size}] = {{\n{numbers}\n    }};\n"


def _prefix(name: str) -> str:
    """The start of all names: a word that begins with a letter."""
    word = codegen.identifiers([name])[0]
    return word if word[0].isalpha() else f"wann_{word}"
