namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>The columns of one head that a work item computes in one register: a single column or four.</summary>
/// <param name="Lanes">1 or 4. Variables count in these units.</param>
/// <param name="Column">The variable the columns start at; null when they start at the offset itself.</param>
/// <param name="ColumnScope">The number of the scope that declares the variable.</param>
/// <param name="Offset">The first column, counted from the variable, in floats.</param>
/// <param name="Head">The variable that holds the head; null for a head known now.</param>
/// <param name="HeadScope">The number of the scope that declares it.</param>
/// <param name="HeadNumber">The head known now.</param>
internal readonly record struct SimtBlock(int Lanes, string? Column, int ColumnScope, int Offset, string? Head, int HeadScope, int HeadNumber) : IRegisterBlock
{
    /// <summary>The only column of a scalar of a single head.</summary>
    public static SimtBlock One { get; } = new(1, null, 0, 0, null, 0, 0);

    /// <inheritdoc/>
    public string Type => Lanes == 1 ? "float" : "Float4";

    /// <inheritdoc/>
    public int Scope => Math.Max(Column is null ? 0 : ColumnScope, Head is null ? 0 : HeadScope);

    /// <summary>The first column within its head, in units of lanes.</summary>
    public string InHead => Column is null ? $"{Offset / Lanes}" : Offset == 0 ? Column : $"{Column} + {Offset / Lanes}";

    /// <summary>The position of the first column in a row of some shape, in units of lanes.</summary>
    /// <param name="headSize">The width of one head, in floats.</param>
    public string Position(int headSize)
    {
        int unit = headSize / Lanes, start = ((Head is null ? HeadNumber : 0) * unit) + (Offset / Lanes);
        List<string> terms = [];
        if (Head is not null)
            terms.Add(unit == 1 ? Head : $"{Head} * {unit}");
        if (Column is not null)
            terms.Add(Column);
        if (start != 0 || terms.Count == 0)
            terms.Add($"{start}");
        return string.Join(" + ", terms);
    }

    /// <summary>The position in floats.</summary>
    /// <param name="headSize">The width of one head, in floats.</param>
    public string Element(int headSize) => Lanes == 1 ? Position(headSize) : $"({Position(headSize)}) * {Lanes}";
}
