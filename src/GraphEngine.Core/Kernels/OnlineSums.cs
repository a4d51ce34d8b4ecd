using System.Runtime.CompilerServices;
using GraphEngine.Ir;

namespace GraphEngine.Kernels;

/// <summary>
/// The sums of a kernel that one loop over a row's items can make together with the maximum that their exponentials are relative to, sum exp(x - max
/// x) y: whenever an x is larger than all before it, what is summed so far is scaled by exp(before - x) (Milakov and Gimelshein, Online normalizer
/// calculation for softmax, arXiv 1805.02867).
/// </summary>
public sealed class OnlineSums
{
    private readonly Dictionary<Expression.Reduce, List<Expression.Reduce>> _sums = new(ReferenceEqualityComparer.Instance);
    private readonly ConditionalWeakTable<Expression.Reduce, Expression.Reduce> _maxima = [];

    /// <summary>Finds the sums.</summary>
    /// <param name="values">What a kernel computes.</param>
    public OnlineSums(IEnumerable<Expression> values)
    {
        HashSet<Expression> seen = new(ReferenceEqualityComparer.Instance);
        foreach (Expression.Reduce sum in values.SelectMany(e => e.Descendants()).OfType<Expression.Reduce>().Where(seen.Add))
        {
            if (FindMaximum(sum) is not { } maximum)
                continue;
            _maxima.Add(sum, maximum);
            if (!_sums.TryGetValue(maximum, out List<Expression.Reduce>? sums))
                _sums[maximum] = sums = [];
            sums.Add(sum);
        }
    }

    /// <summary>The maxima that are made together with sums.</summary>
    public IEnumerable<Expression.Reduce> Maxima => _sums.Keys;

    /// <summary>The maximum that can be made in the loop of a sum; null for other sums and for maxima.</summary>
    /// <param name="sum">A reduction.</param>
    public Expression.Reduce? MaximumOf(Expression.Reduce sum) => _maxima.TryGetValue(sum, out Expression.Reduce? maximum) ? maximum : null;

    /// <summary>The sums whose exponentials are relative to a maximum; none for other reductions.</summary>
    /// <param name="maximum">A reduction.</param>
    public IReadOnlyList<Expression.Reduce> SumsWith(Expression.Reduce maximum) => _sums.GetValueOrDefault(maximum) ?? [];

    private static Expression.Reduce? FindMaximum(Expression.Reduce sum)
    {
        if (sum.Kind != ReduceKind.Sum)
            return null;
        Expression.Reduce[] maxima = [.. sum.Body.Descendants().OfType<Expression.Reduce>()];
        return maxima is [{ Kind: ReduceKind.Max } maximum] && ReferenceEquals(maximum.Loop, sum.Loop) && IsOfItems(maximum) && IsProportional(sum.Body, maximum) ? maximum : null;
    }

    /// <summary>True for exp(x - max x), and for what is multiplied by it: the whole scales with it.</summary>
    private static bool IsProportional(Expression e, Expression.Reduce maximum) => e switch
    {
        Expression.Unary { Kind: UnaryKind.Exp, X: Expression.Binary { Kind: BinaryKind.Sub } shifted } => ReferenceEquals(shifted.A, maximum.Body) && ReferenceEquals(shifted.B, maximum),
        Expression.Unary { Kind: UnaryKind.Neg } negated => IsProportional(negated.X, maximum),
        Expression.Binary { Kind: BinaryKind.Mul } product => (IsProportional(product.A, maximum) && IsFree(product.B, maximum)) || (IsFree(product.A, maximum) && IsProportional(product.B, maximum)),
        Expression.Binary { Kind: BinaryKind.Div } quotient => IsProportional(quotient.A, maximum) && IsFree(quotient.B, maximum),
        Expression.Dropout dropout => IsProportional(dropout.X, maximum),
        Expression.Expand wider => IsProportional(wider.X, maximum),
        _ => false,
    };

    /// <summary>
    /// False for a maximum of equal numbers: what only reads the row is computed before the loop, when the maximum is not known yet.
    /// </summary>
    private static bool IsOfItems(Expression.Reduce maximum) => maximum.Body.Descendants().Any(d => d is Expression.Load load && ReferenceEquals(load.Index.Loop, maximum.Loop));

    private static bool IsFree(Expression e, Expression.Reduce maximum) => !e.Descendants().Any(d => ReferenceEquals(d, maximum));
}
