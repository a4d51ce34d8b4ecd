using System.Globalization;
using System.Text;
using GraphEngine.Cli.Reports;
using GraphEngine.Passes;

namespace GraphEngine.Cli.Rendering;

/// <summary>A compilation's report as text: its tables, and a sentence for each pass.</summary>
internal static class CompileText
{
    /// <summary>The temporaries, in the order of their places.</summary>
    /// <param name="report">The report.</param>
    public static string Arena(CompileReport report)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{report.ArenaBytes} bytes\n");
        foreach (CompileReport.SlotReport slot in report.Arena)
            text.Append(CultureInfo.InvariantCulture, $"{slot.Offset,12} {slot.Bytes,12}  launches {slot.First} to {slot.Last}  {slot.Name} : {slot.Space}[{slot.Row}]{(slot.Predecessor is null ? "" : $", in the place of {slot.Predecessor}")}\n");
        if (report.ScoresArenaBytes > 0)
            text.Append(CultureInfo.InvariantCulture, $"{report.ScoresArenaBytes} bytes of the same memory for the scores after a step\n");
        return text.ToString();
    }

    /// <summary>What stays on the device: inputs, parameters, states and index tables.</summary>
    /// <param name="report">The report.</param>
    public static string Tensors(CompileReport report)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{report.PersistentBytes} bytes of inputs, parameters and states\n");
        foreach (CompileReport.LeafReport leaf in report.Leaves)
            text.Append(CultureInfo.InvariantCulture, $"{leaf.Bytes,12}  {leaf.Role} {leaf.Name} : {leaf.Space}[{leaf.Row}]\n");
        text.Append(CultureInfo.InvariantCulture, $"{report.IndexBytes} bytes of index tables\n");
        foreach (CompileReport.TableReport table in report.Tables)
            text.Append(CultureInfo.InvariantCulture, $"{table.Bytes,12}  {table.Name}\n");
        return text.ToString();
    }

    /// <summary>The kernels' costs.</summary>
    /// <param name="report">The report.</param>
    public static string Cost(CompileReport report)
    {
        StringBuilder text = new();
        foreach (CompileReport.CompiledKernelReport kernel in report.Kernels)
            text.Append(CultureInfo.InvariantCulture, $"{kernel.Bytes,14} bytes {kernel.Flops,14} flops  {kernel.Kind} {kernel.Name}\n");
        text.Append(CultureInfo.InvariantCulture, $"{report.Bytes,14} bytes {report.Flops,14} flops  in all\n");
        return text.ToString();
    }

    /// <summary>Where the products of each relation are made, and what both sides were estimated to cost.</summary>
    /// <param name="report">The report.</param>
    public static string Sides(CompileReport report)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{report.Sides}\n   side      edges    targets    sources  MFLOP on targets, on sources  relation\n");
        foreach (CompileReport.RelationReport r in report.Relations)
            text.Append(CultureInfo.InvariantCulture, $"{r.Side,7} {r.Edges,10} {r.TargetGroups,10} {r.SourceGroups,10} {r.OnTargets / 1e6,17:F3} {r.OnSources / 1e6,11:F3}  {r.Name}\n");
        return text.ToString();
    }

    /// <summary>What a pass is for, what it did, and what the program would cost without it.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="report">The report.</param>
    public static string Sentence(string pass, CompileReport report)
    {
        string purpose = Pipeline.Switches.FirstOrDefault(s => s.Name == pass) is { } described ? $" {described.Purpose}" : "";
        string did = string.Join("; then ", report.Remarks.Where(r => r.Pass == pass).Select(r => r.Text));
        string saved = report.Savings.FirstOrDefault(s => s.Pass == pass) is { } saving ? $"; {Balance(saving)}" : "";
        return $"{pass}{purpose}: {did}{saved}";
    }

    private static string Balance(CompileReport.SavingReport saving)
    {
        (double Amount, string Unit)[] amounts = [(saving.Bytes / 1e6, "MB moved"), (saving.Flops / 1e6, "MFLOP"), (saving.ArenaBytes / 1e6, "MB of temporaries"), (saving.IndexBytes / 1e6, "MB of index tables")];
        string List(int sign) => string.Join(", ", amounts.Where(a => a.Amount * sign >= 0.005).Select(a => string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(a.Amount):F2} {a.Unit}")));
        string text = string.Join(", ", ((string[])[List(1) is { Length: > 0 } gain ? $"saves {gain}" : "", List(-1) is { Length: > 0 } loss ? $"costs {loss}" : ""]).Where(t => t.Length > 0));
        return text.Length == 0 ? "saves nothing" : text;
    }
}
