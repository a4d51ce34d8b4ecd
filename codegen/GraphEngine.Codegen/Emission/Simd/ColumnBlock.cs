using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>Some consecutive columns of one head, or the only columns of all heads, that are computed together in one register.</summary>
/// <param name="Lanes">How many: a vector width, or 1.</param>
/// <param name="Column">A variable that the columns start at; null when they start at the offset itself.</param>
/// <param name="ColumnScope">The number of the scope that declares the variable.</param>
/// <param name="Offset">The first column, counted from the variable.</param>
/// <param name="Head">The head; negative for the only columns of all heads.</param>
internal readonly record struct ColumnBlock(int Lanes, string? Column, int ColumnScope, int Offset, int Head) : IRegisterBlock
{
    /// <inheritdoc/>
    public string Type => Lanes == 1 ? "float" : $"Vector{32 * Lanes}<float>";

    /// <inheritdoc/>
    public int Scope => Column is null ? 0 : ColumnScope;

    /// <summary>The class with the static members of the register's type.</summary>
    public string Class => $"Vector{32 * Lanes}";

    /// <summary>True when it holds a number of each head.</summary>
    public bool IsAcrossHeads => Head < 0;

    /// <summary>The position of the first column in a row of some shape.</summary>
    /// <param name="headSize">The width of one head.</param>
    public string Position(int headSize)
    {
        int start = (Math.Max(0, Head) * headSize) + Offset;
        return Column is null ? $"{start}" : start == 0 ? Column : $"{Column} + {start}";
    }

    /// <summary>A read of the block.</summary>
    /// <param name="address">Its first column.</param>
    public string Load(string address) => Lanes == 1 ? $"*({address})" : $"{Class}.Load({address})";

    /// <summary>A statement that stores the block.</summary>
    /// <param name="address">Its first column.</param>
    /// <param name="value">What is stored.</param>
    public string Store(string address, string value) => Lanes == 1 ? $"*({address}) = {value};" : $"{value}.Store({address});";

    /// <summary>A statement that adds to the block in memory.</summary>
    /// <param name="address">Its first column.</param>
    /// <param name="value">What is added.</param>
    public string AddTo(string address, string value) => Lanes == 1 ? $"*({address}) += {value};" : $"({Load(address)} + {value}).Store({address});";

    /// <summary>The only column of a scalar.</summary>
    /// <param name="head">The head.</param>
    public static ColumnBlock Scalar(int head) => new(1, null, 0, 0, head);

    /// <summary>The numbers of all heads, which lie side by side.</summary>
    /// <param name="heads">How many: a vector width.</param>
    public static ColumnBlock AcrossHeads(int heads) => new(heads, null, 0, 0, -1);

    /// <summary>
    /// The blocks of a value that has a number per head: one register where a vector has as many lanes and the value can be computed in it, else one
    /// by one.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="heads">How many heads the stored row has.</param>
    /// <param name="lanes">The widest vector.</param>
    public static ColumnBlock[] OfNumbers(Expression value, int heads, int lanes) =>
        heads >= 4 && heads <= lanes && int.IsPow2(heads) && CanBeAcrossHeads(value, heads, new(ReferenceEqualityComparer.Instance))
            ? [AcrossHeads(heads)]
            : [.. Enumerable.Range(0, heads).Select(Scalar)];

    /// <summary>Disjoint blocks of a value, for sums: a column that two blocks share would be counted twice.</summary>
    /// <param name="value">The value.</param>
    /// <param name="lanes">The widest vector.</param>
    public static ColumnBlock[] Disjoint(Expression value, int lanes) => value.Row.HeadSize == 1
        ? OfNumbers(value, value.Row.Heads, lanes)
        : [.. Enumerable.Range(0, value.Row.Heads).SelectMany(h => Exact(value.Row.HeadSize, lanes, h))];

    private static bool CanBeAcrossHeads(Expression value, int heads, HashSet<Expression> seen) =>
        value.Row.Size == 1 || !seen.Add(value) || (value.Row.Size == heads && value.Row.HeadSize == 1 && value switch
        {
            Expression.Load or Expression.Product or Expression.ReduceColumns => true,
            Expression.Unary or Expression.Binary or Expression.Expand or Expression.Dropout or Expression.Reduce => value.Children.All(c => CanBeAcrossHeads(c, heads, seen)),
            _ => false,
        });

    /// <summary>Blocks that cover a width, widest first; disjoint, down to single columns.</summary>
    /// <param name="width">The width.</param>
    /// <param name="lanes">The widest vector.</param>
    /// <param name="head">The head.</param>
    public static IEnumerable<ColumnBlock> Exact(int width, int lanes, int head)
    {
        int done = 0;
        for (; lanes >= 4; lanes /= 2)
        {
            for (; done + lanes <= width; done += lanes)
                yield return new ColumnBlock(lanes, null, 0, done, head);
        }
        for (; done < width; done++)
            yield return new ColumnBlock(1, null, 0, done, head);
    }

    /// <summary>Blocks of one size that cover a width, the last one overlapping its neighbour: for values that may be computed twice.</summary>
    /// <param name="width">The width.</param>
    /// <param name="lanes">The widest vector.</param>
    /// <param name="head">The head.</param>
    public static IEnumerable<ColumnBlock> Covering(int width, int lanes, int head)
    {
        while (lanes > width && lanes > 4)
            lanes /= 2;
        if (width < lanes)
            return Exact(width, lanes, head);
        int count = (width + lanes - 1) / lanes;
        return Enumerable.Range(0, count).Select(i => new ColumnBlock(lanes, null, 0, Math.Min(i * lanes, width - lanes), head));
    }
}
