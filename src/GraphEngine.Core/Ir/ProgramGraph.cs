using System.Globalization;
using System.Text;
using QuikGraph;
using QuikGraph.Algorithms;

namespace GraphEngine.Ir;

/// <summary>The dependency graph of a program, carried by QuikGraph: order, reachability, DOT export.</summary>
public static class ProgramGraph
{
    /// <summary>All nodes that some roots need, operands before users, in a stable order.</summary>
    /// <param name="roots">The roots.</param>
    public static IReadOnlyList<Node> Reachable(IEnumerable<Node> roots)
    {
        HashSet<Node> seen = [];
        Stack<Node> pending = new(roots);
        while (pending.TryPop(out Node? node))
        {
            if (!seen.Add(node))
                continue;
            foreach (Node operand in node.Operands)
                pending.Push(operand);
        }
        // Numbers grow from operands to users, so that sorting by them is a topological order that does not depend on the search.
        return [.. seen.OrderBy(n => n.Id)];
    }

    /// <summary>The nodes that read each node.</summary>
    /// <param name="program">The program.</param>
    public static ILookup<Node, Node> Users(Program program) => program.Nodes.SelectMany(n => n.Operands.Distinct().Select(o => (o, n))).ToLookup(p => p.o, p => p.n);

    /// <summary>The dependency graph: an edge from each operand to its user.</summary>
    /// <param name="program">The program.</param>
    public static BidirectionalGraph<Node, SEdge<Node>> Of(Program program)
    {
        BidirectionalGraph<Node, SEdge<Node>> graph = new(allowParallelEdges: true);
        graph.AddVertexRange(program.Nodes);
        foreach (Node node in program.Nodes)
            graph.AddEdgeRange(node.Operands.Select(o => new SEdge<Node>(o, node)));
        return graph;
    }

    /// <summary>True when no value depends on itself.</summary>
    /// <param name="program">The program.</param>
    public static bool IsAcyclic(Program program) => Of(program).IsDirectedAcyclicGraph();

    /// <summary>The program as a picture in the DOT language.</summary>
    /// <param name="program">The program.</param>
    public static string ToDot(Program program)
    {
        BidirectionalGraph<Node, SEdge<Node>> graph = Of(program);
        Dictionary<Node, int> numbers = program.Nodes.Select((n, i) => (n, i)).ToDictionary(p => p.n, p => p.i);
        StringBuilder text = new("digraph program {\n");
        foreach (Node node in graph.Vertices)
            text.Append(CultureInfo.InvariantCulture, $"  n{numbers[node]} [label=\"{ProgramPrinter.Describe(node.Op)}\\n{node.Type}\"];\n");
        foreach (SEdge<Node> edge in graph.Edges)
            text.Append(CultureInfo.InvariantCulture, $"  n{numbers[edge.Source]} -> n{numbers[edge.Target]};\n");
        return text.Append("}\n").ToString();
    }
}
