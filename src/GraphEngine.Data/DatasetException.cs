namespace GraphEngine.Data;

/// <summary>Something is wrong with a data set. The message is a sentence that names the file, the row and the column, and the cure.</summary>
public sealed class DatasetException : Exception
{
    /// <summary>Creates an exception.</summary>
    /// <param name="message">The sentence.</param>
    public DatasetException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with its cause.</summary>
    /// <param name="message">The sentence.</param>
    /// <param name="cause">What went wrong below.</param>
    public DatasetException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Creates an exception without a sentence.</summary>
    public DatasetException()
    {
    }

    /// <summary>
    /// The name of the data set that <see cref="DatasetCatalogue.DownloadAsync"/> would have to fetch first; null where something else is wrong.
    /// </summary>
    public string? Downloadable { get; init; }
}
