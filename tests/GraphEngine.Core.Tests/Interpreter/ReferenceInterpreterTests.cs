using GraphEngine.Interpreter;
using GraphEngine.Ir;
using GraphEngine.Spaces;
using Xunit;

namespace GraphEngine.Core.Tests.Interpreter;

public sealed class ReferenceInterpreterTests
{
    private static readonly Topology Five = new(new Dictionary<Space, int> { [Space.Nodes] = 5 }, new Dictionary<IndexMap, int[]>());

    [Fact]
    public void The_error_function_has_a_value_everywhere()
    {
        ProgramBuilder b = new();
        Program program = new([new Output("y", b.Unary(UnaryKind.Erf, b.Input("x", Space.Nodes, RowShape.Scalar)))]);
        double[] y = ReferenceInterpreter.Run(program, Five, new Dictionary<string, double[]> { ["x"] = [double.NaN, double.NegativeInfinity, 7, 0, 0.5] })["y"];
        Assert.All(((double[])[double.NaN, -1, 1, 0, 0.5204998778130465]).Zip(y), p => Assert.Equal(p.First, p.Second, 1e-15));
    }
}
