"""Nodes of ONNX that turn a table's raw columns into a network's inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from wann.envs.tables.encoding import NUMBER
from wann.export import columns
from wann.storage.model import Model

ML, ML_OPSET = "ai.onnx.ml", 3  # for texts


def encode(builder: Any, model: Model) -> list[Any]:
    """What makes ``observation`` of a table's raw columns; returns what the graph says of each.

    Numbers are double, so that none loses digits before it is scaled.

    Args:
        builder: Takes the nodes and constants.
        model: The network; where it was found on no table, nothing is made.
    """
    from onnx import TensorProto, helper, numpy_helper

    def double(name: str, value: float) -> str:
        builder.constants.append(numpy_helper.from_array(np.array(value, np.float64), name))
        return name

    inputs, parts = [], []
    for i, column in enumerate(columns.of(model)):
        name, start = f"column/{column.name}", f"column{i}"
        number = column.kind == NUMBER
        kind = TensorProto.DOUBLE if number else TensorProto.STRING
        inputs.append(helper.make_tensor_value_info(name, kind, ["batch", 1]))
        if number:
            missing = builder.node("IsNaN", [name], f"{start}_missing")
            fill = double(f"{start}_fill", column.fill)
            there = builder.node("Where", [missing, fill, name], f"{start}_there")
            mean = double(f"{start}_mean", column.mean)
            centred = builder.node("Sub", [there, mean], f"{start}_centred")
            scale = double(f"{start}_scale", column.scale)
            part = builder.node("Div", [centred, scale], f"{start}_scaled")
        else:
            texts = {"cats_strings": column.categories, "zeros": 1, "domain": ML}
            one = builder.node("OneHotEncoder", [name], f"{start}_texts", **texts)
            axis = builder.constant("axis", np.array([1], np.int64))
            part = builder.node("Squeeze", [one, axis], f"{start}_squeezed")
        parts.append(builder.node("Cast", [part], f"{start}_inputs", to=builder.kind))
    if parts:
        builder.node("Concat", parts, "observation", axis=1)
    return inputs
