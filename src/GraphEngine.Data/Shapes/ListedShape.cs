namespace GraphEngine.Data.Shapes;

/// <summary>A shape whose node types and relations are known one by one.</summary>
internal static class ListedShape
{
    /// <summary>
    /// OGB-MAG: published counts of nodes and of edges per relation. The shares of active nodes are assumed: nearly all, as the mean degrees
    /// suggest; so the groups come close to their bounds of 17.3 and 7.3 percent.
    /// </summary>
    public static ShapePlan Mag(double scale)
    {
        (string, int)[] types = Scaled(scale, ("paper", 736_389), ("author", 1_134_649), ("institution", 8_740), ("field", 59_965));
        RelationPlan[] relations =
        [
            Relation("affiliated_with", types, 1, 2, Scaled(scale, 1_043_998), 0.65, 1.0),
            Relation("writes", types, 1, 0, Scaled(scale, 7_145_660), 1.0, 1.0),
            Relation("cites", types, 0, 0, Scaled(scale, 5_416_271), 0.85, 0.75),
            Relation("has_topic", types, 0, 3, Scaled(scale, 7_505_078), 1.0, 1.0),
        ];
        return new ShapePlan(types, relations, Mirrored: false, Classes: 349);
    }

    /// <summary>
    /// OGB-biokg: published counts of nodes, relations and all edges; how the edges spread over the kinds of relations is an estimate.
    /// </summary>
    public static ShapePlan BioKg(double scale)
    {
        const int AllEdges = 4_762_678, DrugDrug = 38, ProteinProtein = 7;
        (string, int)[] types = Scaled(scale, ("drug", 10_533), ("protein", 17_499), ("disease", 10_687), ("sideeffect", 9_969), ("function", 45_085));
        List<RelationPlan> relations =
        [
            Relation("drug-disease", types, 0, 2, Scaled(scale, 4_800), 0.8, 0.8),
            Relation("disease-protein", types, 2, 1, Scaled(scale, 69_000), 0.8, 0.8),
            Relation("drug-protein", types, 0, 1, Scaled(scale, 111_000), 0.8, 0.8),
            Relation("drug-sideeffect", types, 0, 3, Scaled(scale, 148_000), 0.8, 0.8),
            Relation("protein-function", types, 1, 4, Scaled(scale, 730_000), 0.9, 0.9),
            Relation("function-function", types, 4, 4, Scaled(scale, 1_350_000), 0.9, 0.9),
        ];
        int[] drugs = PowerLaw.Sizes(Scaled(scale, 1_130_000), DrugDrug, 0.8);
        for (int i = 0; i < DrugDrug; i++)
            relations.Add(Relation($"drug-drug.{i}", types, 0, 0, drugs[i], 0.5, 0.5));
        int rest = Math.Max(ProteinProtein, Scaled(scale, AllEdges) - relations.Sum(relation => relation.Edges));
        int[] proteins = PowerLaw.Sizes(rest, ProteinProtein, 0.8);
        for (int i = 0; i < ProteinProtein; i++)
            relations.Add(Relation($"protein-protein.{i}", types, 1, 1, proteins[i], 0.8, 0.8));
        return new ShapePlan(types, relations, Mirrored: false, Classes: 10);
    }

    private static RelationPlan Relation(string name, (string, int Count)[] types, int source, int target, int edges, double sourceShare, double targetShare) => new(
        name, source, target, edges, Active(types[source].Count, edges, sourceShare), Active(types[target].Count, edges, targetShare));

    private static int Active(int nodes, int edges, double share) => Math.Clamp((int)Math.Round(nodes * share), 1, edges);

    private static int Scaled(double scale, int count) => Math.Max(1, (int)Math.Round(count * scale));

    private static (string, int)[] Scaled(double scale, params ReadOnlySpan<(string Name, int Count)> types)
    {
        (string, int)[] scaled = new (string, int)[types.Length];
        for (int t = 0; t < types.Length; t++)
            scaled[t] = (types[t].Name, Scaled(scale, types[t].Count));
        return scaled;
    }
}
