using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simd;

/// <content>Sums and maxima over columns.</content>
internal sealed partial class SimdExpressions
{
    protected override string EmitColumns(Expression.ReduceColumns r, ColumnBlock block, int scope) =>
        Register(scope, block, block.IsAcrossHeads ? ReduceColumns(r, block) : ReduceColumns(r, block.Head));

    private string ReduceColumns(Expression.ReduceColumns r, int head)
    {
        bool sum = r.Kind == ReduceKind.Sum;
        ColumnBlock[] blocks = [.. ColumnBlock.Exact(r.X.Row.HeadSize, lanes, head)];
        string[] values = Emit(r.X, blocks);
        List<string> scalars = [];
        foreach (IGrouping<int, int> group in Enumerable.Range(0, blocks.Length).GroupBy(i => blocks[i].Lanes))
        {
            string type = blocks[group.First()].Class;
            IEnumerable<string> names = group.Select(i => values[i]);
            if (group.Key == 1)
                scalars.AddRange(names);
            else
                scalars.Add(sum ? $"Simd.SumOf({string.Join(" + ", names)})" : $"Simd.MaxOf({names.Aggregate((a, b) => $"{type}.Max({a}, {b})")})");
        }
        return sum ? string.Join(" + ", scalars) : scalars.Aggregate((a, b) => $"Math.Max({a}, {b})");
    }

    /// <summary>A number of each head: registers of four heads are added up together.</summary>
    private string ReduceColumns(Expression.ReduceColumns r, ColumnBlock block)
    {
        ColumnBlock[][] heads = [.. Enumerable.Range(0, block.Lanes).Select(h => ColumnBlock.Exact(r.X.Row.HeadSize, lanes, h).ToArray())];
        if (r.Kind != ReduceKind.Sum || heads[0][^1].Lanes == 1 || heads[0].Any(b => b.Lanes != heads[0][0].Lanes))
            return $"{block.Class}.Create({string.Join(", ", Enumerable.Range(0, block.Lanes).Select(h => ReduceColumns(r, h)))})";
        Emit(r.X, [.. heads.SelectMany(h => h)]);
        string[] sums = [.. heads.Select(h => string.Join(" + ", Emit(r.X, h)))];
        string[] fours = [.. sums.Chunk(4).Select(four => $"Simd.SumsOf({string.Join(", ", four)})")];
        return block.Lanes switch
        {
            4 => fours[0],
            8 => $"Vector256.Create({fours[0]}, {fours[1]})",
            _ => $"Vector512.Create(Vector256.Create({fours[0]}, {fours[1]}), Vector256.Create({fours[2]}, {fours[3]}))",
        };
    }
}
