using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Kernels;

/// <summary>Which rows of a tensor a kernel touches while it is at a row of its own.</summary>
internal static class RowAccess
{
    /// <summary>True when a kernel reads a tensor at the row it is at, or not at all.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="buffer">The tensor.</param>
    public static bool ReadsOwnRow(Kernel kernel, TensorBuffer buffer)
    {
        RowIndex own = new(kernel.Row, null);
        return !(kernel is Kernel.Gemm gemm && gemm.Weight == buffer)
            && kernel.Loads.Where(l => l.Buffer == buffer).All(l => l.Index == own && l.Row.Size == buffer.Type.Row.Size);
    }

    /// <summary>True when a kernel writes a tensor at the row it is at, or not at all.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="buffer">The tensor.</param>
    public static bool WritesOwnRow(Kernel kernel, TensorBuffer buffer) => kernel switch
    {
        Kernel.Traversal t => t.Stores.Where(s => s.Target == buffer).All(s => s.At is null && !s.Adds) && t.ItemStores.All(s => s.Store.Target != buffer),
        Kernel.Segments s => s.Statements.Where(x => x.Target == buffer).All(x => !s.IsPerItem(x)),
        Kernel.Gemm g => g.Store.Target != buffer || g.Store.At is null,
        Kernel.Outer o => o.Types.IsIdentity || !o.Writes.Contains(buffer),
        _ => !kernel.Writes.Contains(buffer),
    };

    /// <summary>
    /// True when a kernel reads elements of a tensor other than the one it stores next: nothing says that those are not replaced yet.
    /// </summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="buffer">A tensor of the rows that the kernel stores.</param>
    public static bool ReadsOtherElements(Kernel kernel, TensorBuffer buffer) => kernel.Reads.Contains(buffer) && kernel switch
    {
        Kernel.Traversal { ItemStores: [] } t => t.Stores.Any(s => s.At is not null || ReadsOtherElements(s, buffer, new RowIndex(t.Row, null))),
        Kernel.Gemm g => g.Weight == buffer || g.A.Descendants().OfType<Expression.Load>().Any(l => l.Buffer == buffer) || ReadsOtherElements(g.Store, buffer, g.Index),
        _ => true,
    };

    private static bool ReadsOtherElements(Store store, TensorBuffer buffer, RowIndex here)
    {
        RowShape shape = store.Target.Type.Row;
        // Parts are told apart as objects: comparing their contents would walk through shared parts again and again.
        HashSet<Expression> elements = new(ReferenceEqualityComparer.Instance), others = new(ReferenceEqualityComparer.Instance);
        bool Reads(Expression e, bool isElement)
        {
            if (!(isElement ? elements : others).Add(e))
                return false;
            if (e is Expression.Load load && load.Buffer == buffer)
                return !isElement || e.Row != shape || (load.Index != here && buffer.Type.Space != Space.One);
            bool inner = isElement && e is Expression.Unary or Expression.Binary or Expression.Dropout or Expression.Expand && e.Row == shape;
            return e.Children.Any(c => Reads(c, inner));
        }

        return Reads(store.Value, isElement: true);
    }
}
