using GraphEngine.Ir;
using GraphEngine.Runtime;
using GraphEngine.Spaces;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Testing;

/// <summary>Runs a program on a device with given values: what a test needs that looks at numbers of its own.</summary>
public static class DeviceRun
{
    /// <summary>Runs a program once.</summary>
    /// <param name="program">The program.</param>
    /// <param name="compiled">The same, compiled.</param>
    /// <param name="topology">The graph.</param>
    /// <param name="leaves">The values of its leaves.</param>
    /// <returns>The values of its outputs.</returns>
    public static IReadOnlyDictionary<string, float[]> Once(GraphProgram program, CompiledProgram compiled, Topology topology, IReadOnlyDictionary<string, float[]> leaves)
    {
        using DeviceTopology tables = new(topology, compiled.Device);
        using TensorStore store = new(topology, compiled.Device);
        foreach (Op.Leaf leaf in program.Leaves)
        {
            store.Add(leaf);
            store.Write(leaf.Name, leaves[leaf.Name]);
        }
        using Executor executor = new(compiled, tables, store);
        executor.Run();
        executor.Synchronize();
        return program.Outputs.ToDictionary(o => o.Name, o => executor.Read(o.Name));
    }
}
