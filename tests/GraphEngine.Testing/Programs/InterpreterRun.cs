using GraphEngine.Interpreter;
using GraphEngine.Ir;
using GraphEngine.Spaces;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Testing;

/// <summary>
/// Runs a program in the interpreter with random leaves between -1 and 1, which depend on their names and a seed: a pass may change the program, not
/// its leaves.
/// </summary>
public static class InterpreterRun
{
    /// <summary>Runs a program once.</summary>
    /// <param name="program">The program.</param>
    /// <param name="topology">The graph.</param>
    /// <param name="seed">Decides the values of leaves.</param>
    /// <returns>The values of its outputs.</returns>
    public static IReadOnlyDictionary<string, double[]> Once(GraphProgram program, Topology topology, int seed) =>
        ReferenceInterpreter.Run(program, topology, program.Leaves.ToDictionary(l => l.Name, l => Values(l, topology, seed)));

    private static double[] Values(Op.Leaf leaf, Topology topology, int seed)
    {
        if (leaf.Name is ProgramBuilder.RandomSeed or ProgramBuilder.RandomStep)
            return [leaf.Name.Length];
        Random random = new(leaf.Name.Aggregate(seed, (hash, c) => (hash * 31) + c));
        return [.. Enumerable.Range(0, topology.Count(leaf.Type.Space) * leaf.Type.Row.Size).Select(_ => (random.NextDouble() * 2) - 1)];
    }
}
