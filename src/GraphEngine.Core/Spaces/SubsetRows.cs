namespace GraphEngine.Spaces;

/// <summary>
/// Which rows of all edges, groups or nodes belong to an <see cref="EdgeSet"/>, lie around some nodes, or are those of a type among some, in order.
/// </summary>
internal static class SubsetRows
{
    /// <summary>The rows.</summary>
    /// <param name="space">Rows of a set of edges, nodes around others, or those of a type.</param>
    /// <param name="topology">The topology.</param>
    /// <exception cref="ArgumentException">The rows are those of one side of another number of relations.</exception>
    public static int[] Of(Space space, Topology topology) => Where(
        space.Centre is Space centre ? Around(Nodes(centre, topology), topology)
        : space.Among is Space among ? OfType(space.NodeType!, Nodes(among, topology), topology)
        : Of(space.Subset!.Value.Whole, space.Subset.Value.Set, topology));

    /// <summary>Which nodes are inside, or come into a node inside by an edge.</summary>
    /// <param name="inside">Which nodes are inside.</param>
    /// <param name="topology">The topology.</param>
    public static bool[] Around(bool[] inside, Topology topology)
    {
        bool[] around = [.. inside];
        int[] source = topology.Indices(IndexMap.EdgeSource), target = topology.Indices(IndexMap.EdgeTarget);
        for (int e = 0; e < source.Length; e++)
            around[source[e]] |= inside[target[e]];
        return around;
    }

    private static bool[] OfType(string nodeType, bool[] among, Topology topology)
    {
        bool[] rows = new bool[among.Length];
        foreach (int node in topology.Indices(IndexMap.Inclusion(nodeType)))
            rows[node] = among[node];
        return rows;
    }

    private static bool[] Of(Space whole, EdgeSet set, Topology topology)
    {
        bool[] rows = IntoTargets(whole, set.Targets, topology);
        if (set.Sides is not RelationSides sides)
            return rows;
        if (topology.Count(Space.EdgeTypes) != sides.OnTargets.Count)
            throw new ArgumentException($"The program was compiled for {sides.OnTargets.Count} edge types, but the graph has {topology.Count(Space.EdgeTypes)}; compile it for this graph.", nameof(topology));
        int[] types = topology.Indices(whole == Space.Edges ? IndexMap.EdgeType : whole == Space.SourceGroups ? IndexMap.SourceGroupType : IndexMap.TargetGroupType);
        for (int i = 0; i < rows.Length; i++)
            rows[i] &= sides.OnTargets[types[i]] == set.IsTargetSide;
        return rows;
    }

    private static bool[] IntoTargets(Space whole, Space targets, Topology topology)
    {
        bool[] rows = new bool[topology.Count(whole)];
        if (targets == Space.Nodes)
        {
            Array.Fill(rows, true);
            return rows;
        }
        bool[] wanted = Nodes(targets, topology);
        int[] target = topology.Indices(whole == Space.TargetGroups ? IndexMap.TargetGroupNode : IndexMap.EdgeTarget);
        int[]? group = whole == Space.SourceGroups ? topology.Indices(IndexMap.EdgeSourceGroup) : null;
        for (int i = 0; i < target.Length; i++)
            rows[group is null ? i : group[i]] |= wanted[target[i]];
        return rows;
    }

    /// <summary>Which of all nodes are in a space.</summary>
    /// <param name="some">Some nodes.</param>
    /// <param name="topology">The topology.</param>
    public static bool[] Nodes(Space some, Topology topology)
    {
        bool[] inside = new bool[topology.Count(Space.Nodes)];
        foreach (int node in topology.Indices(IndexMap.Inclusion(some, Space.Nodes)))
            inside[node] = true;
        return inside;
    }

    private static int[] Where(bool[] wanted)
    {
        int[] rows = new int[wanted.AsSpan().Count(true)];
        for (int i = 0, next = 0; next < rows.Length; i++)
        {
            if (wanted[i])
                rows[next++] = i;
        }
        return rows;
    }
}
