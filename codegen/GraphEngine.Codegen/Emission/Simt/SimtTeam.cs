using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>
/// The text of rows whose items are shared by several lanes of a group: each lane visits every <c>lanes</c>-th item, and then all exchange what they
/// found. No work item leaves early or is inside a branch, since all of them meet at barriers; those without a row are not active.
/// </summary>
/// <param name="rowItems">The work items that a row takes for each lane.</param>
/// <param name="groupSize">The work items of a group.</param>
/// <param name="schedule">How many items a lane reads at a time.</param>
internal sealed class SimtTeam(int rowItems, int groupSize, Schedule schedule)
{
    private readonly SimtExchange _exchange = new(rowItems, groupSize);

    /// <summary>How many items a lane reads at a time.</summary>
    public Schedule Schedule => schedule;

    /// <summary>The condition that holds for one lane of every row.</summary>
    public const string IsFirst = "active && lane == 0";

    /// <summary>True when the rows of a kernel have items to share, and groups can be filled with whole rows for the most part.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="rowItems">The work items that a row takes for each lane.</param>
    /// <param name="groupSize">The work items of a group.</param>
    public static bool Suits(Kernel kernel, int rowItems, int groupSize) => kernel.Work.Items.Count > 0 && groupSize / rowItems * rowItems * 4 >= groupSize * 3;

    /// <summary>Prints a loop over items.</summary>
    /// <param name="w">The text.</param>
    /// <param name="p">The loop.</param>
    /// <param name="start">The variable that holds the first item.</param>
    /// <param name="end">The variable that holds the end; the same for lanes that are not active.</param>
    /// <param name="item">What is done for an item.</param>
    public static void Loop(CodeWriter w, string p, string start, string end, string item)
    {
        using (w.Open($"for (int {p} = {start} + lane; {p} < {end}; {p} += lanes)"))
            w.Lines(item);
    }

    /// <summary>Prints a loop over items that are read and not stored, several at a time: what they read is then on its way together.</summary>
    /// <param name="w">The text.</param>
    /// <param name="p">The loop.</param>
    /// <param name="start">The variable that holds the first item.</param>
    /// <param name="end">The variable that holds the end; the same for lanes that are not active.</param>
    /// <param name="item">What is done for an item.</param>
    /// <param name="next">A free name.</param>
    /// <param name="schedule">How many at a time.</param>
    public static void ReadingLoop(CodeWriter w, string p, string start, string end, string item, string next, Schedule schedule)
    {
        int atOnce = schedule.ItemsAtOnce;
        if (atOnce == 1 || item.Contains("for (", StringComparison.Ordinal))
        {
            Loop(w, p, start, end, item);
            return;
        }
        w.Line($"int {next} = {start} + lane;");
        using (w.Open($"for (; {next} + {atOnce - 1} * lanes < {end}; {next} += {atOnce} * lanes)"))
        {
            for (int i = 0; i < atOnce; i++)
            {
                using (w.Open($"// {i + 1} of {atOnce}"))
                    w.Line($"int {p} = {next}{(i == 0 ? "" : $" + {i} * lanes")};").Lines(item);
            }
        }
        using (w.Open($"for (int {p} = {next}; {p} < {end}; {p} += lanes)"))
            w.Lines(item);
    }

    /// <summary>The end of a row's items, none for lanes that are not active.</summary>
    /// <param name="end">The end for lanes that are.</param>
    /// <param name="start">The first item.</param>
    public static string End(string end, string start) => $"active ? {end} : {start}";

    /// <summary>Prints the sum or the maximum, over the lanes of a row, of what each of them holds.</summary>
    /// <param name="w">The text.</param>
    /// <param name="kind">What is made.</param>
    /// <param name="names">The variables that hold it.</param>
    /// <param name="width">Floats in one of them: 1 or 4.</param>
    public void Combine(CodeWriter w, ReduceKind kind, IReadOnlyList<string> names, int width) => _exchange.Combine(w, kind, names, width);

    /// <summary>Prints the entry around the text of a row.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="arguments">Names of tensors and tables.</param>
    /// <param name="profile">The device.</param>
    /// <param name="place">Declares head and column from <c>item</c>; empty for one of each.</param>
    /// <param name="constants">What is computed before rows are told apart.</param>
    /// <param name="body">What is computed for a row.</param>
    /// <param name="summary">One line on what it computes.</param>
    public SimtText Frame(Kernel kernel, KernelArguments arguments, DeviceProfile profile, string place, string constants, string body, string summary)
    {
        IndexTable.Teams teams = new(kernel.Work, rowItems, groupSize, profile.Lanes);
        string table = $"a.{arguments.Table(teams)}", row = kernel.Row.Name;
        CodeWriter w = new();
        using (w.Open("public static void Entry(Args a)"))
        {
            _exchange.Declare(w);
            w.Line($"int entry = Grid.IdxX * 3, first = {table}[entry], last = {table}[entry + 1], lanes = {table}[entry + 2];");
            w.Line($"int item = Group.IdxX, unit = item{(rowItems == 1 ? "" : $" / {rowItems}")}, lane = unit % lanes, {row} = first + unit / lanes;");
            w.Line($"bool active = {row} < last;");
            w.Line($"{row} = active ? {row} : first;");
            if (place.Length > 0)
                w.Line(place);
            w.Lines(constants).Lines(body);
        }
        return new SimtText(summary, w, new GridSize(new RowCount(null, teams), 1, 3), groupSize);
    }
}
