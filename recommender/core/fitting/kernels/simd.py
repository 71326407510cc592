"""Operations on a row of floats held in vector registers: what the inner loops are made of.

A loop over a row whose length is known only at run time is neither unrolled nor kept in
registers. Here a row is one LLVM vector of `16 x len(shape)` floats, where `shape` is a tuple whose
*type* carries the length into the compiler: `shape_of(32)` makes kernels for rows of 32 floats.
LLVM cuts the vector to what the machine has (AVX-512, AVX2, NEON). Multiplications and additions
are fused, sums over a row are taken in the order that is fastest: the same on every run of one
machine.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import extending
from numba.core import cgutils, types
from numba.extending import models, register_model
from numba.np import arrayobj

LANES = 16  # floats in one AVX-512 register, a cache line; a lane is one of them
Shape = tuple[int, ...]
_FAST = ("reassoc", "contract", "nsz")
_ALIGNMENT = 64
# Called without the typing context that the definitions below begin with.
intrinsic: Any = extending.intrinsic


def padded(n: int) -> int:
    """The next multiple of LANES."""
    return -(-n // LANES) * LANES


def shape_of(width: int) -> Shape:
    """The argument that tells a kernel the width of its rows, a multiple of LANES."""
    if width % LANES or not width:
        raise ValueError(f"rows must be a multiple of {LANES} floats wide")
    return (0,) * (width // LANES)


def zeros(n_rows: int, width: int) -> npt.NDArray[np.float32]:
    """(n_rows, width) float32 zeros that begin on a cache line, so that no load crosses one."""
    flat = np.zeros(n_rows * width + _ALIGNMENT // 4, np.float32)
    skip = -flat.ctypes.data % _ALIGNMENT // 4
    return flat[skip : skip + n_rows * width].reshape(n_rows, width)


def copied(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """A copy that begins on a cache line."""
    out = zeros(*rows.shape)
    out[:] = rows
    return out


class Row(types.Type):
    """A row of `width` floats (or doubles) in registers."""

    def __init__(self, element: types.Float, width: int) -> None:
        self.element, self.width = element, width
        super().__init__(name=f"Row({element}, {width})")


@register_model(Row)
class RowModel(models.PrimitiveModel):
    def __init__(self, manager, row) -> None:
        super().__init__(manager, row, _vector(row))


def _number(element) -> ir.Type:
    return ir.DoubleType() if element == types.float64 else ir.FloatType()


def _vector(row) -> ir.VectorType:
    return ir.VectorType(_number(row.element), row.width)


def _pointer(context, builder, signature, array, index):
    """Address of the first number of a row of a C-contiguous (n, width) array."""
    kind, index_type = signature.args[:2]
    view = arrayobj.make_array(kind)(context, builder, array)
    width = cgutils.unpack_tuple(builder, view.shape)[1]
    wide = context.cast(builder, index, index_type, types.intp)
    number = _number(kind.dtype)
    return builder.gep(view.data, [builder.mul(wide, width)], source_etype=number)


@intrinsic
def load(typing_context, array, index, shape):
    """Row `index` of `array`."""
    row = Row(array.dtype, LANES * shape.count)

    def emit(context, builder, signature, arguments):
        pointer = _pointer(context, builder, signature, *arguments[:2])
        return builder.load(pointer, typ=_vector(row), align=row.element.bitwidth // 8)

    return row(array, index, shape), emit


@intrinsic
def store(typing_context, array, index, row):
    """Write `row` to row `index` of `array`."""

    def emit(context, builder, signature, arguments):
        pointer = _pointer(context, builder, signature, *arguments[:2])
        pointer = builder.bitcast(pointer, ir.PointerType(_vector(row)))
        builder.store(arguments[2], pointer, align=row.element.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, index, row), emit


@intrinsic
def splat(typing_context, value, shape):
    """`value` in every lane; float32 unless it is a double."""
    element = types.float64 if value == types.float64 else types.float32
    row = Row(element, LANES * shape.count)

    def emit(context, builder, signature, arguments):
        return _splat(context, builder, value, arguments[0], row)

    return row(value, shape), emit


def _splat(context, builder, value_type, value, row):
    single = context.cast(builder, value, value_type, row.element)
    undefined = ir.Constant(_vector(row), ir.Undefined)
    one = builder.insert_element(undefined, single, ir.IntType(32)(0))
    first_lane = ir.Constant(ir.VectorType(ir.IntType(32), row.width), [0] * row.width)
    return builder.shuffle_vector(one, undefined, first_lane)


def _call(builder, name, row, result, arguments, **how):
    suffix = f"v{row.width}f{row.element.bitwidth}"
    kind = ir.FunctionType(result, [argument.type for argument in arguments])
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.{suffix}")
    return builder.call(function, arguments, **how)


@intrinsic
def add_scaled(typing_context, row, scale, other):
    """row + scale x other, for a number `scale`."""

    def emit(context, builder, signature, arguments):
        scales = _splat(context, builder, scale, arguments[1], row)
        return _call(builder, "fmuladd", row, _vector(row), [scales, arguments[2], arguments[0]])

    return row(row, scale, other), emit


@intrinsic
def add_product(typing_context, row, first, second):
    """row + first x second, lane by lane."""

    def emit(context, builder, signature, arguments):
        return _call(
            builder, "fmuladd", row, _vector(row), [arguments[1], arguments[2], arguments[0]]
        )

    return row(row, first, second), emit


@intrinsic
def times(typing_context, first, second):
    """first x second, lane by lane."""

    def emit(context, builder, signature, arguments):
        return builder.fmul(*arguments, flags=_FAST)

    return first(first, second), emit


@intrinsic
def subtract(typing_context, first, second):
    """first - second."""

    def emit(context, builder, signature, arguments):
        return builder.fsub(*arguments, flags=_FAST)

    return first(first, second), emit


@intrinsic
def dot(typing_context, first, second):
    """Sum over the lanes of first x second."""

    def emit(context, builder, signature, arguments):
        product = builder.fmul(*arguments, flags=_FAST)
        number = _number(first.element)
        terms = [ir.Constant(number, 0.0), product]
        return _call(builder, "vector.reduce.fadd", first, number, terms, fastmath=_FAST)

    return first.element(first, second), emit


@intrinsic
def with_column(typing_context, row, number, value):
    """The row with one column replaced; `number` must be known when compiling."""

    def emit(context, builder, signature, arguments):
        index = context.cast(builder, arguments[1], number, types.int32)
        single = context.cast(builder, arguments[2], value, row.element)
        return builder.insert_element(arguments[0], single, index)

    return row(row, number, value), emit
