using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Runtime;

namespace GraphEngine.Learning.Verification;

/// <summary>Runs reference cases on a device. Several threads may, each with a device of its own.</summary>
public static class Verifier
{
    /// <summary>The largest relative error that passes: 32-bit floats against another 32-bit computation.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>The largest absolute value that passes where the reference is all zero.</summary>
    public const double ZeroTolerance = 1e-6;

    /// <summary>Runs one case.</summary>
    /// <param name="reference">The case.</param>
    /// <param name="device">Where.</param>
    /// <param name="disabled">Names of passes to leave out.</param>
    /// <param name="statistics">What the program is compiled for; the case's own graph when null.</param>
    public static CaseResult Run(ReferenceCase reference, Device device, IReadOnlySet<string>? disabled = null, RelationStatistics? statistics = null)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(device);
        CompiledProgram compiled = CompiledProgram.Compile(reference.Program, device, statistics ?? RelationStatistics.Of(reference.Graph), disabled);
        using DeviceTopology topology = new(reference.Graph.Topology, device);
        using TensorStore store = new(reference.Graph.Topology, device);
        foreach (Op.Leaf leaf in reference.Program.Leaves)
        {
            store.Add(leaf);
            store.Write(leaf.Name, reference.Leaves[leaf.Name]);
        }
        using Executor executor = new(compiled, topology, store);
        // On CUDA the first run launches kernels one by one, the second one records them, and the third one replays the recording.
        for (int run = 0; run < 3; run++)
            executor.Run();
        CaseResult result = new(reference.File, reference.Kind, 0, "", true);
        Dictionary<string, float[]> actual = reference.Expected.Keys.ToDictionary(name => name, executor.Read);
        foreach (IGrouping<string, (string Output, TensorPart Part)> tensor in reference.Parts)
        {
            (double error, bool passed) = Compare(tensor.Select(p => (actual[p.Output], reference.Expected[p.Output], p.Part)));
            if (!passed || error >= result.MaxRelativeError)
                result = result with { MaxRelativeError = Math.Max(error, result.MaxRelativeError), WorstTensor = tensor.Key, Passed = result.Passed && passed };
        }
        return result;
    }

    private static (double Error, bool Passed) Compare(IEnumerable<(float[] Actual, float[] Expected, TensorPart Part)> parts)
    {
        double difference = 0, norm = 0, largest = 0;
        foreach ((float[] actual, float[] expected, TensorPart part) in parts)
        {
            for (int i = part.Start; i < part.Start + part.Count; i++)
            {
                double d = (double)actual[i] - expected[i];
                difference += d * d;
                norm += (double)expected[i] * expected[i];
                largest = double.IsNaN(d) ? d : Math.Max(largest, Math.Abs(d));
            }
        }
        if (norm == 0)
            return (largest, largest <= ZeroTolerance);
        double error = Math.Sqrt(difference / norm);
        return (error, error <= Tolerance);
    }
}
