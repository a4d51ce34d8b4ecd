using System.Text.RegularExpressions;
using GraphEngine.Codegen.Emission;
using GraphEngine.Ir;
using GraphEngine.Kernels;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Testing;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Codegen.Tests.Emission.Simt;

public sealed partial class SimtMeetingTests
{
    /// <summary>
    /// A work item that misses a barrier stops its group for ever: barriers are inside loops that all work items of a group do alike, and inside
    /// nothing else.
    /// </summary>
    [Theory]
    [InlineData(DeviceKind.Cuda)]
    [InlineData(DeviceKind.OpenCl)]
    public void Work_items_meet_where_all_of_them_come_by(DeviceKind kind)
    {
        DeviceProfile profile = kind == DeviceKind.Cuda ? DeviceProfile.CudaText() : DeviceProfile.OpenClText();
        int meetings = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            (Node loss, IReadOnlyList<Node> parameters) = RandomPrograms.Make(seed, 10, smooth: false);
            IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([.. parameters]);
            KernelProgram program = Pipeline.Run(
                new GraphProgram([new Output("loss", loss), .. parameters.Select((p, i) => new Output($"g{i}", gradients[p]))]),
                profile.Options((seed % 3) switch { 0 => null, 1 => UglyGraphs.AlternatingStatistics, _ => UglyGraphs.OneHub }));
            foreach (Kernel kernel in program.Kernels)
                meetings += AssertMeetingsAreCommon(KernelEmitter.Emit(kernel, profile).Source.Text);
        }
        Assert.True(meetings > 1000, $"{meetings} meetings were seen.");
    }

    // Text that looked at a shared value anew for every reader took for ever.
    [Fact]
    public void Long_chains_of_values_that_are_read_twice_are_printed_in_time()
    {
        ProgramBuilder b = new();
        Node node = b.Input("node", Space.Nodes, RowShape.Vector(8)), edge = b.Input("edge", Space.Edges, RowShape.Vector(8)), product = node.Linear(b.Input("w", Space.One, RowShape.Matrix(8, 8)));
        for (int i = 0; i < 40; i++)
        {
            node = node * node * 0.5f;
            edge = edge.Tanh() * edge;
            product = product * product * 0.5f;
        }
        DeviceProfile profile = DeviceProfile.CudaText();
        GraphProgram program = new([new Output("node", node), new Output("edge", edge.Sum(IndexMap.EdgeTarget)), new Output("beside", node.Concat(edge.Sum(IndexMap.EdgeTarget))), new Output("product", product)]);
        Assert.All(Pipeline.Run(program, profile.Options()).Kernels, k => Assert.True(KernelEmitter.Emit(k, profile).Source.Text.Length < 200_000, k.Name));
    }

    private static int AssertMeetingsAreCommon(string text)
    {
        Stack<string> open = [];
        string header = "";
        int meetings = 0;
        foreach (string line in text.Split('\n').Select(l => l.Trim()))
        {
            if (line == "{")
                open.Push(header);
            else if (line == "}")
                open.Pop();
            else if (line.Contains("LocalBarrier", StringComparison.Ordinal) || line.Contains("Warp.Shuffle", StringComparison.Ordinal))
            {
                meetings++;
                Assert.All(open, h => Assert.Matches(Common(), h));
            }
            header = line;
        }
        return meetings;
    }

    // Bounds that are constants or come from tables by the number of the group.
    [GeneratedRegex(@"^(namespace .*|public static .*|for \(int step = lanes / 2; step > 0; step /= 2\)|while \(row < last\)|for \(int k = row; k < end; k \+= \d+\)|for \(int (?<v>k|summed|part|c\d+) = 0; \k<v> < \d+; .*\))$")]
    private static partial Regex Common();
}
