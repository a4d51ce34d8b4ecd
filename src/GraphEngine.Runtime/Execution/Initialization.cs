using System.Text;
using GraphEngine.Ir;
using GraphEngine.Tensors;

namespace GraphEngine.Runtime;

/// <summary>First values of parameters and states: a function of the seed and the tensor's name alone, the same on every device.</summary>
public static class Initialization
{
    /// <summary>Some of the first values of a leaf.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="first">The element to begin with.</param>
    /// <param name="values">Receives them.</param>
    public static void Fill(Op.Leaf leaf, int seed, uint first, Span<float> values)
    {
        if (leaf.Init.Kind == InitializerKind.Constant)
        {
            values.Fill(leaf.Init.Value);
            return;
        }
        uint stream = 2166136261;
        foreach (byte b in Encoding.UTF8.GetBytes(leaf.Name))
            stream = (stream ^ b) * 16777619;
        uint key = CounterRandom.Key((uint)seed, 0, stream);
        float bound = leaf.Init.Value * MathF.Sqrt(6f / (leaf.Init.FanIn + leaf.Init.FanOut));
        for (int i = 0; i < values.Length; i++)
            values[i] = ((CounterRandom.Bits(key, first + (uint)i) / 8388608f) - 1f) * bound;
    }
}
