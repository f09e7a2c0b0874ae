"""A network as one ONNX graph (extra ``onnx``), which runtimes on all kinds of machines take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csc_array

import wann
from wann.core.checks import require
from wann.core.kernels import activations
from wann.core.layers import layers
from wann.envs.stepped.normalization import LIMIT
from wann.export import codegen, columns, expressions, onnx_columns
from wann.storage.model import Model

if TYPE_CHECKING:
    import onnx

# Old enough for runtimes of 2022, and it has all that is needed.
OPSET = 17
IR_VERSION = 8
MOST = 2**27  # factors: half of what a file may hold, in double precision
OPERATORS = {
    activations.TANH: "Tanh",
    activations.SIGMOID: "Sigmoid",
    activations.INVERSE: "Neg",
    activations.ABS: "Abs",
    activations.RELU: "Relu",
}


def graph(model: Model, double: bool = False) -> onnx.ModelProto:
    """The network as an ONNX model, checked.

    Its inputs are ``observation`` [B, I] and, if the model holds no weights, the shared ``weight``
    [1]; its outputs are ``outputs`` [B, O] and ``action``: int64[B], the index of the largest
    output, the first on ties, or [B, O], clipped. The number of observations B is free. Names,
    task and origin are in the metadata.

    The nodes are computed layer by layer, each as one dense product with the values it needs: far
    faster in a runtime than connection by connection. So a value that overflows spoils the
    others of its layer, too.

    Args:
        model: The network.
        double: In double precision, which not every runtime has, instead of single.

    Raises:
        ValueError: If ONNX is not installed, or a weight is too large for single precision.
    """
    require("onnx", "a graph of ONNX", "onnx")
    import onnx
    from onnx import helper

    builder = _Builder(model, double)
    inputs = onnx_columns.encode(builder, model) or [
        builder.tensor("observation", ["batch", len(model.inputs)])
    ]
    builder.network()
    action = builder.action()
    if model.weights is None:
        inputs.append(builder.tensor("weight", [1]))
    outputs = [builder.tensor("outputs", ["batch", len(model.outputs)]), action]
    body = helper.make_graph(builder.nodes, "wann", inputs, outputs, builder.constants)
    result = helper.make_model(
        body,
        producer_name="wann",
        producer_version=wann.__version__,
        opset_imports=[
            helper.make_opsetid("", OPSET),
            *([helper.make_opsetid(onnx_columns.ML, onnx_columns.ML_OPSET)] if model.table else []),
        ],
        ir_version=IR_VERSION,
    )
    helper.set_model_props(result, _metadata(model))
    onnx.checker.check_model(result, full_check=True)
    return result


def _metadata(model: Model) -> dict[str, str]:
    """What `origin` tells, as text: strings as they are, everything else as JSON."""
    return {
        key: value.encode(errors="replace").decode()
        if isinstance(value, str)
        else codegen.quoted(value)
        for key, value in codegen.origin(model).items()
    }


class _Builder:
    """The nodes and constants of a graph, as they come."""

    def __init__(self, model: Model, double: bool) -> None:
        from onnx import TensorProto

        self.model = model
        self.double = double
        self.kind = TensorProto.DOUBLE if double else TensorProto.FLOAT
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._names: set[str] = set()
        self.size = 0  # numbers among the factors

    def constant(self, name: str, value: Any) -> str:
        """A constant, int64 or in the graph's precision; one of a name is made only once."""
        from onnx import numpy_helper

        if name not in self._names:
            value = np.asarray(value)
            if value.dtype != np.int64 and not self.double:
                value = codegen.single(value, name)
            self.constants.append(numpy_helper.from_array(value, name))
            self._names.add(name)
        return name

    def tensor(self, name: str, shape: list[Any]) -> Any:
        """What the graph says of an input or output in its precision."""
        from onnx import helper

        return helper.make_tensor_value_info(name, self.kind, shape)

    def node(self, operator: str, inputs: list[str], *outputs: str, **attributes: Any) -> str:
        """An operator; its first output."""
        from onnx import helper

        self.nodes.append(
            helper.make_node(operator, inputs, outputs, name=outputs[0], **attributes)
        )
        return outputs[0]

    def network(self) -> None:
        """All layers: from ``observation`` to ``outputs``."""
        network = self.model.network
        strengths = None
        if isinstance(self.model.weights, np.ndarray):
            strengths, _ = network.strengths(self.model.weights)
        elif self.model.weights is not None:
            self.constant("weight", [float(self.model.weights)])
        strengths = np.ones(network.complexity) if strengths is None else strengths
        size = len(network.activations)
        matrix = csc_array((strengths, network.sources, network.offsets), (size, size))
        # Where the nodes' values stand side by side in `values`; the bias is added by itself.
        places, known, values = np.full(size, -1), network.inputs, self.normalized()
        places[1 : 1 + known] = np.arange(known)
        first_output = size - network.outputs
        hidden = (layer[layer < first_output] for layer in layers(network))
        for i, layer in enumerate((layer for layer in hidden if len(layer)), 1):
            sums = self.sums(f"sums{i}", values, places, known, matrix[:, layer])
            parts = self.activate(f"layer{i}", sums, network.activations[layer])
            values = self.node("Concat", [values, *parts], f"values{i}", axis=1)
            places[layer] = known + np.arange(len(layer))
            known += len(layer)
        self.sums("outputs", values, places, known, matrix[:, first_output:])

    def normalized(self) -> str:
        """The observation as the network gets it."""
        scaled = self.model.normalization
        if scaled is None:
            return "observation"
        apart = self.node("Sub", ["observation", self.constant("mean", scaled.mean)], "centred")
        ratio = self.node("Div", [apart, self.constant("deviation", scaled.deviation)], "scaled")
        ends = [self.constant("least_input", -LIMIT), self.constant("greatest_input", LIMIT)]
        return self.node("Clip", [ratio, *ends], "normalized")

    def sums(
        self, name: str, values: str, places: np.ndarray, known: int, factors: csc_array
    ) -> str:
        """The weighted sums [B, K] of K nodes, as the tensor `name`.

        Args:
            name: Of the result.
            values: The tensor [B, V] of the values so far.
            places: Where each node's value stands in it, below 0 where it does not, [N].
            known: V.
            factors: Of each node's value for each of the K, sparse, [N, K].

        Raises:
            ValueError: If the graph has more numbers than a file of ONNX may hold.
        """
        bias = factors[[0]].toarray()[0]
        rows = np.unique(factors.indices[factors.data != 0])
        rows = rows[places[rows] >= 0]
        rows = rows[np.argsort(places[rows])]
        needed = places[rows].astype(np.int64)
        if not 0 < len(needed) < known:
            rows = np.argsort(places, kind="stable")[-known:]
        else:
            columns = self.constant(f"{name}_columns", needed)
            values = self.node("Gather", [values, columns], f"{name}_sources", axis=1)
        self.size += len(rows) * factors.shape[1]
        if self.size > MOST:
            raise ValueError(
                f"a graph of ONNX of this network has more than {MOST:,} factors, as its layers "
                "are dense there: expected a smaller one, or another format, such as c"
            )
        terms = [values, self.constant(f"{name}_factors", factors[rows].toarray())]
        if bias.any():
            terms.append(self.constant(f"{name}_bias", bias))
        if isinstance(self.model.weights, np.ndarray):
            return self.node("Gemm", terms, name)
        product = self.node("Gemm", terms, f"{name}_unweighted")
        return self.node("Mul", [product, "weight"], name)

    def activate(self, name: str, sums: str, kinds: np.ndarray) -> list[str]:
        """The values of a layer's K nodes, a tensor for each run of one activation.

        Args:
            name: What the tensors' names begin with.
            sums: Their weighted sums [B, K].
            kinds: Their activations, sorted, [K].
        """
        found, counts = np.unique(kinds, return_counts=True)
        names = [f"{name}_{self.model.network.names[kind]}" for kind in found]
        parts = [sums]
        if len(found) > 1:
            parts = [f"{part}_of" for part in names]
            sizes = self.constant(f"{name}_sizes", counts.astype(np.int64))
            self.node("Split", [sums, sizes], *parts, axis=1)
        return [self.activation(*pair) for pair in zip(found, parts, names, strict=True)]

    def activation(self, kind: int, x: str, name: str) -> str:
        """An activation of the tensor x, as the tensor `name`."""
        if kind == activations.LINEAR:
            return x
        if kind == activations.STEP:
            above = self.node("Greater", [x, self.constant("zero", 0.0)], f"{name}_above")
            return self.node("Cast", [above], name, to=self.kind)
        if kind in (activations.SIN, activations.COS):
            angle = self.node("Mul", [x, self.constant("pi", np.pi)], f"{name}_angle")
            return self.node("Sin" if kind == activations.SIN else "Cos", [angle], name)
        if kind == activations.GAUSSIAN:
            square = self.node("Mul", [x, x], f"{name}_square")
            half = self.constant("minus_half", -0.5)
            exponent = self.node("Mul", [square, half], f"{name}_exponent")
            return self.node("Exp", [exponent], name)
        if kind >= activations.OWN:
            tree = self.model.network.own[kind - activations.OWN].tree
            return expressions.onnx(tree, x, name, self.node, self.constant)
        return self.node(OPERATORS[kind], [x], name)

    def action(self) -> Any:
        """The action, from ``outputs``; returns what the graph says of it."""
        from onnx import TensorProto, helper

        if self.model.action["kind"] == "regression":
            scale, offset = columns.readout(self.model)
            scaled = self.node("Mul", ["outputs", self.constant("scale", scale)], "scaled")
            self.node("Add", [scaled, self.constant("offset", offset)], "action")
            return self.tensor("action", ["batch", len(self.model.outputs)])
        if codegen.composed(self.model):
            self.parts()
            return self.tensor("action", ["batch", codegen.numbers(self.model)])
        rule = self.model.action
        if rule["kind"] == "continuous":
            self.clipped(rule, "outputs", "action")
            return self.tensor("action", ["batch", len(self.model.outputs)])
        if first := rule.get("first", 0):
            best = self.node("ArgMax", ["outputs"], "best", axis=1, keepdims=0)
            self.node("Add", [best, self.constant("first", np.int64(first))], "action")
        else:
            self.node("ArgMax", ["outputs"], "action", axis=1, keepdims=0)
        return helper.make_tensor_value_info("action", TensorProto.INT64, ["batch"])

    def clipped(self, rule: dict[str, Any], outputs: str, name: str, prefix: str = "") -> str:
        """Outputs in their bounds, as the tensor `name`; those between have a prefix."""
        low, high = codegen.limits(rule, self.double)
        if len(low) == len(high) == 1:
            ends = self.constant(f"{prefix}low", low[0]), self.constant(f"{prefix}high", high[0])
            return self.node("Clip", [outputs, *ends], name)
        # Clip has one bound for all
        above = self.node("Max", [outputs, self.constant(f"{prefix}low", low)], f"{prefix}above")
        return self.node("Min", [above, self.constant(f"{prefix}high", high)], name)

    def parts(self) -> None:
        """The numbers of an action of several parts, ``action`` [B, A]."""
        rules = codegen.rules(self.model)
        names = [f"part{i}_outputs" for i in range(len(rules))]
        if len(rules) > 1:
            sizes = np.array([rule["outputs"] for rule in rules], np.int64)
            self.node("Split", ["outputs", self.constant("part_sizes", sizes)], *names, axis=1)
        else:
            names = ["outputs"]
        found = []
        for i, (rule, outputs) in enumerate(zip(rules, names, strict=True)):
            name = f"part{i}"
            if rule["kind"] == "continuous":
                self.clipped(rule, outputs, name, f"{name}_")
            elif rule["kind"] == "binary":
                above = self.node("Greater", [outputs, self.constant("zero", 0.0)], f"{name}_on")
                self.node("Cast", [above], name, to=self.kind)
            else:
                best = self.node("ArgMax", [outputs], f"{name}_best", axis=1, keepdims=1)
                number = self.node("Cast", [best], f"{name}_number", to=self.kind)
                first = self.constant(f"{name}_first", float(rule.get("first", 0)))
                self.node("Add", [number, first], name)
            found.append(name)
        self.node("Concat", found, "action", axis=1)
