using GraphEngine.Ir;

namespace GraphEngine.Interpreter;

/// <summary>The products of the interpreter: rows by typed matrices, and sums of outer products. A row is a vector or a matrix, per head.</summary>
internal static class MatrixOperations
{
    public static void Linear(Node node, Op.Linear op, double[] x, double[] w, int[] types, double[] y)
    {
        RowShape input = node.Operands[0].Row, weight = node.Operands[1].Row, output = node.Row;
        for (int row = 0; row < types.Length; row++)
        {
            for (int h = 0; h < output.Heads; h++)
            {
                int wStart = ((types[row] * weight.Heads) + (weight.Heads == 1 ? 0 : h)) * weight.Rows * weight.Columns;
                for (int r = 0; r < output.Rows; r++)
                {
                    int xStart = Start(input, row, h, r);
                    for (int j = 0; j < output.Columns; j++)
                    {
                        double sum = 0;
                        for (int i = 0; i < input.Columns; i++)
                            sum += x[xStart + i] * w[wStart + (op.Transposed ? (j * weight.Columns) + i : (i * weight.Columns) + j)];
                        y[Start(output, row, h, r) + j] = sum;
                    }
                }
            }
        }
    }

    public static void Outer(Node node, double[] a, double[] g, int[] map, double[] y)
    {
        RowShape left = node.Operands[0].Row, right = node.Operands[1].Row, output = node.Row;
        for (int row = 0; row < map.Length; row++)
        {
            for (int h = 0; h < output.Heads; h++)
            {
                for (int r = 0; r < left.Rows; r++)
                {
                    int aStart = Start(left, row, h, r), gStart = Start(right, row, h, r);
                    for (int i = 0; i < output.Rows; i++)
                    {
                        for (int j = 0; j < output.Columns; j++)
                            y[Start(output, map[row], h, i) + j] += a[aStart + i] * g[gStart + j];
                    }
                }
            }
        }
    }

    /// <summary>Where a row of a matrix starts; heads broadcast.</summary>
    private static int Start(RowShape shape, int row, int head, int matrixRow) =>
        ((((row * shape.Heads) + (shape.Heads == 1 ? 0 : head)) * shape.Rows) + matrixRow) * shape.Columns;
}
