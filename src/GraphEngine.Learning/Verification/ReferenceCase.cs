using System.Text.Json;
using GraphEngine.Graphs;
using GraphEngine.Ir;
using GraphEngine.Learning.Models;
using GraphEngine.Passes;
using GraphEngine.Spaces;
using GraphEngine.Tensors;
using TensorType = GraphEngine.Ir.TensorType;

namespace GraphEngine.Learning.Verification;

/// <summary>One layer on one graph with the outputs and gradients that another system computed, read from a .safetensors file.</summary>
public sealed class ReferenceCase
{
    // A bound on damaged files: a type costs memory whether it has nodes or not.
    private const int MostTypes = 1 << 16;

    private ReferenceCase(string file, string kind, HeteroGraph graph, Program program, IReadOnlyDictionary<string, float[]> leaves, IReadOnlyDictionary<string, float[]> expected, ILookup<string, (string, TensorPart)> parts)
    {
        File = file;
        Kind = kind;
        Graph = graph;
        Program = program;
        Leaves = leaves;
        Expected = expected;
        Parts = parts;
    }

    /// <summary>The file's name.</summary>
    public string File { get; }

    /// <summary>The layer, such as <c>rgcn-mean</c>.</summary>
    public string Kind { get; }

    /// <summary>The graph.</summary>
    public HeteroGraph Graph { get; }

    /// <summary>The layer and the gradients of sum(out * probe), with one output per expected tensor.</summary>
    public Program Program { get; }

    /// <summary>The values of the program's leaves.</summary>
    public IReadOnlyDictionary<string, float[]> Leaves { get; }

    /// <summary>The reference values, by output.</summary>
    public IReadOnlyDictionary<string, float[]> Expected { get; }

    /// <summary>The elements of outputs that each tensor of the reference consists of.</summary>
    public ILookup<string, (string Output, TensorPart Part)> Parts { get; }

    /// <summary>Reads a case.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is damaged, lacks a tensor, or holds a layer that is not known.</exception>
    public static ReferenceCase Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        SafetensorsFile file = SafetensorsFile.Read(path);
        string kind = file.Metadata.GetValueOrDefault("kind") ?? throw new InvalidDataException($"{path}: the metadata do not say which kind of case this is.");
        try
        {
            HeteroGraph graph = ReadGraph(file);
            ProgramBuilder b = new();
            int width = WidthOf(file["x"]), outWidth = WidthOf(file["out"]);
            Node x = b.Input("x", Space.Nodes, RowShape.Vector(width));
            ReferenceLayer layer = kind switch
            {
                "rgcn-add" or "rgcn-mean" => new RgcnReference(file, kind == "rgcn-mean" ? Aggregation.Mean : Aggregation.Sum, outWidth),
                "rgat" => new RgatReference(file, outWidth),
                "hgt" => new HgtReference(file, graph, outWidth),
                _ => throw new InvalidDataException($"{path}: there is no layer of the kind '{kind}'; known are rgcn-add, rgcn-mean, rgat and hgt."),
            };
            return Build(path, kind, file, graph, x, layer);
        }
        // What a file names may be anything: the layers' own checks speak of it.
        catch (Exception e) when (e is KeyNotFoundException or FormatException or ArgumentException or InvalidOperationException or IrException or JsonException or ArithmeticException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    private static ReferenceCase Build(string path, string kind, SafetensorsFile file, HeteroGraph graph, Node x, ReferenceLayer layer)
    {
        ProgramBuilder b = x.Builder;
        Node y = layer.Apply(x, graph);
        Node probe = b.Input("probe", Space.Nodes, y.Row);
        Node loss = (y * probe).SumColumns().Sum(IndexMap.ToOne(Space.Nodes));
        Node[] parameters = [.. ProgramGraph.Reachable([y]).Where(n => n.Op is Op.Leaf { Role: LeafRole.Parameter })];
        IReadOnlyDictionary<Node, Node> gradients = loss.Gradients([x, .. parameters]);

        List<Output> outputs = [new("out", y), new("grad_x", gradients[x])];
        List<(string Output, TensorPart Part)> parts = [.. outputs.Select(o => (o.Name, new TensorPart(o.Name, 0, graph.NodeCount * o.Value.Row.Size)))];
        Dictionary<string, float[]> leaves = [], expected = [];
        void Take(Dictionary<string, float[]> values, string name, TensorType type, float[] given)
        {
            values[name] = given;
            int needed = graph.Topology.Count(type.Space) * type.Row.Size;
            Require(values[name].Length == needed, $"the tensor '{name}' has {values[name].Length} elements, but {type} needs {needed}.");
        }

        Take(leaves, "x", x.Type, file["x"].ToFloats());
        Take(leaves, "probe", probe.Type, file["probe"].ToFloats());
        Take(expected, "out", y.Type, file["out"].ToFloats());
        Take(expected, "grad_x", x.Type, file["grad_x"].ToFloats());
        foreach (Op.Leaf input in ProgramGraph.Reachable([y]).Select(n => n.Op).OfType<Op.Leaf>().Where(l => l.Role == LeafRole.Input && l.Name != "x"))
            Take(leaves, input.Name, input.Type, layer.Input(input.Name));
        foreach (Node parameter in parameters)
        {
            string name = ((Op.Leaf)parameter.Op).Name, gradient = $"gradient of {name}";
            outputs.Add(new Output(gradient, gradients[parameter]));
            Take(leaves, name, parameter.Type, layer.Parameter(name, "w"));
            Take(expected, gradient, parameter.Type, layer.Parameter(name, "g"));
            parts.AddRange(layer.Parts(name, expected[gradient].Length).Select(part => (gradient, part with { Tensor = $"g.{part.Tensor}" })));
        }
        return new ReferenceCase(Path.GetFileName(path), kind, graph, new Program(outputs), leaves, expected, parts.ToLookup(p => p.Part.Tensor));
    }

    private static HeteroGraph ReadGraph(SafetensorsFile file)
    {
        long[] nodeTypes = file["ntype"].ToLongs(), sourceTypes = file["etype_src_ntype"].ToLongs(), targetTypes = file["etype_dst_ntype"].ToLongs();
        long[] source = file["src"].ToLongs(), target = file["dst"].ToLongs(), edgeType = file["etype"].ToLongs();
        Require(
            source.Length == target.Length && source.Length == edgeType.Length,
            $"src, dst and etype have {source.Length}, {target.Length} and {edgeType.Length} elements; they need one per edge.");
        Require(sourceTypes.Length == targetTypes.Length, $"etype_src_ntype and etype_dst_ntype have {sourceTypes.Length} and {targetTypes.Length} elements; they need one per edge type.");
        Require(!nodeTypes.Concat(sourceTypes).Concat(targetTypes).Any(t => t is < 0 or >= MostTypes), $"a node type is negative or at least {MostTypes}.");
        Require(nodeTypes.Zip(nodeTypes.Skip(1)).All(p => p.First <= p.Second), "the nodes of ntype do not lie by type.");
        Require(!source.Concat(target).Any(v => v < 0 || v >= nodeTypes.Length), $"src or dst names a node that ntype does not have; it has {nodeTypes.Length}.");
        Require(!edgeType.Any(r => r < 0 || r >= sourceTypes.Length), $"etype names an edge type that etype_src_ntype does not have; it has {sourceTypes.Length}.");
        int types = Math.Max(1, (int)nodeTypes.Concat(sourceTypes).Concat(targetTypes).DefaultIfEmpty(0).Max() + 1);
        int[] counts = [.. Enumerable.Range(0, types).Select(t => nodeTypes.Count(n => n == t))];
        int[] offsets = new int[types];
        for (int t = 1; t < types; t++)
            offsets[t] = offsets[t - 1] + counts[t - 1];
        GraphSchema schema = new(
            [.. Enumerable.Range(0, types).Select(t => new NodeType($"{t}"))],
            [.. sourceTypes.Select((s, r) => new EdgeType($"{r}", $"{s}", $"{targetTypes[r]}"))]);
        List<int>[] sources = [.. sourceTypes.Select(_ => new List<int>())], targets = [.. sourceTypes.Select(_ => new List<int>())];
        for (int e = 0; e < source.Length; e++)
        {
            int r = (int)edgeType[e];
            sources[r].Add((int)source[e] - offsets[sourceTypes[r]]);
            targets[r].Add((int)target[e] - offsets[targetTypes[r]]);
        }
        return new HeteroGraph(schema, counts, [.. sources.Select((s, r) => new EdgeList([.. s], [.. targets[r]]))]);
    }

    private static int WidthOf(Tensor tensor)
    {
        Require(tensor.Shape.Count == 2, $"the tensor '{tensor.Name}' has {tensor.Shape.Count} axes; it needs rows and columns.");
        return (int)tensor.Shape[1];
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new FormatException(otherwise);
    }
}
