"""TFLite network -> ONNX network that takes BGR bytes.

Inside, pictures are NCHW; ONNX Runtime lays them out as its kernels like. Zero padding that TFLite keeps apart is
folded into the convolution behind it. The batch axis is free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import onnx
import tflite
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from model_building.flatbuffer import Network, Operator

__all__ = ["OutputSpec", "Preparation", "convert"]

OPSET = 17
IR_VERSION = 9
TO_NCHW = (0, 3, 1, 2)
TO_NHWC = (0, 2, 3, 1)


@dataclass(frozen=True, slots=True)
class Preparation:
    """network input = picture * scale + offset, on RGB."""

    scale: float
    offset: float


@dataclass(frozen=True, slots=True)
class OutputSpec:
    source: str
    """Name in the TFLite file."""
    name: str
    shape: tuple[int, ...]
    """Without the batch axis. Four dimensions in the source stay NCHW."""


@dataclass
class _Builder:
    network: Network
    half: bool
    constants: dict[int, np.ndarray]
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    initializers: dict[str, onnx.TensorProto] = field(default_factory=dict)
    flat: set[int] = field(default_factory=set)
    """Tensors that are no longer pictures."""
    padding: dict[int, tuple[int, tuple[int, int, int, int]]] = field(default_factory=dict)
    """Padded tensor -> (tensor before it, top, left, bottom, right), waiting for its convolution."""

    def add(self, kind: str, inputs: Sequence[str], output: str, **attributes: object) -> str:
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def constant(self, name: str, value: np.ndarray) -> str:
        """Store a constant. Floats that half precision holds exactly enough are stored so and cast when loaded."""
        value = np.ascontiguousarray(value)
        if self.half and value.dtype in (np.float32, np.float16) and value.size > 1:
            self.initializers[f"{name}_half"] = numpy_helper.from_array(value.astype(np.float16), f"{name}_half")
            return self.add("Cast", [f"{name}_half"], name, to=TensorProto.FLOAT)
        if value.dtype == np.float16:
            value = value.astype(np.float32)
        self.initializers[name] = numpy_helper.from_array(value, name)
        return name

    def activation(self, source: str, code: int, output: str) -> None:
        if code == tflite.ActivationFunctionType.RELU:
            self.add("Relu", [source], output)
        elif code == tflite.ActivationFunctionType.RELU6:
            low, high = self.constant("zero", np.float32(0)), self.constant("six", np.float32(6))
            self.add("Clip", [source, low, high], output)
        else:
            raise ValueError(f"no rule for the fused activation {code}")


def convert(
    network: Network, outputs: Sequence[OutputSpec], preparation: Preparation, name: str, half: bool
) -> onnx.ModelProto:
    """The ONNX model, checked, with only what `outputs` need. Raises ValueError on an operator without a rule."""
    builder = _Builder(network, half, dict(network.constants))
    _prepare(builder, preparation)
    for index, operator in enumerate(network.operators):
        _RULES.get(operator.kind, _unknown)(builder, operator, index)
    values = [_output(builder, spec) for spec in outputs]
    height, width, _ = network.shapes[network.input][1:]
    picture = helper.make_tensor_value_info("image", TensorProto.UINT8, ["N", height, width, 3])
    nodes, needed = _needed(builder.nodes, [value.name for value in values])
    kept = [builder.initializers[key] for key in sorted(builder.initializers) if key in needed]
    graph = helper.make_graph(nodes, name, [picture], values, kept)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    model.producer_name = "vidgait build_models"
    onnx.checker.check_model(model, full_check=True)
    return model


def _tensor(index: int) -> str:
    return f"t{index}"


def _prepare(builder: _Builder, preparation: Preparation) -> None:
    """BGR bytes to what the network saw in training; red and blue are exchanged in the first convolution's weights."""
    builder.add("Cast", ["image"], "image_float", to=TensorProto.FLOAT)
    builder.add("Transpose", ["image_float"], "image_nchw", perm=TO_NCHW)
    scale = builder.constant("scale", np.float32(preparation.scale))
    last = builder.add("Mul", ["image_nchw", scale], "image_scaled")
    if preparation.offset:
        last = builder.add("Add", [last, builder.constant("offset", np.float32(preparation.offset))], "image_shifted")
    builder.add("Identity", [last], _tensor(builder.network.input))


def _output(builder: _Builder, spec: OutputSpec) -> onnx.ValueInfoProto:
    index = builder.network.outputs[spec.source]
    if len(builder.network.shapes[index]) == 4:
        builder.add("Identity", [_tensor(index)], spec.name)
    else:
        shape = builder.constant(f"{spec.name}_shape", np.array([-1, *spec.shape], np.int64))
        builder.add("Reshape", [_tensor(index), shape], spec.name)
    return helper.make_tensor_value_info(spec.name, TensorProto.FLOAT, ["N", *spec.shape])


def _needed(nodes: Sequence[onnx.NodeProto], outputs: Sequence[str]) -> tuple[list[onnx.NodeProto], set[str]]:
    needed, kept, seen = set(outputs), [], set()
    for node in reversed(nodes):
        if needed.intersection(node.output) and not seen.intersection(node.output):
            kept.append(node)
            seen.update(node.output)
            needed.update(node.input)
    return kept[::-1], needed


def _unknown(builder: _Builder, operator: Operator, index: int) -> None:
    raise ValueError(f"no rule for the operator {operator.kind}")


def _stored(builder: _Builder, operator: Operator, index: int) -> None:
    """DEQUANTIZE of a half-precision constant, DENSIFY of a sparse one: already done when reading."""
    builder.constants[operator.output] = builder.constants[operator.inputs[0]]


def _same_padding(size: int, kernel: int, stride: int, dilation: int, same: bool) -> tuple[int, int]:
    if not same:
        return 0, 0
    total = max((-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def _convolution(builder: _Builder, operator: Operator, index: int) -> None:
    depthwise = operator.kind == "DEPTHWISE_CONV_2D"
    options = operator.options(tflite.DepthwiseConv2DOptions if depthwise else tflite.Conv2DOptions)
    weights, bias = (builder.constants[i] for i in operator.inputs[1:3])
    weights = weights[0].transpose(2, 0, 1)[:, None] if depthwise else weights.transpose(TO_NCHW)
    source = operator.inputs[0]
    before, extra = builder.padding.get(source, (source, (0, 0, 0, 0)))
    if before == builder.network.input:
        weights = weights[:, ::-1]
    shape, same = builder.network.shapes[source], options.Padding() == tflite.Padding.SAME
    strides, dilations = (options.StrideH(), options.StrideW()), (options.DilationHFactor(), options.DilationWFactor())
    top, bottom = _same_padding(shape[1], weights.shape[2], strides[0], dilations[0], same)
    left, right = _same_padding(shape[2], weights.shape[3], strides[1], dilations[1], same)
    output, code = _tensor(operator.output), options.FusedActivationFunction()
    builder.add(
        "Conv",
        [_tensor(before), builder.constant(f"w{index}", weights), builder.constant(f"b{index}", bias)],
        f"{output}_raw" if code else output,
        kernel_shape=weights.shape[2:],
        strides=strides,
        dilations=dilations,
        pads=[top + extra[0], left + extra[1], bottom + extra[2], right + extra[3]],
        group=shape[3] if depthwise else 1,
    )
    if code:
        builder.activation(f"{output}_raw", code, output)


def _add(builder: _Builder, operator: Operator, index: int) -> None:
    output, code = _tensor(operator.output), operator.options(tflite.AddOptions).FusedActivationFunction()
    operands = []
    for source in operator.inputs:
        if source in builder.constants:
            value = builder.constants[source]
            value = value.transpose(TO_NCHW) if value.ndim == 4 else value.reshape(1, -1, 1, 1)
            operands.append(builder.constant(f"k{source}_{index}", value))
        else:
            operands.append(_tensor(source))
    builder.add("Add", operands, f"{output}_raw" if code else output)
    if code:
        builder.activation(f"{output}_raw", code, output)


def _pad(builder: _Builder, operator: Operator, index: int) -> None:
    amounts = builder.constants[operator.inputs[1]]
    users = [other.kind for other in builder.network.operators if operator.output in other.inputs]
    if amounts[[0, 3]].any() or not users or any("CONV" not in user for user in users):
        raise ValueError("padding that does not lead into a convolution")
    (top, bottom), (left, right) = amounts[1], amounts[2]
    builder.padding[operator.output] = operator.inputs[0], (int(top), int(left), int(bottom), int(right))


def _max_pool(builder: _Builder, operator: Operator, index: int) -> None:
    options, shape = operator.options(tflite.Pool2DOptions), builder.network.shapes[operator.inputs[0]]
    kernel, strides = (options.FilterHeight(), options.FilterWidth()), (options.StrideH(), options.StrideW())
    same = options.Padding() == tflite.Padding.SAME
    top, bottom = _same_padding(shape[1], kernel[0], strides[0], 1, same)
    left, right = _same_padding(shape[2], kernel[1], strides[1], 1, same)
    pads = [top, left, bottom, right]
    source = [_tensor(operator.inputs[0])]
    builder.add("MaxPool", source, _tensor(operator.output), kernel_shape=kernel, strides=strides, pads=pads)


def _resize(builder: _Builder, operator: Operator, index: int) -> None:
    options, target = operator.options(tflite.ResizeBilinearOptions), builder.constants[operator.inputs[1]]
    shape = builder.network.shapes[operator.inputs[0]]
    mode = "half_pixel" if options.HalfPixelCenters() else "asymmetric"
    scales = np.array([1, 1, target[0] / shape[1], target[1] / shape[2]], np.float32)
    builder.initializers[f"s{index}"] = numpy_helper.from_array(scales, f"s{index}")
    builder.add(
        "Resize",
        [_tensor(operator.inputs[0]), "", f"s{index}"],
        _tensor(operator.output),
        mode="linear",
        coordinate_transformation_mode="align_corners" if options.AlignCorners() else mode,
    )


def _depth_to_space(builder: _Builder, operator: Operator, index: int) -> None:
    block = operator.options(tflite.DepthToSpaceOptions).BlockSize()
    builder.add("DepthToSpace", [_tensor(operator.inputs[0])], _tensor(operator.output), blocksize=block, mode="DCR")


def _reshape(builder: _Builder, operator: Operator, index: int) -> None:
    output = _tensor(operator.output)
    builder.add("Transpose", [_tensor(operator.inputs[0])], f"{output}_nhwc", perm=TO_NHWC)
    shape = np.array([-1, *builder.network.shapes[operator.output][1:]], np.int64)
    builder.add("Reshape", [f"{output}_nhwc", builder.constant(f"r{index}", shape)], output)
    builder.flat.add(operator.output)


def _concatenation(builder: _Builder, operator: Operator, index: int) -> None:
    axis = operator.options(tflite.ConcatenationOptions).Axis() % 4
    if operator.inputs[0] in builder.flat:
        builder.flat.add(operator.output)
    else:
        axis = TO_NCHW.index(axis)
    builder.add("Concat", [_tensor(i) for i in operator.inputs], _tensor(operator.output), axis=axis)


def _logistic(builder: _Builder, operator: Operator, index: int) -> None:
    builder.add("Sigmoid", [_tensor(operator.inputs[0])], _tensor(operator.output))
    if operator.inputs[0] in builder.flat:
        builder.flat.add(operator.output)


_RULES = {
    "DEQUANTIZE": _stored,
    "DENSIFY": _stored,
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _convolution,
    "ADD": _add,
    "PAD": _pad,
    "MAX_POOL_2D": _max_pool,
    "RESIZE_BILINEAR": _resize,
    "DEPTH_TO_SPACE": _depth_to_space,
    "RESHAPE": _reshape,
    "CONCATENATION": _concatenation,
    "LOGISTIC": _logistic,
}
