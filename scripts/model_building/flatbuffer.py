"""Read what a TFLite file holds: tensors, constants (also sparse ones) and operators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tflite

__all__ = ["Network", "Operator", "read_network"]

DTYPES = {0: np.float32, 1: np.float16, 2: np.int32, 4: np.int64}
OPERATOR_NAMES = {code: name for name, code in vars(tflite.BuiltinOperator).items() if not name.startswith("_")}


@dataclass(frozen=True, slots=True)
class Operator:
    kind: str
    inputs: tuple[int, ...]
    output: int
    options: Callable[[type], Any]
    """Parses the operator's options as the given tflite class."""


@dataclass(frozen=True, slots=True)
class Network:
    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    constants: dict[int, np.ndarray]
    """By tensor index, in the type they are stored in; half precision stays half precision."""
    operators: tuple[Operator, ...]
    input: int
    outputs: dict[str, int]


def read_network(path: Path) -> Network:
    model = tflite.Model.GetRootAsModel(path.read_bytes(), 0)
    graph = model.Subgraphs(0)
    tensors = [graph.Tensors(i) for i in range(graph.TensorsLength())]
    constants = {}
    for index, tensor in enumerate(tensors):
        buffer = model.Buffers(tensor.Buffer())
        if buffer.DataLength():
            constants[index] = _constant(tensor, buffer.DataAsNumpy().tobytes())
    names = tuple(tensor.Name().decode() for tensor in tensors)
    return Network(
        names=names,
        shapes=tuple(tuple(int(size) for size in tensor.ShapeAsNumpy()) for tensor in tensors),
        constants=constants,
        operators=tuple(_operator(model, graph.Operators(i)) for i in range(graph.OperatorsLength())),
        input=int(graph.Inputs(0)),
        outputs={names[graph.Outputs(i)]: int(graph.Outputs(i)) for i in range(graph.OutputsLength())},
    )


def _operator(model: Any, operator: Any) -> Operator:
    code = model.OperatorCodes(operator.OpcodeIndex())

    def options(kind: type) -> Any:
        parsed, table = kind(), operator.BuiltinOptions()
        parsed.Init(table.Bytes, table.Pos)
        return parsed

    return Operator(
        kind=OPERATOR_NAMES[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())],
        inputs=tuple(int(i) for i in operator.InputsAsNumpy()),
        output=int(operator.Outputs(0)),
        options=options,
    )


def _constant(tensor: Any, raw: bytes) -> np.ndarray:
    values = np.frombuffer(raw, DTYPES[tensor.Type()])
    if tensor.Sparsity() is None:
        return values.reshape(tensor.ShapeAsNumpy())
    return _dense(tensor.Sparsity(), tuple(tensor.ShapeAsNumpy()), values)


def _dense(sparsity: Any, shape: tuple[int, ...], values: np.ndarray) -> np.ndarray:
    """Expand TFLite's (possibly block-sparse) storage: one level of the traversal after another."""
    order = list(sparsity.TraversalOrderAsNumpy())
    block_axes = list(sparsity.BlockMapAsNumpy()) if sparsity.BlockMapLength() else []
    levels = [sparsity.DimMetadata(i) for i in range(sparsity.DimMetadataLength())]
    block_size = {block_axes[k]: level.DenseSize() for k, level in enumerate(levels[len(shape) :])}
    positions = np.zeros(1, np.int64)
    index = np.zeros((1, len(shape)), np.int64)
    for axis, level in zip(order, levels, strict=True):
        parent, along, positions = _expand(level, positions)
        index = index[parent].copy()
        if axis < len(shape):
            index[:, axis] += along * block_size.get(axis, 1)
        else:
            index[:, block_axes[axis - len(shape)]] += along
    dense = np.zeros(shape, values.dtype)
    dense[tuple(index.T)] = values[positions]
    return dense


def _expand(level: Any, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(parent of each child, its index along this level, its position) for every stored child of `positions`."""
    if level.Format() == 0:
        size = level.DenseSize()
        along = np.tile(np.arange(size), len(positions))
        parent = np.repeat(np.arange(len(positions)), size)
        return parent, along, positions[parent] * size + along
    segments = _vector(level.ArraySegmentsType(), level.ArraySegments())
    indices = _vector(level.ArrayIndicesType(), level.ArrayIndices())
    starts, counts = segments[positions], segments[positions + 1] - segments[positions]
    parent = np.repeat(np.arange(len(positions)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    children = starts[parent] + within
    return parent, indices[children], children


def _vector(kind: int, table: Any) -> np.ndarray:
    view = {1: tflite.Int32Vector, 2: tflite.Uint16Vector, 3: tflite.Uint8Vector}[kind]()
    view.Init(table.Bytes, table.Pos)
    return np.asarray(view.ValuesAsNumpy(), np.int64)
