using GraphEngine.Data;
using GraphEngine.Runtime;

namespace GraphEngine.Cli.Tests;

public sealed partial class BrokenInputTests
{
    private static string DevicesHere => string.Join(", ", DeviceCatalogue.List().Select(d => $"{d.Id} ({d.Name})"));

    private static string DatasetsHere
    {
        get
        {
            DatasetCatalogue catalogue = new();
            return string.Join(", ", catalogue.Present().Select(set => set.Name).Concat(catalogue.Entries.Select(entry => entry.Name)).Distinct());
        }
    }

    private static Dictionary<string, Case> Arguments => new()
    {
        ["unknown verb"] = new("frobnicate", "Unrecognized command or argument 'frobnicate'; see 'graphengine --help'.", Code: WrongUsage),
        ["verb without its part"] = new("data", "Required command was not provided; see 'graphengine data --help'.", Code: WrongUsage),
        ["unknown flag"] = new("train --bogus", "Unrecognized command or argument '--bogus'; see 'graphengine train --help'.", Code: WrongUsage),
        ["flag without its value"] = new("train --epochs", "Required argument missing for option: '--epochs'; see 'graphengine train --help'.", Code: WrongUsage),
        ["missing flag"] = new("evaluate", "Option '--checkpoint' is required; see 'graphengine evaluate --help'.", Code: WrongUsage),
        ["missing file"] = new("verify", "Required argument 'FILE' missing for command: 'verify'; see 'graphengine verify --help'.", Code: WrongUsage),
        ["word for a number"] = new("train --epochs many", "--epochs: 'many' does not fit; give a whole number of at least 1.", Code: WrongUsage),
        ["number out of range"] = new("train --hidden 0", "--hidden: '0' does not fit; give a whole number from 1 to 4096.", Code: WrongUsage),
        ["fraction out of range"] = new("train --dropout 1", "--dropout: '1' does not fit; give a number of at least 0 and less than 1.", Code: WrongUsage),
        ["step size of nothing"] = new("train --lr 0", "--lr: '0' does not fit; give a number of more than 0.", Code: WrongUsage),
        ["decay that is not finite"] = new("train --weight-decay NaN", "--weight-decay: 'NaN' does not fit; give a number of at least 0.", Code: WrongUsage),
        ["seed too large"] = new("train --seed 16777216", "--seed: '16777216' does not fit; give a whole number from 0 to 16777215.", Code: WrongUsage),
        ["unknown model"] = new("train --model perceptron", "--model: there is no 'perceptron'; choose one of rgcn, rgat, hgt, linear.", Code: WrongUsage),
        ["unknown aggregation"] = new("train --aggregation max", "--aggregation: there is no 'max'; choose one of sum, mean.", Code: WrongUsage),
        ["resume from nowhere"] = new("train --resume", "--resume: there is nothing to resume from; name the file with --checkpoint.", Code: WrongUsage),
        ["checkpoint of a run without passes"] = new(
            "train --disable simplify --checkpoint @/c", "--disable: a checkpoint does not know which passes were left out, and going on from it would not give the same bits; leave --disable or --checkpoint out.", Code: WrongUsage),
        ["several runs in one checkpoint"] = new(
            "train --seeds 2 --checkpoint @/c", "--checkpoint: a file keeps one run, but --seeds asks for several; leave one of them out.", Code: WrongUsage),
        ["unknown shape"] = new(
            "data generate --shape torus --out @/d", "--shape: there is no 'torus'; choose one of aifb, mutag, bgs, am, fb15k, biokg, mag.", Code: WrongUsage),
        ["scale out of range"] = new("bench --shape aifb --scale 0", "--scale: '0' does not fit; give a number above 0 and at most 50.", Code: WrongUsage),
        ["no graph"] = new("compile", "There is no graph to work on; name one with --dataset or --shape.", Code: WrongUsage),
        ["two graphs"] = new("bench --shape aifb --dataset wordnet", "--dataset and --shape name two graphs; leave one of them out.", Code: WrongUsage),
        ["unknown pass"] = new(
            "compile --shape aifb --disable magic", $"--disable: there is no pass 'magic' that can be left out; choose from {PassNames.Choices}.", Code: WrongUsage),
        ["unknown form"] = new("compile --shape aifb --emit hlsl", "--emit: there is no form 'hlsl'; choose from csharp, ptx, opencl.", Code: WrongUsage),
        ["heads without attention"] = new("bench --shape aifb --heads 2", "--heads: the model 'rgcn' has no attention and so no heads; leave the flag out.", Code: WrongUsage),
        ["settings of a layer beside kernels"] = new("bench --kernels --model hgt", "--model: this is a setting of a layer, and --kernels measures single kernels; leave one of them out.", Code: WrongUsage),
        ["two flags and one file"] = new("train --checkpoint @/c --plot @/c", "--checkpoint and --plot name the same file, '@/c'; give each its own.", Code: WrongUsage),
        ["input in the place of the output"] = new("predict --checkpoint @/c --out @/c", "--checkpoint and --out name the same file, '@/c'; give each its own.", Code: WrongUsage),
        ["result in the place of the input"] = new("evaluate --checkpoint @/c --json @/c", "--checkpoint and --json name the same file, '@/c'; give each its own.", Code: WrongUsage),
        ["result in the place of a case"] = new("verify @/r --json @/r", "FILE and --json name the same file, '@/r'; give each its own.", Code: WrongUsage),
        ["picture to the output"] = new("train --plot -", "--plot: only --json can go to the output; give the name of a file."),
        ["result in the place of a manifest"] = new("train --json @/tiny/graph.json", "--json: '@/tiny/graph.json' is part of a data set; give another name, since what is written would take its place.", f => TinyData.WriteTo(f)),
        ["export in the place of a table"] = new(
            "data export wordnet --out @/tiny/nodes/item.parquet", "--out: '@/tiny/nodes/item.parquet' is part of a data set; give another name, since what is written would take its place.", f => TinyData.WriteTo(f)),
        ["seeds beyond the largest"] = new(
            "train --dataset @/tiny --device cpu --seed 16777215 --seeds 2", "--seeds: 2 seeds from 16777215 on go beyond the largest one, 16777215; begin with a smaller --seed.", f => TinyData.WriteTo(f), WrongUsage),
        ["neither true nor false"] = new("train --inverse maybe", "--inverse: there is no 'maybe'; choose one of true, false.", Code: WrongUsage),
        ["seed of a data set"] = new("compile --dataset wordnet --seed 4", "--seed: a data set is not drawn; leave the flag out, or name a --shape.", Code: WrongUsage),
        ["epochs of a compilation"] = new("compile --shape aifb --epochs 4", "Unrecognized command or argument '--epochs'; see 'graphengine compile --help'.", Code: WrongUsage),
        ["scale of a data set"] = new("bench --dataset wordnet --scale 0.5", "--scale: a data set has the size it has; leave the flag out, or name a --shape.", Code: WrongUsage),
        ["unknown device"] = new(
            "bench --shape aifb --scale 0.01 --device tpu", $"'tpu' is not a device id; use auto, cpu, cuda:N or opencl:N. This machine has {DevicesHere}."),
        ["absent device"] = new(
            "bench --shape aifb --scale 0.01 --device cuda:77", $"There is no device 'cuda:77'; it needs an NVIDIA driver. This machine has {DevicesHere}."),
    };

    private static Dictionary<string, Case> Configurations => new()
    {
        ["no configuration"] = new("train --config @/c.json", "There is no file '@/c.json'; give --config the path of a JSON file."),
        ["configuration that is not JSON"] = Config("{ \"epochs\" 3 }", "@/c.json is not JSON: line 1, byte 12 cannot be read; repair it there."),
        ["configuration that is a list"] = Config("[1]", "@/c.json must hold one JSON object; its keys are the names of flags without the dashes."),
        ["configuration with a key twice"] = Config("{ \"epochs\": 3, \"epochs\": 4 }", "@/c.json has a key twice; keep one of them."),
        ["configuration with an unknown key"] = Config(
            "{ \"epoch\": 3 }",
            "@/c.json has the key 'epoch', which is no setting of 'train'; use dataset, model, task, epochs, hidden, layers, heads, bases, dropout, attention-dropout, within-relation, shared-attention, average-heads, normalize, aggregation, inverse, self-loop, bias, lr, "
            + "weight-decay, decayed, patience, seed, seeds, folds, device, checkpoint, resume, plot, no-baselines, disable."),
        ["configuration with a list as value"] = Config("{ \"hidden\": [3] }", "@/c.json gives 'hidden' a list or an object; give one value."),
        ["configuration out of range"] = Config("{ \"layers\": 99 }", "--layers: '99' does not fit; give a whole number from 1 to 64.", WrongUsage),
    };

    private static Dictionary<string, Case> Places => new()
    {
        ["result into no folder"] = new("data list --json @/no/r.json", "--json: the folder of '@/no/r.json' does not exist; create it first."),
        ["plot that is a folder"] = new("train --plot @", "--plot: '@' is a folder; give the name of a file."),
        ["checkpoint into no folder"] = new("train --checkpoint @/no/c", "--checkpoint: the folder of '@/no/c' does not exist; create it first."),
        ["dump that is a file"] = new(
            "compile --shape aifb --dump @/file", "--dump: '@/file' is a file; give the name of a folder.", f => File.WriteAllText(f + "/file", "")),
        ["export into no folder"] = new("data export wordnet --out @/no/x", "--out: the folder of '@/no/x' does not exist; create it first."),
        ["data set over other files"] = new(
            "data generate --shape aifb --scale 0.01 --out @", "@ is not empty and holds no data set; choose a new folder.", f => File.WriteAllText(f + "/note", "")),
        ["unknown data set"] = new("data info atlantis", $"There is no data set 'atlantis': it is neither the path of a dataset folder nor one of {DatasetsHere}. Data sets of a clone are found where its folder 'datasets' lies above {AppContext.BaseDirectory} or {Environment.CurrentDirectory}, "
            + $"those that were downloaded in {DatasetCatalogue.DefaultCache}; give the path of the folder of any other."),
        ["download of an unknown data set"] = new(
            "data download atlantis", $"The catalogue has no data set 'atlantis'; it has {string.Join(", ", new DatasetCatalogue().Entries.Select(e => e.Name))}."),
    };

    private static Case Config(string text, string sentence, int code = Failure) =>
        new("train --config @/c.json", sentence, f => File.WriteAllText(f + "/c.json", text), code);
}
