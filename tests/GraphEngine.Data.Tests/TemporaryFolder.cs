namespace GraphEngine.Data.Tests;

/// <summary>A folder that lives as long as a test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder()
    {
        Root = Directory.CreateTempSubdirectory("graphengine-").FullName;
    }

    public string Root { get; }

    public string this[params string[] path] => System.IO.Path.Combine([Root, .. path]);

    public string Write(string name, params string[] lines)
    {
        string file = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, string.Concat(lines.Select(line => line + "\n")));
        return file;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
