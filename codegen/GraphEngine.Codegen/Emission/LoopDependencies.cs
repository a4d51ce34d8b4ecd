using System.Runtime.CompilerServices;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission;

/// <summary>Which loops a value changes with: it is computed in the innermost of them.</summary>
/// <param name="rows">The loop over rows, which the product of a GEMM belongs to.</param>
internal sealed class LoopDependencies(Func<LoopVariable> rows)
{
    private readonly ConditionalWeakTable<Expression, HashSet<LoopVariable>> _known = [];

    /// <summary>The loops of a value; empty for constants of the launch.</summary>
    /// <param name="e">The value.</param>
    public HashSet<LoopVariable> Of(Expression e) => _known.GetValue(e, Find);

    private HashSet<LoopVariable> Find(Expression e)
    {
        HashSet<LoopVariable> loops = [.. e.Children.SelectMany(Of)];
        if (e is Expression.Precedes { First.Loop: LoopVariable first })
            loops.Add(first);
        LoopVariable? own = e switch
        {
            Expression.Load l => l.Index.Loop,
            Expression.Precedes p => p.Second.Loop,
            Expression.InverseDegree d => d.Index.Loop,
            Expression.Dropout d => d.Index.Loop,
            Expression.Pick p => p.Column.Loop,
            Expression.OneHot o => o.Column.Loop,
            Expression.Reduce r => r.Loop.Outer!.Loop,
            Expression.Product => rows(),
            _ => null,
        };
        if (e is Expression.Reduce reduce)
            loops.Remove(reduce.Loop);
        if (own is not null)
            loops.Add(own);
        return loops;
    }
}
