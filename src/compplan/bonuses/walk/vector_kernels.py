"""One step of all lanes at once, in vector registers: compilers do not find them in a loop over lanes.

A row of lanes is a vector of 64-bit numbers. LLVM makes of it what the processor has, two numbers at a time or eight.
"""

from __future__ import annotations

from compplan.jit import JIT

if JIT:
    from llvmlite import ir
    from numba import types
    from numba.core.cgutils import get_or_insert_function
    from numba.extending import intrinsic

    @intrinsic
    def carry_lanes(_typing, lane, _up, _moves, _volume, numerators, _at, paid, width):
        """Let a member take the lanes below him, and hand them to his parent; return what they pay him.

        The lanes at `up` are those of his level, the next ones those of his children, which become zero. If it
        `moves` them, each goes one further and the last is lost; then his own `volume` joins the first. `numerators`
        from `at` on are his; `paid` from there on adds up the volume. `width` is a tuple of as many entries as lanes.
        """
        number, lanes = ir.IntType(64), width.count
        row = ir.VectorType(number, lanes)

        def generate(context, builder, signature, given):
            up, moves, volume, at = given[1], given[2], given[3], given[5]
            none = ir.Constant(row, [0] * lanes)

            def place(argument, index):
                array = context.make_array(signature.args[argument])(context, builder, given[argument])
                return builder.bitcast(builder.gep(array.data, [index]), row.as_pointer())

            def load(where):
                return builder.load(where, align=8)

            def add(where, more):
                builder.store(builder.add(load(where), more), where, align=8)

            below = place(0, builder.add(up, number(lanes)))
            taken = load(below)
            builder.store(none, below, align=8)
            add(place(6, at), taken)
            sum_of = ir.FunctionType(number, [row])
            reduce = get_or_insert_function(builder.module, sum_of, f"llvm.vector.reduce.add.v{lanes}i64")
            pay = builder.call(reduce, [builder.mul(taken, load(place(4, at)))])
            order = ir.Constant(ir.VectorType(ir.IntType(32), lanes), [0, *range(lanes, 2 * lanes - 1)])
            handed = builder.select(moves, builder.shuffle_vector(none, taken, order), taken)
            add(place(0, up), builder.add(handed, builder.insert_element(none, volume, ir.IntType(32)(0))))
            return pay

        index = types.uint64
        given = (lane, index, types.boolean, types.int64, numerators, index, paid, width)
        return types.int64(*given), generate

else:

    def carry_lanes(lane, up, moves, volume, numerators, at, paid, width):
        lanes = len(width)
        down = up + lanes
        taken = lane[down : down + lanes].copy()
        lane[down : down + lanes] = 0
        paid[at : at + lanes] += taken
        lane[up] += volume
        if moves:
            lane[up + 1 : down] += taken[:-1]
        else:
            lane[up:down] += taken
        return (taken * numerators[at : at + lanes]).sum()
