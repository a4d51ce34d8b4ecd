namespace GraphEngine.Data;

/// <summary>A file to fetch.</summary>
/// <param name="Address">Where its owner publishes it.</param>
/// <param name="Bytes">Its size; null where it is not known.</param>
/// <param name="Sha256">Its checksum in lower-case hexadecimal; null where it is not known, and the download is then unverified.</param>
public sealed record CatalogueFile(Uri Address, long? Bytes, string? Sha256)
{
    /// <summary>The last part of the address.</summary>
    public string Name => Path.GetFileName(Address.AbsolutePath);
}
