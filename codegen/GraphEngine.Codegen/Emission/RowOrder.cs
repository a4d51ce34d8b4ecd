namespace GraphEngine.Codegen.Emission;

/// <summary>How both schedule families print the comparison of two rows.</summary>
internal static class RowOrder
{
    /// <summary>1 where a number is larger than another, or equal and of an earlier row.</summary>
    public static string Precedes(string a, string first, string b, string second) => $"({a} > {b} || ({a} == {b} && {first} < {second})) ? 1f : 0f";
}
