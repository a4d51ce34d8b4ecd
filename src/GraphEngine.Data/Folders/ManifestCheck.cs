using System.Buffers;
using GraphEngine.Graphs;
using GraphEngine.Spaces;

namespace GraphEngine.Data.Folders;

/// <summary>The rules of a manifest that hold whether it was read from a file or is about to be written.</summary>
internal static class ManifestCheck
{
    // The characters that some file system refuses, and the ones that change the meaning of a path.
    private static readonly SearchValues<char> NotInFileNames = SearchValues.Create("/\\:*?\"<>|");

    /// <summary>Checks names, counts and references.</summary>
    /// <exception cref="DatasetException">A rule is broken; the message says which.</exception>
    public static void Check(string file, DatasetManifest manifest)
    {
        if (manifest.NodeTypes.Count == 0)
            throw new DatasetException($"{file} declares no node type; a graph needs at least one.");
        HashSet<string> nodeTypes = new(StringComparer.Ordinal);
        HashSet<string> fileNames = new(StringComparer.OrdinalIgnoreCase);
        foreach ((NodeType type, int count) in manifest.NodeTypes)
        {
            if (type.Name.Length == 0 || type.Name.StartsWith('.') || type.Name.AsSpan().ContainsAny(NotInFileNames) || !type.Name.All(PlainNames.StaysInLine))
                throw new DatasetException($"{file} declares the node type '{type.Name}', which cannot name a file; use letters, digits, '-' and '_'.");
            if (!nodeTypes.Add(type.Name))
                throw new DatasetException($"{file} declares the node type '{type.Name}' twice; give each node type its own name.");
            if (!fileNames.Add(type.Name))
                throw new DatasetException($"{file} declares the node type '{type.Name}' and another that differs only in case, which share a file on some systems; rename one.");
            if (count < 0)
                throw new DatasetException($"{file} gives the node type '{type.Name}' the count {count}; a count cannot be negative.");
            DataCheck.Obey(() => GraphDataCheck.CheckNodeType(file, type));
        }
        HashSet<string> edgeTypes = new(StringComparer.Ordinal);
        foreach ((EdgeType type, int count) in manifest.EdgeTypes)
        {
            if (!edgeTypes.Add(type.Name))
                throw new DatasetException($"{file} declares the edge type '{type.Name}' twice; give each edge type its own name.");
            foreach (string end in (string[])[type.Source, type.Target])
            {
                if (!nodeTypes.Contains(end))
                    throw new DatasetException($"{file} joins the edge type '{type.Name}' to the node type '{end}', which it does not declare; declare it or correct the name.");
            }
            if (count < 0)
                throw new DatasetException($"{file} gives the edge type '{type.Name}' the count {count}; a count cannot be negative.");
        }
        foreach (TaskDeclaration task in manifest.Tasks)
        {
            if (task.Name.Length == 0 || !task.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                throw new DatasetException($"{file} declares the task '{task.Name}', which cannot name a column; use letters, digits, '-' and '_'.");
        }
        DataCheck.Obey(() => GraphDataCheck.CheckTasks(
            file, [.. manifest.Tasks.Select(t => new NodeTask(t.Name, t.NodeType, t.Classes, t.MultiLabel, [], []))], [.. manifest.NodeTypes.Select(t => t.Type)]));
    }
}
