using System.Text.Json.Serialization;

namespace GraphEngine.Cli.Reports;

/// <summary>One line of <c>data list</c>.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Folder">Where it is on this machine; null when it has to be downloaded.</param>
/// <param name="Downloadable">True when 'data download' can fetch it.</param>
/// <param name="Verified">True when the checksums of all its files are known; null for data sets that are not downloaded.</param>
/// <param name="Licence">The terms; null where only the folder knows them.</param>
internal sealed record DataEntryReport(
    string Name, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Folder, bool Downloadable, bool? Verified, string? Licence);
