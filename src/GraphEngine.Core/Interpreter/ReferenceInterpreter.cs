using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Tensors;

namespace GraphEngine.Interpreter;

/// <summary>The meaning of inter-op programs, in double precision and plain loops: the oracle every other execution is held against.</summary>
public static class ReferenceInterpreter
{
    private const int UsualApplications = 10_000;
    private const double FixedPointTolerance = 1e-14;

    // A few units in the last place, which a body brings no closer than by its factor.
    private const double Rounding = 1e-15;

    /// <summary>Runs a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="topology">The sizes of its spaces and the indices of its maps.</param>
    /// <param name="leaves">The values of its leaves, row-major.</param>
    /// <returns>The values of outputs, and of updates under the names of their targets.</returns>
    /// <exception cref="IrException">A leaf is missing or has the wrong size, a map names a column that a row does not have, or a fixed point is not
    /// reached.</exception>
    public static IReadOnlyDictionary<string, double[]> Run(Program program, Topology topology, IReadOnlyDictionary<string, double[]> leaves)
    {
        program = Differentiate.Run(program);
        Dictionary<Node, double[]> values = [];
        foreach (Node node in program.Nodes)
            values[node] = Evaluate(node, topology, leaves, n => values[n]);
        Dictionary<string, double[]> results = program.Outputs.ToDictionary(o => o.Name, o => values[o.Value]);
        foreach (Update update in program.Updates)
            results[((Op.Leaf)update.Target.Op).Name] = values[update.Value];
        return results;
    }

    private static double[] Evaluate(Node node, Topology topology, IReadOnlyDictionary<string, double[]> leaves, Func<Node, double[]> value)
    {
        int rows = topology.Count(node.Space);
        double[] y = new double[(long)rows * node.Row.Size];
        double[] X(int operand) => value(node.Operands[operand]);
        switch (node.Op)
        {
            case Op.Leaf leaf:
                return leaves.TryGetValue(leaf.Name, out double[]? given) && given.Length == y.Length
                    ? given
                    : throw new IrException($"The tensor '{leaf.Name}' needs {y.Length} values of type {leaf.Type}, but {given?.Length ?? 0} were given.");
            case Op.Constant c:
                return [c.Value];
            case Op.InverseDegree d:
                Csr csr = topology.Inverse(d.Map);
                for (int i = 0; i < rows; i++)
                    y[i] = 1.0 / Math.Max(1, csr.Degree(i));
                return y;
            case Op.Unary u:
                return [.. X(0).Select(v => ScalarFunctions.Apply(u.Kind, v, u.Parameter))];
            case Op.Detach or Op.Reshape:
                return X(0);
            case Op.Binary or Op.Expand:
                Elementwise(node, y, rows, value);
                return y;
            case Op.Dropout d:
                uint key = CounterRandom.Key((uint)X(1)[0], (uint)X(2)[0], (uint)d.Stream), threshold = CounterRandom.Threshold(d.Rate);
                int[]? drawn = d.Rows is null ? null : topology.Indices(d.Rows);
                for (int i = 0, columns = node.Row.Size; i < y.Length; i++)
                {
                    uint element = (uint)(drawn is null ? i : (drawn[i / columns] * columns) + (i % columns));
                    y[i] = CounterRandom.Bits(key, element) >= threshold ? X(0)[i] / (1 - (double)d.Rate) : 0;
                }
                return y;
            case Op.Gather g:
                RowOperations.Gather(X(0), topology.Indices(g.Map), node.Row.Size, y);
                return y;
            case Op.Reduce r:
                RowOperations.Reduce(X(0), topology.Inverse(r.Map), r.Kind, node.Row.Size, y);
                return y;
            case Op.Union u:
                RowOperations.Scatter(X(0), topology.Indices(u.First), node.Row.Size, y);
                RowOperations.Scatter(X(1), topology.Indices(u.Second), node.Row.Size, y);
                return y;
            case Op.Softmax s:
                RowOperations.Softmax(X(0), topology.Inverse(s.Map), node.Row.Size, y);
                return y;
            case Op.Linear l:
                MatrixOperations.Linear(node, l, X(0), X(1), topology.Indices(l.Types), y);
                return y;
            case Op.Outer o:
                MatrixOperations.Outer(node, X(0), X(1), topology.Indices(o.Map), y);
                return y;
            case Op.ReduceColumns r:
                RowOperations.ReduceColumns(X(0), r.Kind, node.Operands[0].Row.Columns, y);
                return y;
            case Op.SumHeads:
                int heads = node.Operands[0].Row.Heads, size = node.Row.Size;
                for (int i = 0; i < y.Length; i++)
                {
                    for (int h = 0; h < heads; h++)
                        y[i] += X(0)[(((i / size) * heads) + h) * size + (i % size)];
                }
                return y;
            case Op.Pick p:
                TypeRules.RequireColumns(p, p.Map, topology.Count(p.Map.To), node.Operands[0].Row.Columns);
                for (int i = 0; i < rows; i++)
                    y[i] = X(0)[(i * node.Operands[0].Row.Columns) + topology.Indices(p.Map)[i]];
                return y;
            case Op.OneHot h:
                TypeRules.RequireColumns(h, h.Map, topology.Count(h.Map.To), h.Columns);
                for (int i = 0; i < rows; i++)
                    y[(i * h.Columns) + topology.Indices(h.Map)[i]] = 1;
                return y;
            case Op.ColumnNumbers:
                return [.. Enumerable.Range(0, y.Length).Select(i => (double)i)];
            case Op.Rank r:
                RowOperations.Rank(X(0), topology.Inverse(r.Map), y);
                return y;
            case Op.Concat or Op.Slice:
                RowOperations.MoveColumns(node, value, y);
                return y;
            case Op.FixedPoint f:
                return FixedPoint(f, X(0), [.. node.Operands.Skip(1).Select(value)], topology);
            default:
                throw new IrException($"{ProgramPrinter.Describe(node.Op)} has no meaning in the interpreter.");
        }
    }

    /// <summary>Applies the body until nothing moves any more.</summary>
    private static double[] FixedPoint(Op.FixedPoint op, double[] x, double[][] captures, Topology topology)
    {
        int most = UsualApplications;
        double tolerance = Math.Max(FixedPointTolerance, Rounding / (1 - op.Contraction));
        for (int i = 0; i < most; i++)
        {
            double[] next = Region.Next(Run(op.Body.Program, topology, Region.Inputs(x, captures)));
            double moved = x.Zip(next).Max(p => (double?)Math.Abs(p.First - p.Second)) ?? 0, largest = next.Max(v => (double?)Math.Abs(v)) ?? 0;
            x = next;
            // As many as make the first step too short to count, where the body contracts slowly.
            if (i == 0)
                most = Math.Max(most, 1 + (int)Math.Ceiling(Math.Log(tolerance / Math.Max(1, moved)) / Math.Log(op.Contraction)));
            if (moved <= tolerance * Math.Max(1, largest))
                return x;
        }
        throw new IrException($"A fixed point was not reached in {most} applications; its body does not contract by the factor {op.Contraction} it declares.");
    }

    private static void Elementwise(Node node, double[] y, int rows, Func<Node, double[]> value)
    {
        Node a = node.Operands[0];
        Node c = node.Operands[^1];
        double[] va = value(a), vc = value(c);
        RowShape shape = node.Row;
        int i = 0;
        for (int row = 0; row < rows; row++)
        {
            for (int h = 0; h < shape.Heads; h++)
            {
                for (int r = 0; r < shape.Rows; r++)
                {
                    for (int k = 0; k < shape.Columns; k++, i++)
                    {
                        double x0 = va[Offset(a, row, h, r, k)];
                        y[i] = node.Op is Op.Binary op ? ScalarFunctions.Apply(op.Kind, x0, vc[Offset(c, row, h, r, k)]) : x0;
                    }
                }
            }
        }
    }

    private static int Offset(Node x, int row, int head, int matrixRow, int column)
    {
        RowShape s = x.Row;
        int start = x.Space == Space.One ? 0 : row * s.Size;
        return start + ((((s.Heads == 1 ? 0 : head) * s.Rows) + (s.Rows == 1 ? 0 : matrixRow)) * s.Columns) + (s.Columns == 1 ? 0 : column);
    }
}
