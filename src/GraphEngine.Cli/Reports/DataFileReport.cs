namespace GraphEngine.Cli.Reports;

/// <summary>The result of the verbs that write a data set.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Out">The folder or file written.</param>
/// <param name="Nodes">The number of nodes.</param>
/// <param name="Edges">The number of edges.</param>
internal sealed record DataFileReport(string Name, string Out, int Nodes, int Edges);
