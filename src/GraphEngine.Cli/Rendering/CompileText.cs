using System.Globalization;
using System.Text;
using GraphEngine.Cli.Reports;

namespace GraphEngine.Cli.Rendering;

/// <summary>The parts of a compilation's report that are tables, as text.</summary>
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
}
