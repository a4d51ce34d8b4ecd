using System.Buffers;
using GraphEngine.Graphs;

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
            if (type.Name.Length == 0 || type.Name.StartsWith('.') || type.Name.AsSpan().ContainsAny(NotInFileNames) || type.Name.Any(char.IsControl))
                throw new DatasetException($"{file} declares the node type '{type.Name}', which cannot name a file; use letters, digits, '-' and '_'.");
            if (!nodeTypes.Add(type.Name))
                throw new DatasetException($"{file} declares the node type '{type.Name}' twice; give each node type its own name.");
            if (!fileNames.Add(type.Name))
                throw new DatasetException($"{file} declares the node type '{type.Name}' and another that differs only in case, which share a file on some systems; rename one.");
            if (count < 0)
                throw new DatasetException($"{file} gives the node type '{type.Name}' the count {count}; a count cannot be negative.");
            if (type.Features < 0)
                throw new DatasetException($"{file} gives the node type '{type.Name}' {type.Features} features; use 0 for none.");
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
        CheckTasks(file, manifest.Tasks, nodeTypes);
    }

    private static void CheckTasks(string file, IReadOnlyList<TaskDeclaration> tasks, HashSet<string> nodeTypes)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (TaskDeclaration task in tasks)
        {
            if (task.Name.Length == 0 || !task.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                throw new DatasetException($"{file} declares the task '{task.Name}', which cannot name a column; use letters, digits, '-' and '_'.");
            if (!names.Add(task.Name))
                throw new DatasetException($"{file} declares the task '{task.Name}' twice; give each task its own name.");
            if (!nodeTypes.Contains(task.NodeType))
                throw new DatasetException($"{file} puts the task '{task.Name}' on the node type '{task.NodeType}', which it does not declare; declare it or correct the name.");
            if (task.Classes.Count == 0)
                throw new DatasetException($"{file} gives the task '{task.Name}' no classes; name at least one.");
            HashSet<string> classes = new(StringComparer.Ordinal);
            foreach (string name in task.Classes)
            {
                if (!classes.Add(name))
                    throw new DatasetException($"{file} names the class '{name}' of the task '{task.Name}' twice; give each class its own name.");
            }
        }
    }
}
