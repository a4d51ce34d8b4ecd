using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Interpreter;

/// <summary>Whole-row operations of the interpreter; <c>size</c> is the number of elements of a row.</summary>
internal static class RowOperations
{
    public static void Gather(double[] x, int[] map, int size, double[] y)
    {
        for (int i = 0; i < map.Length; i++)
            x.AsSpan(map[i] * size, size).CopyTo(y.AsSpan(i * size, size));
    }

    /// <summary>y[m(a)] = x[a]</summary>
    public static void Scatter(double[] x, int[] map, int width, double[] y)
    {
        for (int i = 0; i < map.Length; i++)
            x.AsSpan(i * width, width).CopyTo(y.AsSpan(map[i] * width));
    }

    public static void Reduce(double[] x, Csr csr, ReduceKind kind, int size, double[] y)
    {
        for (int row = 0; row < csr.Rows; row++)
        {
            bool first = true;
            foreach (int item in csr[row])
            {
                for (int k = 0; k < size; k++)
                {
                    double v = x[(item * size) + k];
                    ref double target = ref y[(row * size) + k];
                    target = kind == ReduceKind.Sum ? target + v : first ? v : Math.Max(target, v);
                }
                first = false;
            }
        }
    }

    public static void Softmax(double[] x, Csr csr, int size, double[] y)
    {
        for (int row = 0; row < csr.Rows; row++)
        {
            for (int k = 0; k < size; k++)
            {
                double max = double.NegativeInfinity, sum = 0;
                foreach (int item in csr[row])
                    max = Math.Max(max, x[(item * size) + k]);
                foreach (int item in csr[row])
                    sum += y[(item * size) + k] = Math.Exp(x[(item * size) + k] - max);
                foreach (int item in csr[row])
                    y[(item * size) + k] /= sum;
            }
        }
    }

    public static void Rank(double[] x, Csr csr, double[] y)
    {
        for (int row = 0; row < csr.Rows; row++)
        {
            int rank = 0;
            foreach (int item in csr[row].ToArray().OrderByDescending(i => x[i]))
                y[item] = rank++;
        }
    }

    public static void ReduceColumns(double[] x, ReduceKind kind, int columns, double[] y)
    {
        for (int i = 0; i < y.Length; i++)
        {
            ReadOnlySpan<double> row = x.AsSpan(i * columns, columns);
            double result = row[0];
            foreach (double v in row[1..])
                result = kind == ReduceKind.Sum ? result + v : Math.Max(result, v);
            y[i] = result;
        }
    }

    public static void MoveColumns(Node node, Func<Node, double[]> value, double[] y)
    {
        int width = node.Row.Columns, done = 0;
        foreach (Node operand in node.Operands)
        {
            int from = operand.Row.Columns, start = node.Op is Op.Slice s ? s.Start : 0, count = Math.Min(from - start, width - done);
            double[] x = value(operand);
            for (int i = 0; i < y.Length / width; i++)
                x.AsSpan((i * from) + start, count).CopyTo(y.AsSpan((i * width) + done, count));
            done += count;
        }
    }
}
