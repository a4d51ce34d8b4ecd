namespace GraphEngine.Data.Importers;

/// <summary>
/// The 32-bit FNV-1a hash of Fowler, Noll and Vo: small, fixed, and the same in every language, so that splits and features can be remade anywhere.
/// </summary>
internal static class Fnv
{
    private const uint OffsetBasis = 2166136261, Prime = 16777619;

    /// <summary>The hash of the ASCII bytes of a text.</summary>
    public static uint Hash(ReadOnlySpan<char> ascii)
    {
        uint hash = OffsetBasis;
        foreach (char c in ascii)
            hash = unchecked((hash ^ (byte)c) * Prime);
        return hash;
    }
}
