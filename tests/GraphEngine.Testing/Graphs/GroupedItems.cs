using GraphEngine.Graphs;

namespace GraphEngine.Testing;

/// <summary>
/// A data set whose labels only neighbours know: an item's labels are those of the group it belongs to, which the group's features show, while those
/// of items are noise.
/// </summary>
public static class GroupedItems
{
    /// <summary>The number of classes.</summary>
    public const int Classes = 3;

    private const int Items = 240;
    private const int Groups = 30;

    /// <summary>Makes the data set.</summary>
    /// <param name="features">The width of features; 0 for nodes without any.</param>
    /// <param name="multiLabel">True for one to three labels per item.</param>
    /// <param name="strangers">How many other groups each item is joined to by a relation that says nothing of its labels: attention has to look past
    /// them.</param>
    public static GraphData Make(int features, bool multiLabel = false, int strangers = 0)
    {
        Random random = new(1);
        List<EdgeType> relations = [new EdgeType("in", "item", "group"), new EdgeType("has", "group", "item"), new EdgeType("never", "nothing", "item")];
        int[] of = [.. Enumerable.Range(0, Items).Select(_ => random.Next(Groups))];
        int[] every = [.. Enumerable.Range(0, Items)];
        List<EdgeList> edges = [new EdgeList(every, of), new EdgeList(of, every), EdgeList.Empty];
        float[] noise = [.. Enumerable.Range(0, Items * features).Select(_ => random.NextSingle() - 0.5f)];
        if (strangers > 0)
        {
            relations.Add(new EdgeType("sees", "group", "item"));
            edges.Add(new EdgeList([.. Enumerable.Range(0, Items * strangers).Select(_ => random.Next(Groups))], [.. Enumerable.Range(0, Items * strangers).Select(i => i / strangers)]));
        }
        int[][] labelsOf = [.. Enumerable.Range(0, Groups).Select(g => multiLabel ? Several(g) : [g % Classes])];
        float[] shown = new float[Groups * features];
        for (int g = 0; g < Groups && features > 0; g++)
        {
            foreach (int c in labelsOf[g])
                shown[(g * features) + c] = 1;
        }
        GraphSchema schema = new([new NodeType("item", features), new NodeType("group", features), new NodeType("nothing")], relations);
        Split[] splits = [.. every.Select(i => i % 4 == 0 ? Split.Test : i % 4 == 1 ? Split.Valid : Split.Train)];
        NodeTask task = new("colour", "item", ["red", "green", "blue"], multiLabel, [.. of.Select(g => labelsOf[g])], splits);
        return new GraphData(
            "tiny", "none", "made by a test", new HeteroGraph(schema, [Items, Groups, 0], edges),
            features > 0 ? [new FeatureMatrix(features, noise), new FeatureMatrix(features, shown), null] : [null, null, null], [null, null, null], [task]);
    }

    /// <summary>Every set of classes but the empty one, in turn.</summary>
    private static int[] Several(int group) => [.. Enumerable.Range(0, Classes).Where(c => ((1 + (group % ((1 << Classes) - 1))) & (1 << c)) != 0)];
}
