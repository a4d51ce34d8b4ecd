using GraphEngine.Learning.Verification;

namespace GraphEngine.Cli.Reports;

/// <summary>The result of <c>verify</c>.</summary>
/// <param name="Device">Where the cases ran.</param>
/// <param name="Passed">True when all passed.</param>
/// <param name="Tolerance">The largest relative error that passes.</param>
/// <param name="Cases">Each case.</param>
internal sealed record VerifyReport(string Device, bool Passed, double Tolerance, IReadOnlyList<CaseResult> Cases);
