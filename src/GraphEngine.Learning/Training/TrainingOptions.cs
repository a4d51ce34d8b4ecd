using GraphEngine.Learning.Models;

namespace GraphEngine.Learning.Training;

/// <summary>How a model is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>What is trained.</summary>
    public ModelOptions Model { get; init; } = new();

    /// <summary>The task; the data set's first when null.</summary>
    public string? Task { get; init; }

    /// <summary>The most epochs.</summary>
    public int Epochs { get; init; } = 100;

    /// <summary>
    /// Epochs without a better micro F1 on validation nodes (their accuracy, where a node has one label) after which training stops; 0 never stops
    /// early.
    /// </summary>
    public int Patience { get; init; } = 20;

    /// <summary>Step size of Adam.</summary>
    public float Rate { get; init; } = 0.01f;

    /// <summary>Factor of the L2 penalty.</summary>
    public float Decay { get; init; }

    /// <summary>The prefix of the parameters that the penalty is put on, such as <c>layer1.</c>; all weights when null.</summary>
    public string? Decayed { get; init; }

    /// <summary>The optimiser with these settings.</summary>
    public Optimizer CreateOptimizer() => new Adam(Rate, Decay) { Decayed = Decayed };

    /// <summary>Decides first values and dropout; a whole number from 0 to 16,777,215.</summary>
    public int Seed { get; init; }

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentException">One is out of range; the message names it.</exception>
    public void Check()
    {
        if (Model is null)
            throw new ArgumentException("There are no settings of a model; give some, or leave them out for the usual ones.");
        Model.Check();
        Require(Epochs >= 0, "number of epochs", Epochs, "0 or more");
        Require(Patience >= 0, "patience", Patience, "0 or more");
        Require(Rate > 0 && float.IsFinite(Rate), "learning rate", Rate, "more than 0");
        Require(Decay >= 0 && float.IsFinite(Decay), "weight decay", Decay, "0 or more");
        RequireSeed(Seed);
    }

    // Numbers beyond are not exact where a seed is kept.
    internal static void RequireSeed(int seed) => Require(seed is >= 0 and < 1 << 24, "seed", seed, "from 0 to 16777215");

    internal static void Require(bool holds, string what, object value, string range)
    {
        if (!holds)
            throw new ArgumentException(FormattableString.Invariant($"The {what} is {value}, but must be {range}."));
    }
}
