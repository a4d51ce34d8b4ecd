namespace GraphEngine.Learning.Verification;

/// <summary>How far a run of a reference case is from the reference.</summary>
/// <param name="File">The case.</param>
/// <param name="Kind">Its layer.</param>
/// <param name="MaxRelativeError">The largest relative error of any tensor: norm of the difference over norm of the reference.</param>
/// <param name="WorstTensor">The tensor it occurs in.</param>
/// <param name="Passed">True when every error is within the tolerance.</param>
public sealed record CaseResult(string File, string Kind, double MaxRelativeError, string WorstTensor, bool Passed);
