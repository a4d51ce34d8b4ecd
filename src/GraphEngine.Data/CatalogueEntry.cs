namespace GraphEngine.Data;

/// <summary>A data set that can be downloaded.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Licence">The terms, as far as they are known.</param>
/// <param name="Format">The importer that reads it.</param>
/// <param name="Files">What to fetch.</param>
/// <param name="Expected">What the import must yield.</param>
public sealed record CatalogueEntry(string Name, string Licence, string Format, IReadOnlyList<CatalogueFile> Files, CatalogueCounts Expected)
{
    /// <summary>Whether the checksum of every file is known.</summary>
    public bool IsVerified => Files.All(file => file.Sha256 is not null);
}
