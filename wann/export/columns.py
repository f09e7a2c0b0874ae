"""Code that turns a table's raw columns into a network's inputs, for exports in C and Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wann.envs.tables import encoding
from wann.envs.tables.encoding import NUMBER, Column
from wann.export import codegen
from wann.export.c_text import string
from wann.storage.model import Model


def of(model: Model) -> tuple[Column, ...]:
    """The raw columns of the table that a network was found on; none if it was none."""
    return () if model.table is None else encoding.from_json(model.table["columns"])


def readout(model: Model) -> tuple[list[float], list[float]]:
    """The scale and the offset of each output of regression, [O] each.

    Raises:
        ValueError: If the model has no shared weight that they were fitted for.
    """
    try:
        scale, offset = model.readout(model.weights)
    except ValueError as error:
        raise ValueError(f"--weight: {error}") from None
    return scale.tolist(), offset.tolist()


def c_parts(model: Model, prefix: str, real: str) -> list[str]:
    """What takes the raw columns, in C, where the network was found on a table."""
    if not (raw := of(model)):
        return []
    macro = prefix.upper()
    weight = "" if model.weights is not None else f", {real} weight"
    passed = "" if model.weights is not None else ", weight"
    kind, last, action, result = "int", "", "", "return "
    if model.action["kind"] != "discrete":
        kind, result, action = "void", "", ", action"
        last = f", {real} action[{macro}_OUTPUTS]"
    act = f"""\
/* As {prefix}_act, for a row of the table. */
static inline {kind} {prefix}_act_row(
    const double row[{macro}_COLUMNS]{weight}{last})
{{
    {real} observation[{macro}_INPUTS];
    {prefix}_encode(row, observation);
    {result}{prefix}_act(observation{passed}{action});
}}
"""
    return [*c(raw, prefix, real, string), act]


def c_predictions(prefix: str, parameters: str, tables: str, call: str) -> str:
    """The function of the predictions, in C.

    Args:
        prefix: What all names begin with.
        parameters: What it takes.
        tables: The arrays scale and offset.
        call: That of the function of the outputs, but for its last argument.
    """
    return f"""\
/* The predictions: the outputs with the scale and the offset that were fitted. */
static inline void {prefix}_act(
    {parameters})
{{
{tables}    int i;
    {call}, action);
    for (i = 0; i < {prefix.upper()}_OUTPUTS; i++) {{
        action[i] = scale[i] * action[i] + offset[i];
    }}
}}
"""


def c(
    columns: Sequence[Column], prefix: str, real: str, string: Callable[[str], str]
) -> tuple[str, str]:
    """The names of the columns, and the functions that encode a row, in C.

    Args:
        columns: The raw columns.
        prefix: What all names begin with.
        real: The type of the network's numbers.
        string: A literal for a text.
    """
    macro = prefix.upper()
    words = codegen.identifiers([column.name for column in columns])
    places = ", ".join(f"{macro}_COLUMN_{word}".upper() for word in words)
    names = [
        f"#define {macro}_COLUMNS {len(columns)}",
        codegen.wrapped(f"enum {{ {places} }};"),
        f"static const char *const {prefix}_column_names[{macro}_COLUMNS] = {{",
        *(f"    {string(column.name)}," for column in columns),
        "};",
    ]
    texts, lines, place = [], [], 0
    for i, column in enumerate(columns):
        if column.kind == NUMBER:
            lines.append(f"    x = isnan(row[{i}]) ? {column.fill!r} : row[{i}];")
            value = f"(x - {_signed(column.mean)}) / {column.scale!r}"
            lines.append(f"    observation[{place}] = ({real})({value});")
            place += 1
            continue
        for k, category in enumerate(column.categories):
            condition = f"column == {i} && strcmp(text, {string(category)}) == 0"
            texts.append(f"    if ({condition}) {{\n        return {k}.0;\n    }}")
            lines.append(f"    observation[{place}] = ({real})(row[{i}] == {k}.0);")
            place += 1
    if any(column.kind == NUMBER for column in columns):
        lines.insert(0, "    double x;")
    unused = [] if texts else ["    (void)column;", "    (void)text;"]
    functions = [
        "/* The number that stands for a text in a row; -1 for one that is missing or unknown. */",
        f"static inline double {prefix}_category(int column, const char *text)",
        "{",
        *unused,
        *texts,
        "    return -1.0;",
        "}",
        "",
        "/* The network's inputs for a row of the table; NAN stands for a missing number. */",
        f"static inline void {prefix}_encode(",
        f"    const double row[{macro}_COLUMNS], {real} observation[{macro}_INPUTS])",
        "{",
        *lines,
        "}",
        "",
    ]
    return "\n".join(names) + "\n", "\n".join(functions)


def python(columns: Sequence[Column]) -> str:
    """The names of the columns, and the function that encodes a row, in Python."""
    about = [
        (column.name, column.categories)
        if column.kind != NUMBER
        else (column.name, (column.fill, column.mean, column.scale))
        for column in columns
    ]
    numbers = tuple(column.name for column in columns if column.kind == NUMBER)
    rows = "\n".join(f"    {entry!a}," for entry in about)
    return f'''\
# Of each column its texts, or what stands for a missing number, what is subtracted and divided by.
COLUMNS = (
{rows}
)
NUMBERS = {numbers!a}


def encode(row):
    """The observation for a row: a mapping from the names of columns to numbers and texts.

    None, NaN or an empty text stands for a missing value.
    """
    observation = []
    for name, about in COLUMNS:
        value = row[name]
        if name not in NUMBERS:
            observation.extend(float(str(value) == text) for text in about)
            continue
        fill, mean, scale = about
        number = math.nan if value is None or value == "" else float(value)
        observation.append(((fill if math.isnan(number) else number) - mean) / scale)
    return observation
'''


def _signed(value: float) -> str:
    return f"({value!r})" if value < 0 else repr(value)
