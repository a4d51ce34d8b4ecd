using System.Runtime.CompilerServices;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission;

/// <summary>A nesting level of generated text: a loop over rows, items or columns, with the values already computed in it.</summary>
/// <param name="loop">The loop whose position changes here; null for the function itself and for loops over columns.</param>
/// <typeparam name="TBlock">The columns that a register of the schedule family holds.</typeparam>
internal sealed class EmissionScope<TBlock>(LoopVariable? loop)
    where TBlock : struct, IEquatable<TBlock>
{
    public LoopVariable? Loop { get; } = loop;

    public CodeWriter Text { get; } = new();

    public Dictionary<(Expression, TBlock), string> Values { get; } = new(new ByReference());

    public Dictionary<object, string> Names { get; } = [];

    private sealed class ByReference : IEqualityComparer<(Expression Expression, TBlock Block)>
    {
        public bool Equals((Expression Expression, TBlock Block) x, (Expression Expression, TBlock Block) y) =>
            ReferenceEquals(x.Expression, y.Expression) && x.Block.Equals(y.Block);

        public int GetHashCode((Expression Expression, TBlock Block) x) => HashCode.Combine(RuntimeHelpers.GetHashCode(x.Expression), x.Block);
    }
}
