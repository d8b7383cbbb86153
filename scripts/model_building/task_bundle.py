"""The `.task` bundle for MediaPipe's own runtime.

Its Tasks API refuses networks without metadata that say how a picture becomes an input. The metadata are written with
the flatbuffer classes inside the same wheel (they need nothing but flatbuffers and numpy), because current releases
of mediapipe no longer have a working metadata writer.
"""

from __future__ import annotations

import importlib.util
import io
import zipfile
from pathlib import Path
from types import ModuleType

import flatbuffers

__all__ = ["BundlePart", "bundle", "with_metadata"]

METADATA_NAME = b"TFLITE_METADATA"
MODEL_IDENTIFIER = b"TFL3"
METADATA_IDENTIFIER = b"M001"
MOMENT = (1980, 1, 1, 0, 0, 0)
"""Time stamp of the members: the same networks must give the same bytes."""

BundlePart = tuple[str, bytes]


def bundle(parts: list[BundlePart]) -> bytes:
    """A ZIP archive without compression, as the runtime maps its members from the file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts:
            member = zipfile.ZipInfo(name, MOMENT)
            member.external_attr = 0o644 << 16
            archive.writestr(member, data)
    return stream.getvalue()


def with_metadata(network: Path, schemas: Path, mean: float, deviation: float) -> bytes:
    """The TFLite file with image metadata added: input = (picture - mean) / deviation, RGB.

    `schemas` is the folder of the wheel that holds `schema_py_generated.py` and `metadata_schema_py_generated.py`.
    """
    schema = _module(schemas / "schema_py_generated.py")
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(network.read_bytes(), 0))
    graph = model.subgraphs[0]
    metadata = _metadata(_module(schemas / "metadata_schema_py_generated.py"), len(graph.outputs), mean, deviation)
    entry, buffer = schema.MetadataT(), schema.BufferT()
    buffer.data = list(metadata)
    entry.name, entry.buffer = METADATA_NAME, len(model.buffers)
    model.buffers.append(buffer)
    model.metadata = [item for item in model.metadata or [] if item.name != METADATA_NAME] + [entry]
    return _packed(model, MODEL_IDENTIFIER)


def _metadata(schema: ModuleType, outputs: int, mean: float, deviation: float) -> bytes:
    options, unit, content, properties = (
        schema.NormalizationOptionsT(),
        schema.ProcessUnitT(),
        schema.ContentT(),
        schema.ImagePropertiesT(),
    )
    options.mean, options.std = [mean], [deviation]
    unit.optionsType, unit.options = schema.ProcessUnitOptions.NormalizationOptions, options
    properties.colorSpace = schema.ColorSpaceType.RGB
    content.contentPropertiesType, content.contentProperties = schema.ContentProperties.ImageProperties, properties
    picture = schema.TensorMetadataT()
    picture.name, picture.content, picture.processUnits = "image", content, [unit]
    graph = schema.SubGraphMetadataT()
    graph.inputTensorMetadata = [picture]
    graph.outputTensorMetadata = [_feature(schema, index) for index in range(outputs)]
    model = schema.ModelMetadataT()
    model.name, model.subgraphMetadata, model.minParserVersion = "pose", [graph], "1.0.0"
    return _packed(model, METADATA_IDENTIFIER)


def _feature(schema: ModuleType, index: int) -> object:
    content = schema.ContentT()
    content.contentPropertiesType = schema.ContentProperties.FeatureProperties
    content.contentProperties = schema.FeaturePropertiesT()
    feature = schema.TensorMetadataT()
    feature.name, feature.content = f"output_{index}", content
    return feature


def _packed(table: object, identifier: bytes) -> bytes:
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(table.Pack(builder), identifier)
    return bytes(builder.Output())


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path.name}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
