using GraphEngine.Data;
using GraphEngine.Graphs;

namespace GraphEngine.Cli.Tests;

public sealed partial class BrokenInputTests
{
    private static Dictionary<string, Case> Folders => new()
    {
        ["manifest that is not JSON"] = Folder(f => File.WriteAllText(f + "/graph.json", "{\n\"format\" 1}"), "@/tiny/graph.json is not JSON: line 2, byte 10 cannot be read; repair it there."),
        ["manifest of another format"] = Folder(Manifest("\"format\": 1", "\"format\": 9"), "@/tiny/graph.json says format 9, but this version reads format 1; import the data set again."),
        ["manifest without a licence"] = Folder(Manifest("\"licence\": \"free\",", ""), "@/tiny/graph.json lacks the key 'licence' of the data set."),
        ["relation of an unknown node type"] = Folder(
            Manifest("\"source\": \"tag\"", "\"source\": \"label\""),
            "@/tiny/graph.json joins the edge type 'of' to the node type 'label', which it does not declare; declare it or correct the name."),
        ["class twice"] = Folder(Manifest("\"green\"", "\"red\""), "@/tiny/graph.json names the class 'red' of the task 'colour' twice; give each class its own name."),
        ["edge table missing"] = Folder(f => File.Delete(f + "/edges/2.parquet"), "@/tiny/edges/2.parquet is missing, but graph.json declares it; import or copy the data set again."),
        ["edge table truncated"] = Folder(
            f => File.WriteAllBytes(f + "/edges/2.parquet", File.ReadAllBytes(f + "/edges/2.parquet")[..^9]),
            "@/tiny/edges/2.parquet cannot be read as Parquet: it is truncated or damaged; import or copy the data set again."),
        ["node table that is text"] = Folder(
            f => File.WriteAllText(f + "/nodes/item.parquet", "id,x\n"),
            "@/tiny/nodes/item.parquet cannot be read as Parquet: it is truncated or damaged; import or copy the data set again."),
        ["edge table of another relation"] = Folder(
            f => File.Copy(f + "/edges/0.parquet", f + "/edges/2.parquet", overwrite: true),
            "@/tiny/edges/2.parquet has 12 rows, but graph.json says 5; correct the one that is wrong."),
        ["edges beyond the nodes"] = Folder(
            f => File.Copy(f + "/edges/0.parquet", f + "/edges/1.parquet", overwrite: true),
            "@/tiny/edges/1.parquet, row 2, column 'dst': there is no node 5; the node type 'tag' has 5 nodes, numbered from 0."),
        ["node table in place of edges"] = Folder(
            f => File.Copy(f + "/nodes/item.parquet", f + "/edges/0.parquet", overwrite: true),
            "@/tiny/edges/0.parquet has no column 'src'; it has 'id', 'x', 'y_colour', 'split_colour'."),
        ["unknown task"] = new("train --dataset @/tiny --device cpu --task shade", "The data set 'tiny' has no task 'shade'; it has colour.", Write(TinyData.Data)),
        ["no task"] = new(
            "train --dataset @/tiny --device cpu", "The data set 'tiny' has no task to train on; add one, or choose another data set.",
            Write(TinyData.Data with { Tasks = [] })),
        ["no training nodes"] = new(
            "train --dataset @/tiny --device cpu", "The task 'colour' has no training nodes; mark some as 'train'.",
            Write(TinyData.Data with { Tasks = [TinyData.Data.Tasks[0] with { Splits = new Split[12] }] })),
        ["heads of a model without attention"] = new(
            "train --dataset @/tiny --device cpu --heads 2", "The model 'rgcn' has no attention and so no heads; leave them at 1.", Write(TinyData.Data)),
    };

    private static Dictionary<string, Case> Sources => new()
    {
        ["unknown format"] = new("data import --format xml @ --out @/d", "There is no format 'xml'; use wordnet, ntriples, hgb, triples."),
        ["no source"] = new("data import --format ntriples @/none --out @/d", "There is no file or folder @/none; give the place of the data to import."),
        ["no triples file"] = Rdf([], "@/rdf has 0 files that end in .nt or .nt.gz; give a folder with exactly one."),
        ["triple without an end"] = Rdf([("g.nt", "<a:b> <a:c> <a:d> .\n<a:b> <a:c> <a:e>\n")], "@/rdf/g.nt, line 2: a triple must end with a full stop (column 18); correct the line."),
        ["IRI without an end"] = Rdf([("g.nt", "<a:b <a:c> <a:d> .\n")], "@/rdf/g.nt, line 1: an IRI must not hold blanks, quotes or one of < { } | ^ ` (column 2); correct the line."),
        ["literal as predicate"] = Rdf([("g.nt", "<a:b> \"c\" <a:d> .\n")], "@/rdf/g.nt, line 1: a predicate must be an IRI (column 7); correct the line."),
        ["no triples"] = Rdf([("g.nt", "# nothing\n")], "@/rdf/g.nt holds no triple; give a file with at least one."),
        ["label of an unknown node"] = Rdf(
            [("g.nt", "<a:b> <a:c> <a:d> .\n"), ("trainingSet.tsv", "node\tlabel_x\na:z\t1\n"), ("testSet.tsv", "node\tlabel_x\na:d\t1\n")],
            "@/rdf/trainingSet.tsv, line 2: the node 'a:z' is not in the graph; remove the line or take the graph that belongs to it."),
    };

    private static Case Folder(Action<string> damage, string sentence) => new("data info @/tiny", sentence, f => damage(TinyData.WriteTo(f)));

    private static Action<string> Manifest(string from, string to) => f =>
    {
        string text = File.ReadAllText(f + "/graph.json"), changed = text.Replace(from, to, StringComparison.Ordinal);
        if (changed == text)
            throw new ArgumentException($"The manifest has no {from}.");
        File.WriteAllText(f + "/graph.json", changed);
    };

    private static Action<string> Write(GraphData data) => f => DatasetFolder.Write(data, f + "/tiny");

    private static Case Rdf((string Name, string Text)[] files, string sentence) => new("data import --format ntriples @/rdf --out @/d", sentence, f =>
    {
        Directory.CreateDirectory(f + "/rdf");
        foreach ((string name, string text) in files)
            File.WriteAllText(f + "/rdf/" + name, text);
    });
}
