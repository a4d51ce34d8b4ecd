using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>Decides where four columns can move as one.</summary>
internal static class SimtShapes
{
    /// <summary>4 when every value that is as wide as the result has aligned groups of four columns, else 1.</summary>
    /// <param name="e">The value.</param>
    public static int Lanes(Expression e) => e.Row.HeadSize > 1 && Allows(e, new(ReferenceEqualityComparer.Instance)) ? 4 : 1;

    /// <summary>4 when all stores of a row can be made by fours, else 1.</summary>
    /// <param name="stores">The stores, of one shape.</param>
    public static int Lanes(IReadOnlyList<Store> stores)
    {
        HashSet<Expression> seen = new(ReferenceEqualityComparer.Instance);
        return stores[0].Target.Type.Row.HeadSize % 4 == 0 && stores.All(s => Allows(s.Value, seen)) ? 4 : 1;
    }

    private static bool Allows(Expression e, HashSet<Expression> seen)
    {
        if (e.Row.HeadSize == 1 || !seen.Add(e))
            return true;
        bool here = e.Row.HeadSize % 4 == 0 && e switch
        {
            Expression.Slice s => s.Start % 4 == 0,
            Expression.Concat c => c.A.Row.Columns % 4 == 0,
            Expression.Binary or Expression.Expand => e.Children.All(c => !Repetition.Of(c.Row, e.Row)),
            _ => true,
        };
        return here && e.Children.All(c => Allows(c, seen));
    }
}
