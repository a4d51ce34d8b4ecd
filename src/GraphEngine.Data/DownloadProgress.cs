namespace GraphEngine.Data;

/// <summary>How far a download is.</summary>
/// <param name="File">The name of the file.</param>
/// <param name="Bytes">The bytes that are here.</param>
/// <param name="Total">The bytes of the whole file; null where that is not known.</param>
public sealed record DownloadProgress(string File, long Bytes, long? Total);
