using GraphEngine.Tensors;

namespace GraphEngine.Cli.Tests;

public sealed partial class BrokenInputTests
{
    private static Dictionary<string, Case> Checkpoints => new()
    {
        ["no checkpoint"] = new(
            "evaluate --checkpoint @/c", "There is no file '@/c'; give --checkpoint a file that 'train --checkpoint' wrote."),
        ["checkpoint in the place of something else"] = new(
            "train --checkpoint @/c", "--checkpoint: '@/c' is a file of something else; give another name, since the checkpoint would take its place.", f => File.WriteAllText(f + "/c", "My notes.")),
        ["checkpoint that is text"] = new(
            "evaluate --checkpoint @/c", "@/c is not a valid safetensors file: its header claims 2338328219631577172 bytes, but the file has 9 more.", f => File.WriteAllText(f + "/c", "This is no tensor")),
        ["empty checkpoint"] = new(
            "evaluate --checkpoint @/c", "@/c is not a valid safetensors file: it has 0 bytes, too few for the length of a header.", f => File.WriteAllText(f + "/c", "")),
        ["tensors that are no checkpoint"] = new(
            "evaluate --checkpoint @/c", "@/c is not a checkpoint: its metadata have no 'format'. Name a file that a checkpoint was written to.",
            f => SafetensorsFile.Write(f + "/c", [Tensor.Of("a", [1f])])),
        ["checkpoint of another format"] = Checkpoint(
            metadata: ("format", "graphengine-checkpoint-7"),
            sentence: "@/c has the checkpoint format 'graphengine-checkpoint-7', but this version reads 'graphengine-checkpoint-3'; use the version that wrote it."),
        ["checkpoint with a damaged epoch"] = Checkpoint(
            metadata: ("epoch", "three"), sentence: "@/c is a damaged checkpoint: The input string 'three' was not in a correct format."),
        ["checkpoint with empty settings"] = Checkpoint(metadata: ("options", "null"), sentence: "@/c is a damaged checkpoint: the settings, the task or the graph are empty."),
        ["checkpoint with an impossible setting"] = Checkpoint(
            metadata: ("options", """{"model":{"model":"rgcn","hidden":-4},"epochs":1}"""), sentence: "@/c is a damaged checkpoint: The hidden width is -4, but must be 1 or more."),
        ["checkpoint of another model"] = new(
            "train --checkpoint @/c --resume --device cpu --model hgt", "--resume: The model of the checkpoint has the setting 'model' rgcn, but the model that is to take it has hgt; make one with the settings of the checkpoint: leave the flag out, or begin another checkpoint.", f => WriteCheckpoint(f, null, t => t), WrongUsage),
        ["diverged checkpoint"] = Checkpoint(
            tensors: t => t.Name.EndsWith("layer1.bias", StringComparison.Ordinal) ? Tensor.Of(t.Name, [float.NaN, 0, 0, 0], 1, 4) : t,
            sentence: "A score is NaN: the model has diverged; train it with a lower learning rate, or check the features."),
        ["checkpoint of an unknown task"] = Checkpoint(
            metadata: ("task", """{"name":"shade","nodeType":"item","classes":["a"],"multiLabel":false}"""),
            sentence: "@/c was trained for the task 'shade', which the data set 'tiny' does not have; give the right one with --dataset."),
        ["checkpoint of other classes"] = Checkpoint(
            metadata: ("task", """{"name":"colour","nodeType":"item","classes":["a","b"],"multiLabel":false}"""),
            sentence: "The checkpoint was trained for other classes of the task 'colour', or in another order, than the data set 'tiny' has; use the data set that it was trained on."),
        ["checkpoint without a tensor"] = Checkpoint(
            tensors: t => t.Name.EndsWith("layer1.root", StringComparison.Ordinal) ? null : t,
            sentence: "The checkpoint has no tensor 'layer1.root', which this model needs: it was trained with other settings, without dropout, or by another optimiser; use those that it was trained with."),
        ["checkpoint with a tensor of another size"] = Checkpoint(
            tensors: t => t.Name.EndsWith("layer1.bias", StringComparison.Ordinal) ? Tensor.Of(t.Name, [1f, 2f], 1, 2) : t,
            sentence: "The checkpoint does not fit this model and data set: The tensor 'layer1.bias' of type one[4] has 4 elements, but 2 were given."),
        ["checkpoint with whole numbers"] = Checkpoint(
            tensors: t => t.Name.EndsWith("layer1.bias", StringComparison.Ordinal) ? Tensor.Of(t.Name, [1, 2, 3, 4], 1, 4) : t,
            sentence: "The tensor 'best.layer1.bias' holds I32, not floating-point numbers."),
        ["checkpoint to go on from of another data set"] = new(
            "train --checkpoint @/c --resume --device cpu", "@/c was trained on 'tiny', which no data set on this machine is called; give its folder with --dataset.", f => WriteCheckpoint(f, ("folder", null), t => t)),
        ["output that is a device"] = new("predict --checkpoint @/c --out /dev/full", "--out: '/dev/full' is a device or a pipe; give the name of a file."),
        ["checkpoint of another data set"] = new(
            "predict --checkpoint @/c --out @/p --device cpu", "@/c was trained on 'tiny' in /nowhere, which is no longer there; give its folder with --dataset.", f => WriteCheckpoint(f, ("folder", "/nowhere"), t => t)),
    };

    private static Dictionary<string, Case> References => new()
    {
        ["no reference"] = new("verify @/r --device cpu", "There is no file '@/r'; give the paths of reference cases."),
        ["truncated reference"] = new("verify @/r --device cpu", "@/r is not a valid safetensors file: its tensors take 616 bytes, but 604 follow the header; it is truncated or damaged.", f =>
        {
            ReferenceFile.Write(f + "/r", ReferenceFile.Tensors());
            File.WriteAllBytes(f + "/r", File.ReadAllBytes(f + "/r")[..^12]);
        }),
        ["reference without a kind"] = Reference(t => t, "@/r: the metadata do not say which kind of case this is.", kind: null),
        ["reference of an unknown kind"] = Reference(t => t, "@/r: there is no layer of the kind 'gin'; known are rgcn-add, rgcn-mean, rgat and hgt.", kind: "gin"),
        ["reference without a tensor"] = Reference(
            t => t.Name == "probe" ? null : t,
            "@/r: There is no tensor 'probe'; the file has src, dst, etype, ntype, etype_src_ntype, etype_dst_ntype, x, out, grad_x, w.weight, w.root, w.bias, g.weight, g.root, g.bias."),
        ["reference with an edge to nowhere"] = Reference(
            t => t.Name == "dst" ? Tensor.Of("dst", [1L, 2, 3, 0, 9]) : t, "@/r: src or dst names a node that ntype does not have; it has 4."),
        ["reference with an unknown edge type"] = Reference(
            t => t.Name == "etype" ? Tensor.Of("etype", [0L, 1, 0, 5, 0]) : t, "@/r: etype names an edge type that etype_src_ntype does not have; it has 2."),
        ["reference with too few edges"] = Reference(
            t => t.Name == "etype" ? Tensor.Of("etype", [0L, 1]) : t, "@/r: src, dst and etype have 5, 5 and 2 elements; they need one per edge."),
        ["reference with a small weight"] = Reference(
            t => t.Name == "w.root" ? Tensor.Of("w.root", [1f, 2f], 2, 1) : t, "@/r: the tensor 'w.root' has 2 elements, but one[3x3] needs 9."),
        ["reference with features of one axis"] = Reference(
            t => t.Name == "x" ? Tensor.Of("x", [1f, 2f]) : t, "@/r: the tensor 'x' has 1 axes; it needs rows and columns."),
        ["reference with whole numbers"] = Reference(
            t => t.Name == "x" ? Tensor.Of("x", [1L, 2], 1, 2) : t, "@/r: The tensor 'x' holds I64, not floating-point numbers."),
    };

    private static Case Reference(Func<Tensor, Tensor?> change, string sentence, string? kind = "rgcn-add") => new("verify @/r --device cpu", sentence, f =>
        ReferenceFile.Write(f + "/r", ReferenceFile.Tensors().Values.Select(change).OfType<Tensor>().ToDictionary(t => t.Name), kind));

    private static Case Checkpoint(string sentence, (string Key, string Value)? metadata = null, Func<Tensor, Tensor?>? tensors = null) =>
        new("evaluate --checkpoint @/c --dataset @/tiny --device cpu", sentence, f => WriteCheckpoint(f, metadata, tensors ?? (t => t)));

    /// <summary>Trains for one epoch and damages the checkpoint.</summary>
    private static void WriteCheckpoint(string folder, (string Key, string? Value)? metadata, Func<Tensor, Tensor?> change)
    {
        CommandLine run = CommandLine.Run(
            "train", "--dataset", TinyData.WriteTo(folder), "--device", "cpu", "--epochs", "1", "--hidden", "4", "--checkpoint", folder + "/c", "--no-baselines");
        if (run.Code != 0)
            throw new ArgumentException(run.Error);
        SafetensorsFile file = SafetensorsFile.Read(folder + "/c");
        Dictionary<string, string> texts = new(file.Metadata);
        if (metadata is var (removed, _))
            texts.Remove(removed);
        if (metadata is (var key, { } value))
            texts[key] = value;
        SafetensorsFile.Write(folder + "/c", [.. file.Tensors.Select(change).OfType<Tensor>()], texts);
    }
}
