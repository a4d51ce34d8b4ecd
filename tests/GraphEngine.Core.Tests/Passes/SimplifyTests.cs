using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

public sealed class SimplifyTests
{
    [Fact]
    public void Rows_of_a_type_are_found_without_the_other_types()
    {
        ProgramBuilder b = new();
        Node[] types = [.. ((string[])["a", "b", "c"]).Select(t => b.Parameter(t, Space.NodesOf(t), RowShape.Vector(4)))];
        Node all = types.Select((x, i) => x.Sum(IndexMap.Inclusion("abc"[i].ToString()))).Aggregate((x, y) => x + y);
        Node loss = (all.Relu() * all).SumColumns().Sum(IndexMap.ToOne(Space.Nodes));
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients(types);
        Program before = Differentiate.Run(new Program([new Output("loss", loss), .. types.Select(t => new Output($"gradient of {((Op.Leaf)t.Op).Name}", gradients[t]))]));
        Golden.Matches("types", $"{before}--- simplified\n{Simplify.Run(TypedRows.Run(before))}");
    }
}
