using System.Globalization;

namespace GraphEngine.Codegen.Emission;

/// <summary>Numbers in generated C#.</summary>
internal static class FloatLiteral
{
    /// <summary>A float as an expression that has exactly its value.</summary>
    /// <param name="value">The number.</param>
    public static string Of(float value) =>
        float.IsNaN(value) ? "float.NaN"
        : float.IsPositiveInfinity(value) ? "float.PositiveInfinity"
        : float.IsNegativeInfinity(value) ? "float.NegativeInfinity"
        : $"{value.ToString("R", CultureInfo.InvariantCulture)}f";
}
