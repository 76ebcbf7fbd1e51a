"""Software prefetch: the one instruction that makes random access to a large table several times faster.

A sweep that meets a random cache line an element waits about 100 ns for each; asked for two dozen elements
ahead, the lines arrive together. Results never depend on it. With the JIT off it does nothing.
"""

from __future__ import annotations

from numba.extending import intrinsic

from compplan.jit import JIT

AHEAD = 24
"""How many elements ahead a sweep asks for its lines; 16 to 32 measure the same."""

if JIT:
    from llvmlite import ir
    from numba.core import cgutils, types

    @intrinsic
    def prefetch(_typing, array, index):  # type: ignore[no-untyped-def]
        """Ask for the cache line of `array[index]` (1-d); an index outside the array does no harm."""
        signature = types.void(array, index)

        def generate(context, builder, _signature, arguments):  # type: ignore[no-untyped-def]
            view = context.make_array(array)(context, builder, arguments[0])
            at = context.cast(builder, arguments[1], index, types.intp)
            line = cgutils.get_item_pointer(context, builder, array, view, [at], wraparound=False)
            byte = builder.bitcast(line, ir.IntType(8).as_pointer())
            word = ir.IntType(32)
            shape = ir.FunctionType(ir.VoidType(), [byte.type, word, word, word])
            call = builder.module.declare_intrinsic("llvm.prefetch", [byte.type], shape)
            builder.call(call, [byte, word(0), word(3), word(1)])  # for reading, keep close, data cache
            return context.get_dummy_value()

        return signature, generate

else:

    def prefetch(array, index):  # type: ignore[no-untyped-def]
        """Do nothing: plain Python has no cache lines."""
