using GraphEngine.Ir;

namespace GraphEngine.Interpreter;

/// <summary>The products of the interpreter: rows by typed matrices, and sums of outer products.</summary>
internal static class MatrixOperations
{
    public static void Linear(Node node, Op.Linear op, double[] x, double[] w, int[] types, double[] y)
    {
        RowShape input = node.Operands[0].Row, weight = node.Operands[1].Row, output = node.Row;
        for (int row = 0; row < types.Length; row++)
        {
            for (int h = 0; h < output.Heads; h++)
            {
                int xStart = ((row * input.Heads) + (input.Heads == 1 ? 0 : h)) * input.Columns;
                int wStart = ((types[row] * weight.Heads) + (weight.Heads == 1 ? 0 : h)) * weight.Rows * weight.Columns;
                for (int j = 0; j < output.Columns; j++)
                {
                    double sum = 0;
                    for (int i = 0; i < input.Columns; i++)
                        sum += x[xStart + i] * w[wStart + (op.Transposed ? (j * weight.Columns) + i : (i * weight.Columns) + j)];
                    y[(((row * output.Heads) + h) * output.Columns) + j] = sum;
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
                int aStart = ((row * left.Heads) + (left.Heads == 1 ? 0 : h)) * left.Columns;
                int gStart = ((row * right.Heads) + (right.Heads == 1 ? 0 : h)) * right.Columns;
                int yStart = ((map[row] * output.Heads) + h) * output.Rows * output.Columns;
                for (int i = 0; i < output.Rows; i++)
                {
                    for (int j = 0; j < output.Columns; j++)
                        y[yStart + (i * output.Columns) + j] += a[aStart + i] * g[gStart + j];
                }
            }
        }
    }
}
