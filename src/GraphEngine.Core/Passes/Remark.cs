namespace GraphEngine.Passes;

/// <summary>What a pass did to a program.</summary>
/// <param name="Pass">The name of the pass.</param>
/// <param name="Text">What it did, counted.</param>
public sealed record Remark(string Pass, string Text);
