using System.Globalization;
using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Spaces;

namespace GraphEngine.Passes;

/// <summary>
/// Computes only the rows that something reads: where a program ends at some nodes, as a loss does at those with labels, its last layer of messages
/// is computed for these nodes and the edges into them, the layer before for the nodes around them, and so on. Legal because rows do not depend on
/// each other but through maps: a sum, a maximum or a softmax over the edges of a target is whole when all edges of the target are there, y[i] = (sum
/// along m of x)[i] = sum along m restricted of x[i]. Random numbers of dropout stay those of the whole. Saves the rows of all other nodes, edges and
/// groups, of values and of their gradients.
/// </summary>
public sealed class DemandedRows
{
    // Rows and edges of a part that is nearly the whole cost tables of its own and save nothing.
    private const double LargestPart = 0.8;
    private const int All = int.MaxValue;

    private readonly Dictionary<Node, int> _demand = [];
    private readonly List<EdgeSet> _sets = [];

    // The levels at which edges and groups have a part too; one more may be of nodes alone.
    private readonly int _edgeLevels;
    private readonly Space _end;

    private DemandedRows(Program program, Space end, RelationStatistics? statistics)
    {
        _end = end;
        List<Space> rows = [end];
        // A program has no more layers than reads of sources.
        int layers = program.Nodes.Count(n => n.Op is Op.Gather { Map: var m } && (m == IndexMap.EdgeSource || m == IndexMap.EdgeSourceGroup)) + 1;
        while (rows.Count <= layers && IsWorthIt(rows[^1], statistics))
            rows.Add(Space.Around(rows[^1]));
        _edgeLevels = rows.Count - 1;
        // What the outermost edges come from may be some of the nodes where the edges into these are nearly all.
        rows.Add(Space.Nodes);
        if (statistics is not null && statistics.NodesIn(rows[^2]) >= LargestPart * statistics.Nodes)
            rows.RemoveAt(rows.Count - 2);
        for (int level = 0; level + 1 < rows.Count && _edgeLevels > 0; level++)
            _sets.Add(EdgeSet.Into(rows[level], rows[level + 1]));
        foreach (Node root in program.Roots)
            _demand[root] = All;
        foreach (Node node in program.Nodes.Reverse())
            Spread(node);
    }

    /// <summary>Runs the pass.</summary>
    /// <param name="program">The program.</param>
    /// <param name="statistics">Counts of the parts, which decide whether a part is worth tables of its own: one that they do not have is not
    /// (<see cref="RelationStatistics.With"/>). Without counts of anything, every part is.</param>
    public static Program Run(Program program, RelationStatistics? statistics)
    {
        Space[] ends = [.. program.Nodes.Select(n => n.Op).OfType<Op.Gather>().Select(g => g.Map).Where(m => m.IsInclusion).Select(m => m.From).Distinct()];
        if (ends is not [Space end])
            return program;
        DemandedRows pass = new(program, end, statistics);
        return pass._sets.Count > 0 && pass._demand.Values.Any(d => d != All) ? ProgramRewriter.Rewrite(program, pass.Rewrite) : program;
    }

    /// <summary>What the pass did, in a sentence.</summary>
    /// <param name="program">The program that it made.</param>
    /// <param name="statistics">Counts of the parts; null where they are not known.</param>
    public static string Describe(Program program, RelationStatistics? statistics)
    {
        EdgeSet[] sets = [.. program.Nodes.Select(n => EdgeSet.Of(n.Space)).OfType<EdgeSet>().Where(s => s.Targets != Space.Nodes).Distinct().OrderBy(s => s.Targets.Name.Length)];
        static double Count(RelationStatistics counts) => counts.Edges.Sum(e => (double)e);
        string Text(EdgeSet set) => statistics is null ? $"{set}"
            : string.Create(CultureInfo.InvariantCulture, $"{Count(statistics.Of(set)):N0} of {Count(statistics):N0} edges into {statistics.NodesIn(set.Targets):N0} of {statistics.Nodes:N0} nodes ({set.Targets})");
        return sets.Length == 0 ? "no layer of messages has fewer rows than all, or so few that they are worth tables of their own"
            : $"the last layer of messages has {string.Join("; the layer before it ", sets.Select(Text))}";
    }

    private static bool IsWorthIt(Space rows, RelationStatistics? statistics)
    {
        if (statistics is null)
            return true;
        if (!statistics.Into.TryGetValue(rows, out RelationStatistics? part))
            return false;
        double Size(RelationStatistics counts) => counts.Nodes + counts.Edges.Sum(e => (double)e);
        return Size(part) < LargestPart * Size(statistics);
    }

    /// <summary>Tells the operands of a node which of their rows it reads.</summary>
    private void Spread(Node node)
    {
        if (!_demand.TryGetValue(node, out int level))
            return;
        if (IsEnd(node))
        {
            // Such rows may be read in the middle of the program too.
            _demand[node] = All;
            Demand(node.Operands[0], 0);
            return;
        }
        if (!HasPart(node.Space, level) || OperandLevels(node, level) is not { } levels || levels.Where((l, i) => l == level && !HasPart(node.Operands[i].Space, level)).Any())
        {
            _demand[node] = All;
            levels = [.. node.Operands.Select(_ => All)];
        }
        for (int i = 0; i < levels.Length; i++)
            Demand(node.Operands[i], levels[i]);
    }

    private void Demand(Node node, int level) => _demand[node] = Math.Max(_demand.GetValueOrDefault(node, 0), level);

    private bool IsEnd(Node node) => node.Op is Op.Gather { Map: { IsInclusion: true } map } && map.From == _end;

    /// <summary>True for a space that has some of its rows at a level: the outermost level is one of nodes alone.</summary>
    private bool HasPart(Space space, int level) => IsWhole(space) && (level < _edgeLevels || (level < _sets.Count && IsOfNodes(space)));

    /// <summary>The rows of its operands that some rows of a node need; null where they are not known to be some only.</summary>
    private static int[]? OperandLevels(Node node, int level)
    {
        switch (node.Op)
        {
            case Op.Unary or Op.Binary or Op.Detach or Op.Expand or Op.Concat or Op.Slice or Op.ReduceColumns or Op.SumHeads or Op.Dropout:
                return [.. node.Operands.Select(o => o.Space == node.Space ? level : All)];
            case Op.Reshape when node.Operands[0].Space == node.Space:
                return [level];
            case Op.Linear { Types: var types } when LeadsOut(types):
                return [level, All];
            case Op.Gather { Map: var map } when EdgeSet.LeadsToSources(map):
                return [level + 1];
            case Op.Gather { Map: var map } when EdgeSet.LeadsToTargets(map) || map == IndexMap.EdgeSourceGroup:
                return [level];
            case Op.Gather { Map: var map } when LeadsOut(map):
                return [All];
            case Op.Reduce { Map: var map } when EdgeSet.LeadsToTargets(map):
                return [level];
            // The end has rows of one type: those of the others are never put together with them.
            case Op.Reduce { Map: var map } when level > 0 && IsTyped(map):
                return [level];
            case Op.Softmax { Map: var map } when EdgeSet.LeadsToTargets(map):
                return [level];
            case Op.InverseDegree { Map: var map } when EdgeSet.LeadsToTargets(map):
                return [];
            default:
                return null;
        }
    }

    private static bool IsOfNodes(Space space) => space == Space.Nodes || (space.NodeType is string type && space == Space.NodesOf(type));

    /// <summary>True for the inclusion of all nodes of a type in all nodes: of some nodes, those of the type are sent to them.</summary>
    private static bool IsTyped(IndexMap map) => map.IsInclusion && IsOfNodes(map.From);

    private static bool IsWhole(Space space) => IsOfNodes(space) || space == Space.Edges || space == Space.SourceGroups || space == Space.TargetGroups;

    private static bool LeadsOut(IndexMap map) => EdgeSet.LeadsOut(map) || map.To == Space.One;

    private Node? Rewrite(ProgramBuilder builder, Node node, Node[] x)
    {
        if (IsEnd(node))
            return _demand[node.Operands[0]] == All ? null : Part(node.Operands[0], x[0], 0);
        int level = _demand[node];
        if (level == All)
            return null;
        EdgeSet set = _sets[level];
        Node Operand(int i) => IsWhole(node.Operands[i].Space) ? Part(node.Operands[i], x[i], level) : x[i];
        return node.Op switch
        {
            Op.Gather { Map: var map } when EdgeSet.LeadsToSources(map) => FromSources(node.Operands[0], x[0], level).Along(set.Of(map)!),
            Op.Gather { Map: var map } => Operand(0).Along(set.Of(map)!),
            Op.Reduce { Map: var map } reduce => builder.Add(reduce with { Map = set.Of(map)! }, Operand(0)),
            Op.Softmax { Map: var map } => Operand(0).Softmax(set.Of(map)!),
            Op.InverseDegree { Map: var map } => builder.InverseDegree(set.Of(map)!),
            Op.Linear { Types: var types } linear => Operand(0).Linear(x[1], set.Of(types)!, linear.Transposed),
            Op.Reshape reshape => Operand(0).Reshape(reshape.Type with { Space = set.Rows(node.Space) }),
            Op.Dropout dropout => builder.Add(dropout with { Rows = IndexMap.Inclusion(set.Rows(node.Space), node.Space) }, Operand(0), x[1], x[2]),
            _ => builder.Add(node.Op, [.. node.Operands.Select((_, i) => Operand(i))]),
        };
    }

    /// <summary>The rows of a level of a value that was computed for these rows, for more, or for all.</summary>
    private Node Part(Node old, Node value, int level)
    {
        // Layers share the degrees of groups, each has some of the groups.
        if (old.Op is Op.InverseDegree { Map: var degrees } && EdgeSet.LeadsToTargets(degrees))
            return value.Builder.InverseDegree(_sets[level].Of(degrees)!);
        if (old.Op is Op.Gather { Map: var read } && EdgeSet.LeadsToTargets(read) && old.Operands[0].Op is Op.InverseDegree { Map: var gathered } && EdgeSet.LeadsToTargets(gathered))
            return Part(old.Operands[0], value, level).Along(_sets[level].Of(read)!);
        Space Rows(int of) => of == All ? old.Space : _sets[of].Rows(old.Space);
        int known = _demand[old];
        return known == level ? value : value.Along(IndexMap.Inclusion(Rows(level), Rows(known)));
    }

    /// <summary>A value of nodes as the sources of a level's edges read it.</summary>
    private Node FromSources(Node old, Node value, int level) => level + 1 < _sets.Count ? Part(old, value, level + 1) : value;
}
