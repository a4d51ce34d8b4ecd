using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>Where the columns of a value come from when they do not simply lie at the same place in its operands.</summary>
internal static class ColumnSelection
{
    /// <summary>True when an operand of an elementwise value has matrix rows or columns of width 1 that the value repeats.</summary>
    public static bool Repeats(Expression operand, Expression user) =>
        user is Expression.Binary or Expression.Expand && Repetition.Of(operand.Row, user.Row);

    /// <summary>True when a value is made of such parts, so that its columns must be known when it is printed.</summary>
    public static bool NeedsFixedColumns(Expression value) =>
        value.Descendants().Any(e => e is Expression.Concat || e.Children.Any(c => Repeats(c, e)));

    /// <summary>The operand and its column for each column of a concatenation.</summary>
    public static Func<int, (Expression From, int Column)> Of(Expression.Concat concat)
    {
        int first = concat.A.Row.Columns;
        return k => k < first ? (concat.A, k) : (concat.B, k - first);
    }

    /// <summary>The element of a repeated operand for each element of its user; matrices lie row after row.</summary>
    public static Func<int, (Expression From, int Column)> Of(Expression operand, Expression user) =>
        k => (operand, ((operand.Row.Rows == 1 ? 0 : k / user.Row.Columns) * operand.Row.Columns) + (operand.Row.Columns == 1 ? 0 : k % user.Row.Columns));
}
