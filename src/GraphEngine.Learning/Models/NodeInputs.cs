using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Learning.Models;

/// <summary>The first vectors of nodes: a projection of the features of each node type, and trainable embeddings where a type has none.</summary>
public static class NodeInputs
{
    /// <summary>The name of the input that holds a node type's features.</summary>
    /// <param name="nodeType">The node type.</param>
    public static string FeaturesOf(string nodeType) => $"x.{nodeType}";

    /// <summary>True when no node type has features.</summary>
    /// <param name="schema">The schema.</param>
    public static bool AreFeatureless(GraphSchema schema) => schema.NodeTypes.All(t => t.Features == 0);

    /// <summary>A vector of one width for every node: x_v P_t + b_t where the type t of v has features, a free vector elsewhere.</summary>
    /// <param name="b">The builder.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="width">The width.</param>
    public static Node Project(ProgramBuilder b, HeteroGraph graph, int width)
    {
        Node? all = null;
        for (int t = 0; t < graph.Schema.NodeTypes.Count; t++)
        {
            NodeType type = graph.Schema.NodeTypes[t];
            Space space = Space.NodesOf(type.Name);
            Node rows = type.Features > 0
                ? b.Input(FeaturesOf(type.Name), space, RowShape.Vector(type.Features))
                    .Linear(b.Parameter($"input.{type.Name}.weight", Space.One, RowShape.Matrix(type.Features, width)))
                    + b.Parameter($"input.{type.Name}.bias", Space.One, RowShape.Vector(width), Initializer.Zero)
                : b.Parameter($"input.{type.Name}.embedding", space, RowShape.Vector(width), Initializer.Glorot(width, width));
            Node placed = rows.Sum(IndexMap.Inclusion(type.Name));
            all = all is null ? placed : all + placed;
        }
        return all!;
    }
}
