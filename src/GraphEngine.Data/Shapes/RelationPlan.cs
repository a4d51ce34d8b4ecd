namespace GraphEngine.Data.Shapes;

/// <summary>An edge type to generate: its size and how many distinct nodes take part at either end, which are its numbers of groups.</summary>
internal sealed record RelationPlan(string Name, int Source, int Target, int Edges, int ActiveSources, int ActiveTargets);
