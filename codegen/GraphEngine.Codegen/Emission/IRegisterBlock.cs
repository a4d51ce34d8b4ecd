namespace GraphEngine.Codegen.Emission;

/// <summary>The columns of a value that a schedule family computes together in one register.</summary>
internal interface IRegisterBlock
{
    /// <summary>How many columns.</summary>
    int Lanes { get; }

    /// <summary>The type of the register.</summary>
    string Type { get; }

    /// <summary>The number of the innermost scope that declares what the block refers to.</summary>
    int Scope { get; }
}
