using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>How a CPU walks through rows times typed weights: widths, tiles, and where the operands of a product lie.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="HeadK">The inner width of one head of the weight.</param>
/// <param name="K">The inner width of a product: of all heads of the weight where they are summed, since these lie one below the other, turned or
/// not.</param>
/// <param name="N">The outer width of a product: of all heads where they are side by side.</param>
/// <param name="IsSideBySide">True for narrow heads of one row, which are computed together: what is read of the row serves all of them.</param>
/// <param name="Start">The vector per type that the sums of a product start with; null for zeros.</param>
/// <param name="Micro">The product of a tile.</param>
/// <param name="TileRows">The rows of a tile.</param>
internal sealed record GemmShape(Kernel.Gemm Kernel, int HeadK, int K, int N, bool IsSideBySide, TensorBuffer? Start, MicroKernel Micro, int TileRows)
{
    // Turning a weight costs as much as some rows of dots with it.
    private const int MostDots = 4;

    public static GemmShape Of(Kernel.Gemm kernel, DeviceProfile profile)
    {
        RowShape weight = kernel.WeightRow;
        (int headK, int n) = kernel.Transposed ? (weight.Columns, weight.Rows) : (weight.Rows, weight.Columns);
        int k = kernel.SumsHeads ? weight.Heads * headK : headK;
        int panel = MicroKernel.PanelOf(kernel.Schedule.PanelVectors, profile) * profile.VectorFloats;
        bool sideBySide = kernel.A.Row.Heads == 1 && weight.Heads > 1 && !kernel.Transposed && n < panel;
        n *= sideBySide ? kernel.Product.Row.Heads : 1;
        TensorBuffer? start = StartOf(kernel);
        MicroKernel micro = new(
            k, n, kernel.Schedule.PanelVectors, profile, start is not null, TileOperand.GatheredRows(kernel.A, kernel.Row) is not null);
        int tileRows = Math.Max(micro.Rows, kernel.Schedule.TileFloats / Math.Max(k, n) / micro.Rows * micro.Rows);
        return new GemmShape(kernel, headK, k, n, sideBySide, start, micro, tileRows);
    }

    public int Heads => Kernel.Product.Row.Heads;

    /// <summary>How many products a tile takes.</summary>
    public int Products => IsSideBySide ? 1 : Heads;

    /// <summary>The tensor whose rows are the left operand; null for other operands.</summary>
    public TensorBuffer? Plain => TileOperand.PlainRows(Kernel.A, Kernel.Row);

    /// <summary>The tensor, and the list of its rows, that are the left operand; null for other operands.</summary>
    public (TensorBuffer Buffer, IndexTable List)? Gathered => TileOperand.GatheredRows(Kernel.A, Kernel.Row);

    /// <summary>True when the left operand is computed into a tile.</summary>
    public bool IsComputed => Plain is null && Gathered is null;

    /// <summary>True when the product is what is stored, where it is made.</summary>
    public bool IsDirect => (ReferenceEquals(Kernel.Store.Value, Kernel.Product) || Start is not null) && Kernel.Index.Table is null;

    /// <summary>True when the weight is laid out in another way before it is multiplied.</summary>
    public bool IsPacked => Kernel.Transposed || IsSideBySide;

    /// <summary>So few rows of a type that dots with its weight as it lies cost less than to turn it; 0 where that cannot be done.</summary>
    public int FewRows => Start is null ? MostDots : 0;

    public int ASize => Kernel.A.Row.Size;

    public int YSize => Kernel.Product.Row.Size;

    public int WeightSize => Kernel.WeightRow.Size;

    /// <summary>Floats of scratch memory for the left operand; those for the results, and for the weight, come behind them.</summary>
    public int AFloats => IsComputed ? TileRows * ASize : 0;

    public int YFloats => IsDirect ? 0 : TileRows * YSize;

    public int WeightFloats => IsPacked && Kernel.Packed is null ? WeightSize : 0;

    /// <summary>Where a head's part of the left operand and of the weight starts.</summary>
    /// <param name="head">The head.</param>
    /// <param name="k">The inner width of a head.</param>
    public (int A, int Weight) PlaceOf(int head, int k) => (Kernel.A.Row.Heads == 1 ? 0 : head * k, Kernel.WeightRow.Heads == 1 ? 0 : head * k * N);

    /// <summary>The vector per type that is added to each product and nothing else: the sums of the product start with it.</summary>
    private static TensorBuffer? StartOf(Kernel.Gemm kernel)
    {
        if (kernel.Index.Table is not null || kernel.Store.Value is not Expression.Binary { Kind: BinaryKind.Add } sum)
            return null;
        Expression other = ReferenceEquals(sum.A, kernel.Product) ? sum.B : ReferenceEquals(sum.B, kernel.Product) ? sum.A : sum;
        return other is Expression.Load load && load.Index == kernel.Index.Through(kernel.Types) && load.Row == kernel.Product.Row && sum.Row == kernel.Product.Row
            ? load.Buffer
            : null;
    }
}
