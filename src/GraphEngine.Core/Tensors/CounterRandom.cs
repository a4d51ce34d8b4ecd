namespace GraphEngine.Tensors;

/// <summary>
/// Random numbers as a pure function of (seed, step, stream, index): no state to keep, the same bits on every device and in the backward program. The
/// mixing steps are the 32-bit finalizer with the constants found by C. Wellons' hash prospector (lowbias32: 0x7feb352d, 0x846ca68b),
/// https://github.com/skeeto/hash-prospector; the seed is moved by 2^32 over the golden ratio (0x9e3779b9), as in Steele, Lea and Flood, OOPSLA 2014,
/// https://doi.org/10.1145/2660193.2660195, so that seed 0 is not sent to 0.
/// </summary>
public static class CounterRandom
{
    /// <summary>The key of one dropout in one step.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="step">The training step.</param>
    /// <param name="stream">The number of the dropout in its program.</param>
    public static uint Key(uint seed, uint step, uint stream) => Mix(Mix(Mix(seed + 0x9e3779b9u) + step) + stream);

    /// <summary>24 random bits of one element.</summary>
    /// <param name="key">A key of <see cref="Key"/>.</param>
    /// <param name="index">The element's position: row times width plus column.</param>
    public static uint Bits(uint key, uint index) => Mix(index ^ key) >> 8;

    /// <summary>The smallest value of <see cref="Bits"/> that is kept at a dropout rate.</summary>
    /// <param name="rate">The share dropped.</param>
    public static uint Threshold(float rate) => (uint)Math.Round(rate * (double)(1 << 24));

    /// <summary>A bijection of 32-bit numbers that spreads every input bit over the output.</summary>
    /// <param name="x">The number.</param>
    public static uint Mix(uint x)
    {
        x ^= x >> 16;
        x *= 0x7feb352du;
        x ^= x >> 15;
        x *= 0x846ca68bu;
        x ^= x >> 16;
        return x;
    }
}
