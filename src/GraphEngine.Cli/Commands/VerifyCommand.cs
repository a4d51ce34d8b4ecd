using System.CommandLine;
using System.Globalization;
using GraphEngine.Cli.Reports;
using GraphEngine.Learning.Verification;
using GraphEngine.Runtime;
using Spectre.Console;

namespace GraphEngine.Cli.Commands;

/// <summary>The verb <c>verify</c>: runs reference cases and compares outputs and gradients.</summary>
internal static class VerifyCommand
{
    /// <summary>Makes the verb.</summary>
    /// <param name="context">What it writes to.</param>
    public static Command Create(CommandContext context)
    {
        Argument<string[]> files = new("FILE") { Description = "Reference cases (.safetensors).", Arity = ArgumentArity.OneOrMore };
        Option<string?> device = Flags.Device(), disable = Flags.Disable();
        Command command = new("verify", "Runs reference cases on a device and reports the largest errors of outputs and gradients.") { files, device, disable };
        command.SetAction(parsed => Run(context, parsed.GetValue(files)!, parsed.GetValue(device), PassNames.Parse(parsed.GetValue(disable))));
        return command;
    }

    private static int Run(CommandContext context, string[] files, string? deviceId, IReadOnlySet<string> disabled)
    {
        ReferenceCase[] cases = [.. files.Select(Read)];
        using Device device = DeviceCatalogue.Open(deviceId ?? DeviceCatalogue.Auto);
        List<CaseResult> results = [];
        Table table = context.Table("file", "kind", ">largest relative error", "worst tensor", "result");
        foreach (ReferenceCase reference in cases)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            CaseResult result = Verifier.Run(reference, device, disabled);
            results.Add(result);
            table.AddRow(
                Markup.Escape(result.File), Markup.Escape(result.Kind), result.MaxRelativeError.ToString("E2", CultureInfo.InvariantCulture), Markup.Escape(result.WorstTensor), result.Passed ? "passed" : "FAILED");
        }
        int failed = results.Count(r => !r.Passed);
        context.Console.Write(table);
        context.Line($"{results.Count - failed} of {results.Count} cases passed on {device}; the tolerance is {Verifier.Tolerance:E0}.");
        context.WriteJson(new VerifyReport(device.Id, failed == 0, Verifier.Tolerance, results), CliJson.Default.VerifyReport);
        return failed == 0
            ? Cli.Success
            : throw new CommandException($"{failed} of {results.Count} cases differ from the reference, the first is {results.First(r => !r.Passed).File}; see whether the device's driver or a pass is at fault with --device cpu and --disable.");
    }

    private static ReferenceCase Read(string path) =>
        File.Exists(path) ? ReferenceCase.Read(path) : throw new CommandException($"There is no file '{path}'; give the paths of reference cases.");
}
