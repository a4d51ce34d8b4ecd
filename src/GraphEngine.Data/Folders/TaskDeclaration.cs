namespace GraphEngine.Data.Folders;

/// <summary>A task as graph.json declares it; its labels and splits are columns of the node table.</summary>
internal sealed record TaskDeclaration(string Name, string NodeType, IReadOnlyList<string> Classes, bool MultiLabel)
{
    /// <summary>The only kind of task so far.</summary>
    public const string NodeClassification = "node-classification";

    /// <summary>The column of class numbers.</summary>
    public string LabelColumn => "y_" + Name;

    /// <summary>The column of split names.</summary>
    public string SplitColumn => "split_" + Name;
}
