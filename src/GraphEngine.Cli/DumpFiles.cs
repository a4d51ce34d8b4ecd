using System.Globalization;

namespace GraphEngine.Cli;

/// <summary>The texts that <c>compile</c> makes: numbered files in a folder, or printed one after the other.</summary>
/// <param name="folder">The folder; null to print.</param>
/// <param name="text">Receives what is printed.</param>
internal sealed class DumpFiles(string? folder, TextWriter text)
{
    private readonly List<string> _files = [];
    private int _number;

    /// <summary>The files written, relative to the folder.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>Writes a text that has its place in the order of the compiler's work.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">The text.</param>
    /// <param name="isLong">True for a text of hundreds of lines, which goes to a folder only.</param>
    public void WriteNext(string name, string content, bool isLong = false)
    {
        string file = string.Create(CultureInfo.InvariantCulture, $"{_number++:00}-{name}.txt");
        if (folder is not null || !isLong)
            Write(file, content);
    }

    /// <summary>Writes a text.</summary>
    /// <param name="file">The file, relative to the folder.</param>
    /// <param name="content">The text.</param>
    public void Write(string file, string content)
    {
        if (folder is null)
        {
            text.WriteLine($"== {file}");
            text.WriteLine(content.TrimEnd());
            text.WriteLine();
            return;
        }
        string path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        _files.Add(file);
    }
}
