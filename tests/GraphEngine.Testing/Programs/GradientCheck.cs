using GraphEngine.Interpreter;
using GraphEngine.Ir;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using Xunit;
using GraphProgram = GraphEngine.Ir.Program;

namespace GraphEngine.Testing;

/// <summary>Holds gradients against central differences of the interpreter, in double precision.</summary>
public static class GradientCheck
{
    private const double Step = 1e-5;
    private const double Tolerance = 1e-6;
    private const int ElementsPerParameter = 12;

    /// <summary>Checks the gradient of a loss with respect to some elements of every parameter.</summary>
    /// <param name="loss">A scalar.</param>
    /// <param name="parameters">The leaves.</param>
    /// <param name="topology">The graph.</param>
    /// <param name="seed">Decides the values and which elements are moved.</param>
    public static void Check(Node loss, IReadOnlyList<Node> parameters, Topology topology, int seed)
    {
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([.. parameters]);
        GraphProgram program = new([new Output("loss", loss), .. parameters.Select(p => new Output(Name(p), gradients[p]))]);
        GraphProgram forward = new([new Output("loss", loss)]);
        Random random = new(seed);
        Dictionary<string, double[]> values = program.Leaves.ToDictionary(
            l => l.Name, l => Enumerable.Range(0, topology.Count(l.Type.Space) * l.Type.Row.Size).Select(_ => (random.NextDouble() * 2) - 1).ToArray());
        IReadOnlyDictionary<string, double[]> results = ReferenceInterpreter.Run(program, topology, values);
        foreach (Node parameter in parameters)
        {
            double[] p = values[Name(parameter)], gradient = results[Name(parameter)];
            for (int k = 0; k < Math.Min(ElementsPerParameter, p.Length); k++)
            {
                int i = random.Next(p.Length);
                double kept = p[i];
                p[i] = kept + Step;
                double above = ReferenceInterpreter.Run(forward, topology, values)["loss"][0];
                p[i] = kept - Step;
                double below = ReferenceInterpreter.Run(forward, topology, values)["loss"][0];
                p[i] = kept;
                double expected = (above - below) / (2 * Step);
                Assert.True(
                    Math.Abs(expected - gradient[i]) <= Tolerance * Math.Max(1, Math.Abs(expected)),
                    $"The gradient of {Name(parameter)}[{i}] is {gradient[i]:g9}, but differences give {expected:g9}, in\n{forward}");
            }
        }
        CheckDirection(forward, parameters.Select(p => (values[Name(p)], results[Name(p)])).ToArray(), () => ReferenceInterpreter.Run(forward, topology, values)["loss"][0], random);
    }

    /// <summary>All elements of all parameters at once, along a random direction: none is left out.</summary>
    private static void CheckDirection(GraphProgram forward, (double[] Values, double[] Gradient)[] parameters, Func<double> loss, Random random)
    {
        double[][] direction = [.. parameters.Select(p => p.Values.Select(_ => (random.NextDouble() * 2) - 1).ToArray())];
        double slope = 0, size = 0;
        foreach ((double gradient, double along) in parameters.Zip(direction).SelectMany(p => p.First.Gradient.Zip(p.Second)))
            (slope, size) = (slope + (gradient * along), size + Math.Abs(gradient * along));
        double Moved(double step)
        {
            for (int p = 0; p < parameters.Length; p++)
            {
                for (int i = 0; i < direction[p].Length; i++)
                    parameters[p].Values[i] += step * direction[p][i];
            }
            return loss();
        }
        double above = Moved(Step), below = Moved(-2 * Step), expected = (above - below) / (2 * Step);
        Assert.True(Math.Abs(expected - slope) <= Tolerance * Math.Max(1, size), $"Along a direction through all parameters the gradient is {slope:g9}, but differences give {expected:g9}, in\n{forward}");
    }

    private static string Name(Node parameter) => ((Op.Leaf)parameter.Op).Name;
}
