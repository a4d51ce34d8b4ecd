using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace GraphEngine.Spaces;

/// <summary>
/// What is known of maps whatever the graph: which of them are compositions of others. Passes use it to move work to the smaller space.
/// </summary>
internal static class MapAlgebra
{
    private static readonly ConcurrentDictionary<EdgeSet, Compositions> OfBoth = new();

    // Sides are chosen for one graph: what is known of their maps is forgotten with them.
    private static readonly ConditionalWeakTable<RelationSides, ConcurrentDictionary<EdgeSet, Compositions>> OfSides = [];

    /// <summary>Pairs of maps that compose to a map, the first applied first.</summary>
    public static IReadOnlyList<(IndexMap First, IndexMap Second)> Factorizations(IndexMap map) => Of(map) is { } known ? known.Factorizations.GetValueOrDefault(map, []) : [];

    /// <summary>The map that gives the node type at one end of an edge as a function of the edge's type; null for other maps.</summary>
    /// <param name="end">The map from edges to that end.</param>
    public static IndexMap? TypeAt(IndexMap end) => end.Is(IndexMap.EdgeSource) ? IndexMap.EdgeTypeSource : end.Is(IndexMap.EdgeTarget) ? IndexMap.EdgeTypeTarget : null;

    /// <summary>The map that two others compose to, where it has a name.</summary>
    public static IndexMap? Compose(IndexMap first, IndexMap second) =>
        first.IsIdentity ? second
        : second.IsIdentity ? first
        : second.To == Space.One ? IndexMap.ToOne(first.From)
        : Of(first)?.Wholes.GetValueOrDefault((first, second));

    private static Compositions? Of(IndexMap map) => EdgeSet.Of(map.From) is not EdgeSet set ? null
        : (set.Sides is null ? OfBoth : OfSides.GetOrCreateValue(set.Sides)).GetOrAdd(set, s => new Compositions(s));

    /// <summary>The compositions among the maps of one set of edges.</summary>
    private sealed class Compositions
    {
        public Compositions(EdgeSet set)
        {
            Factorizations = (set.Sides is null ? OfBothSides(set) : OfSide(set)).ToDictionary(f => f.Map, f => f.Pairs);
            Wholes = Factorizations.SelectMany(f => f.Value.Select(pair => (pair, f.Key))).ToDictionary(p => p.pair, p => p.Key);
        }

        public Dictionary<IndexMap, (IndexMap First, IndexMap Second)[]> Factorizations { get; }

        public Dictionary<(IndexMap First, IndexMap Second), IndexMap> Wholes { get; }

        private static IEnumerable<(IndexMap Map, (IndexMap, IndexMap)[] Pairs)> OfBothSides(EdgeSet set) =>
        [
            (set.Target, [(set.TargetGroup, set.TargetGroupNode)]),
            (set.Source, [(set.SourceGroup, set.SourceGroupNode)]),
            (set.Type, [(set.TargetGroup, set.TargetGroupType), (set.SourceGroup, set.SourceGroupType)]),
        ];

        /// <summary>What the edges of one side have in common with those of both: a side has groups of its own where its products are made.</summary>
        private static IEnumerable<(IndexMap Map, (IndexMap, IndexMap)[] Pairs)> OfSide(EdgeSet side)
        {
            EdgeSet both = side.BothSides;
            return side.IsTargetSide
                ?
                [
                    (side.Source, [(side.Edge, both.Source)]),
                    (side.Target, [(side.TargetGroup, side.TargetGroupNode), (side.Edge, both.Target)]),
                    (side.TargetGroupOfBoth, [(side.TargetGroup, side.TargetGroupInBoth), (side.Edge, both.TargetGroup)]),
                ]
                :
                [
                    (side.Target, [(side.Edge, both.Target)]),
                    (side.TargetGroupOfBoth, [(side.Edge, both.TargetGroup)]),
                ];
        }
    }
}
