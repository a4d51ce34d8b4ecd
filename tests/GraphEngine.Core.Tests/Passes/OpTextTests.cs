using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Core.Tests.Passes;

/// <summary>What becomes of each op: its text, that of its gradient, and the kernels of both.</summary>
public sealed class OpTextTests
{
    public static TheoryData<string> Ops() => OpCases.Names();

    [Theory, MemberData(nameof(Ops))]
    public void An_op_its_gradient_and_their_kernels(string name)
    {
        ProgramBuilder b = new();
        Node y = OpCases.All[name](b, b.Parameter("x", Space.Nodes, RowShape.Vector(6))), loss = (y * y).Reshape(RowShape.Vector(y.Row.Size)).SumColumns().Sum(IndexMap.ToOne(y.Space));
        Node[] parameters = [.. ProgramGraph.Reachable([loss]).Where(n => n.Op is Op.Leaf { Role: LeafRole.Parameter })];
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients(parameters);
        Program program = new([new Output("y", y), .. parameters.Select(p => new Output($"gradient of {((Op.Leaf)p.Op).Name}", gradients[p]))]);
        KernelProgram kernels = Pipeline.Run(program, new PipelineOptions(2));
        IEnumerable<string> texts = kernels.Kernels.Select(KernelPrinter.Print);
        Golden.Matches(name.Replace(", ", "-", StringComparison.Ordinal).Replace(' ', '-'), $"{Differentiate.Run(program)}\n{string.Join('\n', texts)}");
    }
}
