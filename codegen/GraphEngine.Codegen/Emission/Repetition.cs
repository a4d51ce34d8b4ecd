using GraphEngine.Ir;

namespace GraphEngine.Codegen.Emission;

/// <summary>
/// Operands that are neither one number nor as wide as the result: matrix rows or columns, which the result repeats. Both schedule families read them
/// column by column.
/// </summary>
internal static class Repetition
{
    /// <summary>True when the result of an elementwise function repeats an operand.</summary>
    /// <param name="operand">The operand's shape.</param>
    /// <param name="result">The result's shape.</param>
    public static bool Of(RowShape operand, RowShape result) => operand.HeadSize != 1 && operand.HeadSize != result.HeadSize;
}
