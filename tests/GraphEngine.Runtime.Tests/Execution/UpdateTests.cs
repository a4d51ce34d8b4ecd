using GraphEngine.Ir;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Runtime.Tests.Execution;

public sealed class UpdateTests
{
    [Theory, MemberData(nameof(TestDevices.Names), MemberType = typeof(TestDevices))]
    public void A_state_may_be_updated_from_its_own_other_elements(string device)
    {
        ProgramBuilder b = new();
        Node neighbours = State(b, "neighbours"), product = State(b, "product"), norm = State(b, "norm"), own = State(b, "own");
        Node w = b.Input("w", Space.One, RowShape.Matrix(16, 16));
        GraphProgram program = new(
            [new Output("before", own * 2f)],
            [
                new Update(neighbours, (neighbours.Along(IndexMap.EdgeSource).Sum(IndexMap.EdgeTarget) + neighbours).Tanh()),
                new Update(product, product.Linear(w).Sigmoid()),
                new Update(norm, norm / ((norm * norm).SumColumns() + 1f).Sqrt()),
                new Update(own, (own * 0.9f) + w.SumHeads().Reshape(RowShape.Vector(256)).Slice(0, 16)),
            ]);

        DifferentialRun.Check(program, [UglyGraphs.Some(3).Topology], TestDevices.Get(device));
    }

    private static Node State(ProgramBuilder b, string name) => b.State(name, Space.Nodes, RowShape.Vector(16), Initializer.Zero);
}
