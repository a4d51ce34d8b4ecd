namespace GraphEngine.Data.Shapes;

/// <summary>A graph to generate.</summary>
/// <param name="NodeTypes">Names and counts.</param>
/// <param name="Relations">The edge types.</param>
/// <param name="Mirrored">Whether each edge type has a twin in the opposite direction, as the published RDF and FB15k graphs do.</param>
/// <param name="Classes">The number of classes of its task.</param>
internal sealed record ShapePlan(IReadOnlyList<(string Name, int Count)> NodeTypes, IReadOnlyList<RelationPlan> Relations, bool Mirrored, int Classes);
