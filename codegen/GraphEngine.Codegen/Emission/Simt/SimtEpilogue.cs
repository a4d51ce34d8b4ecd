using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// What becomes of a product. Where it is used element by element, each work item finishes the sums that it holds in registers. Where it is used in
/// any other way (summed over columns, spread over heads) the rows of a tile are laid out in shared memory first, and work items are dealt out anew
/// over what is stored.
/// </summary>
/// <param name="kernel">The kernel.</param>
internal sealed class SimtEpilogue(Kernel.Gemm kernel)
{
    private readonly int _lanes = SimtShapes.Lanes([kernel.Store]);

    /// <summary>True when work items finish their own sums.</summary>
    public bool IsInRegisters { get; } =
        kernel.Store.Target.Type.Row is var target && target.Heads == kernel.Product.Row.Heads && target.HeadSize == kernel.Product.Row.HeadSize
        && UsesElements(kernel.Store.Value, kernel.Product, new(ReferenceEqualityComparer.Instance));

    /// <summary>Floats of a product row in shared memory.</summary>
    public int Stride => (kernel.Product.Row.Size + 3) / 4 * 4;

    /// <summary>Prints the function that finishes one register of columns.</summary>
    /// <param name="w">The members of the kernel.</param>
    /// <param name="arguments">Names of tensors and tables.</param>
    public void Print(CodeWriter w, KernelArguments arguments)
    {
        bool local = IsInRegisters;
        SimtExpressions expressions = new(arguments, kernel.Expressions)
        {
            Product = b => local ? "y"
                : b.Lanes == 1 ? $"y[row * {Stride} + {b.Position(kernel.Product.Row.HeadSize)}]"
                : $"Float4.Load(y, row * {Stride / 4} + {b.Position(kernel.Product.Row.HeadSize)})",
        };
        (int heads, int columns) = (kernel.Store.Target.Type.Row.Heads, kernel.Store.Target.Type.Row.HeadSize / _lanes);
        SimtBlock block = SimtBlock.One with { Lanes = _lanes, Column = columns > 1 ? "c" : null, Head = heads > 1 ? "h" : null };
        expressions.Open(null);
        expressions.Open(kernel.Row);
        SimtTraversal.Write(expressions, arguments, [kernel.Store], kernel.Index, block);
        string body = expressions.Close(), constants = expressions.Close();
        w.Line();
        using (w.Open($"private static void Finish(Args a, int {kernel.Row.Name}, int h, int c, {(local ? $"{block.Type} y" : "ArrayView<float> y, int row")})"))
            w.Lines(constants).Lines(body);
    }

    /// <summary>Prints the end of a tile whose sums are in registers.</summary>
    /// <param name="w">The entry.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="width">The columns of the product.</param>
    public void FromRegisters(CodeWriter w, SimtTile tile, int width)
    {
        for (int r = 0; r < tile.ItemRows; r++)
        {
            string row = $"first + {tile.Row(r)}";
            using (w.Open($"if ({row} < end)"))
            {
                if (_lanes == 4)
                    w.Line($"if (column + tx * 4 < {width})").Line($"    Finish(a, {row}, h, column / 4 + tx, y{r});");
                else
                    w.Line($"for (int t = 0; t < 4 && column + tx * 4 + t < {width}; t++)").Line($"    Finish(a, {row}, h, column + tx * 4 + t, Float4Math.At(y{r}, t));");
            }
        }
    }

    /// <summary>Prints how sums are laid out in shared memory.</summary>
    /// <param name="w">The entry.</param>
    /// <param name="tile">The tile.</param>
    /// <param name="width">The columns of the product in one head.</param>
    public void ToShared(CodeWriter w, SimtTile tile, int width)
    {
        using (w.Open($"for (int t = 0; t < 4 && column + tx * 4 + t < {width}; t++)"))
        {
            for (int r = 0; r < tile.ItemRows; r++)
                w.Line($"products[({tile.Row(r)}) * {Stride} + h * {width} + column + tx * 4 + t] = Float4Math.At(y{r}, t);");
        }
    }

    /// <summary>Prints the end of a tile whose products are in shared memory.</summary>
    /// <param name="w">The entry.</param>
    /// <param name="tile">The tile.</param>
    public void FromShared(CodeWriter w, SimtTile tile)
    {
        (int heads, int columns) = (kernel.Store.Target.Type.Row.Heads, kernel.Store.Target.Type.Row.HeadSize / _lanes);
        w.Line("Device.LocalBarrier();");
        using (w.Open($"for (int t = item; t < {tile.Rows * heads * columns}; t += {tile.GroupSize})"))
        {
            w.Line($"int row = t / {heads * columns};");
            w.Line("if (first + row < end)");
            w.Line($"    Finish(a, first + row, t / {columns} % {heads}, t % {columns}, products, row);");
        }
    }

    private static bool UsesElements(Expression e, Expression.Product product, HashSet<Expression> seen)
    {
        if (ReferenceEquals(e, product) || !seen.Add(e) || !e.Descendants().Contains(product, ReferenceEqualityComparer.Instance))
            return true;
        bool here = e is Expression.Unary or Expression.Binary or Expression.Dropout or Expression.Expand;
        return here && e.Row.Heads == product.Row.Heads && e.Row.HeadSize == product.Row.HeadSize && e.Children.All(c => UsesElements(c, product, seen));
    }
}
