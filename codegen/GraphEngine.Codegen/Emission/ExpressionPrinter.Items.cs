using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission;

/// <content>Loops over the items of a row: sums and maxima, and a maximum with the sums whose exponentials are relative to it in one loop.</content>
internal abstract partial class ExpressionPrinter<TBlock>
{
    private readonly OnlineSums _online = new(values);

    /// <summary>Prints where the items of a row begin and end, into the scope of the loop over them.</summary>
    protected virtual ItemLoop Begin(Expression.Reduce r, int scope)
    {
        (string first, string last) = Bounds(r);
        ItemLoop loop = new(r, scope, End: Fresh("e"), Start: Fresh("s"));
        _scopes[scope].Text.Line($"int {loop.Start} = {first}, {loop.End} = {last};");
        return loop;
    }

    /// <summary>Prints the loop around what is done for an item.</summary>
    protected virtual void Print(ItemLoop loop, string item)
    {
        string p = loop.Of.Loop.Name;
        using (_scopes[loop.Scope].Text.Open($"for (int {p} = {loop.Start}; {p} < {loop.End}; {p}++)"))
            _scopes[loop.Scope].Text.Lines(item);
    }

    /// <summary>Prints, into the open scope, what a value of an item does to registers: it is added to them, or becomes their maximum.</summary>
    protected abstract void Accumulate(ReduceKind kind, Expression value, RowShape result, IReadOnlyList<string> registers, TBlock[] blocks);

    /// <summary>
    /// Prints, into the open scope, what a logit that is larger than all before does to the maximum, and to the sums so far that are relative to it.
    /// </summary>
    protected abstract void Rescale(TBlock block, string logit, string largest, IEnumerable<(TBlock Block, string Register)> sums);

    /// <summary>True when a maximum of such blocks can be found while sums are made.</summary>
    protected virtual bool CanBeOnline(TBlock[] maximum) => true;

    /// <summary>Prints what is done before the loop over items, which may leave fewer of them.</summary>
    protected virtual void BeforeItems(ItemLoop loop, string[] registers, TBlock[] blocks)
    {
    }

    /// <summary>Prints, into the open scope of the loop, what else is done for an item.</summary>
    protected virtual void AfterItem(ItemLoop loop, TBlock[] blocks)
    {
    }

    /// <summary>Prints what is done to the registers of a sum or maximum after the loop, before anybody reads them.</summary>
    protected virtual void Finish(ItemLoop loop, string[] registers, TBlock[] blocks)
    {
    }

    /// <summary>Prints what is done to a maximum and the sums relative to it after their loop, before anybody reads them.</summary>
    protected virtual void FinishOnline(ItemLoop loop, string[] largest, IReadOnlyList<RowSum> sums)
    {
    }

    /// <summary>The positions of the first item of a row and of the one behind the last, as text.</summary>
    protected (string First, string Last) Bounds(Expression.Reduce r)
    {
        string pointers = Table(new IndexTable.Pointers(r.Loop.Map!)), row = Row(r.Loop.Outer!);
        return ($"{pointers}[{row}]", $"{pointers}[{row} + 1]");
    }

    private string[] EmitReduce(Expression.Reduce r, TBlock[] blocks, int scope)
    {
        ItemLoop loop = Begin(r, scope);
        string first = r.Kind == ReduceKind.Sum ? "0f" : $"{loop.Start} == {loop.End} ? 0f : float.NegativeInfinity";
        string[] registers = [.. blocks.Select(b => Register(scope, b, Spread(first, b)))];
        BeforeItems(loop, registers, blocks);
        Open(r.Loop);
        Accumulate(r.Kind, r.Body, r.Row, registers, blocks);
        AfterItem(loop, blocks);
        Print(loop, Close());
        Finish(loop, registers, blocks);
        return registers;
    }

    /// <summary>
    /// Prints a loop for a maximum and sums relative to it, when a reduction is one of those and the maximum is not known yet; null otherwise.
    /// </summary>
    private string[]? EmitOnline(Expression.Reduce r, TBlock[] blocks, int scope)
    {
        Expression.Reduce maximum = _online.MaximumOf(r) ?? r;
        TBlock[] own = [.. blocks.Select(b => Own(maximum, r.Row, b)).Distinct()];
        if (_online.SumsWith(maximum).Count == 0 || !CanBeOnline(own) || ScopeOf(maximum, own) != scope || own.Any(b => _scopes[scope].Values.ContainsKey((maximum, b))))
            return null;
        // Numbers of the row are made with whatever is asked for; rows of them when they are.
        RowSum[] sums = [.. _online.SumsWith(maximum)
            .Where(s => ReferenceEquals(s, r) || (s.Row == maximum.Row && ScopeOf(s, own) == scope))
            .Select(s => Declare(s, ReferenceEquals(s, r) ? blocks : own))];
        if (sums.Length == 0)
            return null;
        CodeWriter target = _scopes[scope].Text;
        ItemLoop loop = Begin(r, scope);
        // Finite, so that a logit of minus infinity before the first finite one has the weight 0.
        string[] largest = [.. own.Select(b => Register(scope, b, Spread("float.MinValue", b)))];
        Know(scope, maximum, own, largest);
        foreach ((TBlock block, string register) in sums.SelectMany(s => s.Parts))
            target.Line($"{block.Type} {register} = {Spread("0f", block)};");
        Open(r.Loop);
        string[] logits = EmitWide(maximum.Body, maximum.Row, own);
        for (int i = 0; i < own.Length; i++)
            Rescale(own[i], logits[i], largest[i], sums.SelectMany(s => s.Parts.Where(p => Own(maximum, s.Of.Row, p.Block).Equals(own[i]))));
        foreach (RowSum sum in sums)
            Accumulate(ReduceKind.Sum, sum.Of.Body, sum.Of.Row, sum.Registers, sum.Blocks);
        Print(loop, Close());
        FinishOnline(loop, largest, sums);
        // The maximum over no items is 0.
        foreach (string register in largest)
            target.Line($"if ({loop.Start} == {loop.End}) {register} = default;");
        foreach (RowSum sum in sums)
            Know(scope, sum.Of, sum.Blocks, sum.Registers);
        return [.. blocks.Select(b => _scopes[scope].Values[(r, b)])];
    }

    private RowSum Declare(Expression.Reduce sum, TBlock[] blocks) => new(sum, blocks, [.. blocks.Select(_ => Fresh("v"))]);

    private void Know(int scope, Expression value, TBlock[] blocks, string[] registers)
    {
        for (int i = 0; i < blocks.Length; i++)
            _scopes[scope].Values[(value, blocks[i])] = registers[i];
    }

    /// <summary>A loop over the items of a row.</summary>
    /// <param name="Of">What it is for.</param>
    /// <param name="Scope">The scope that it stands in.</param>
    /// <param name="Start">The variable that holds the first item's position.</param>
    /// <param name="End">The variable that holds the position behind the last.</param>
    protected record ItemLoop(Expression.Reduce Of, int Scope, string Start, string End);

    /// <summary>A sum over the items of a row.</summary>
    /// <param name="Of">The sum.</param>
    /// <param name="Blocks">Its columns.</param>
    /// <param name="Registers">A register for each of them.</param>
    protected sealed record RowSum(Expression.Reduce Of, TBlock[] Blocks, string[] Registers)
    {
        /// <summary>Each block and its register.</summary>
        public IEnumerable<(TBlock Block, string Register)> Parts => Blocks.Zip(Registers);
    }
}
