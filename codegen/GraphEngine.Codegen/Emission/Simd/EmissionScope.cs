using System.Runtime.CompilerServices;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>A nesting level of generated text: a loop over rows, items or columns, with the values already computed in it.</summary>
/// <param name="loop">The loop whose position changes here; null for the function itself and for loops over columns.</param>
internal sealed class EmissionScope(LoopVariable? loop)
{
    public LoopVariable? Loop { get; } = loop;

    public CodeWriter Text { get; } = new();

    public Dictionary<(Expression, ColumnBlock), string> Values { get; } = new(new ByReference());

    public Dictionary<object, string> Names { get; } = [];

    private sealed class ByReference : IEqualityComparer<(Expression Expression, ColumnBlock Block)>
    {
        public bool Equals((Expression Expression, ColumnBlock Block) x, (Expression Expression, ColumnBlock Block) y) =>
            ReferenceEquals(x.Expression, y.Expression) && x.Block == y.Block;

        public int GetHashCode((Expression Expression, ColumnBlock Block) x) => HashCode.Combine(RuntimeHelpers.GetHashCode(x.Expression), x.Block);
    }
}
