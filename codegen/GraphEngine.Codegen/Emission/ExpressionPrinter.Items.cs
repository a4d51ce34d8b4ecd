using GraphEngine.Ir;
using GraphEngine.Kernels;

namespace GraphEngine.Codegen.Emission;

/// <content>Loops over the items of a row: sums and maxima, and a maximum with the sums whose exponentials are relative to it in one loop.</content>
internal abstract partial class ExpressionPrinter<TBlock>
{
    private readonly OnlineSums _online = new(values);

    /// <summary>Prints, into a scope, where the items of a row begin and end; gives the variables.</summary>
    protected abstract (string Start, string End) Range(Expression.Reduce r, int scope);

    /// <summary>Prints the loop over the items of a row.</summary>
    protected abstract void Loop(CodeWriter target, Expression.Reduce r, int scope, (string Start, string End) range, string item);

    /// <summary>Prints, into the open scope, what a value of an item does to registers: it is added to them, or becomes their maximum.</summary>
    protected abstract void Accumulate(ReduceKind kind, Expression value, RowShape result, IReadOnlyList<string> registers, TBlock[] blocks);

    /// <summary>Prints, into the open scope, what a logit that is larger than all before does to the maximum, and to the sums so far that are relative to it.</summary>
    protected abstract void Rescale(TBlock block, string logit, string largest, IEnumerable<(TBlock Block, string Register)> sums);

    /// <summary>Prints that the maximum over no items is 0.</summary>
    protected abstract void EndMaximum(CodeWriter target, string largest, (string Start, string End) range);

    /// <summary>True when a maximum of such blocks can be found while sums are made.</summary>
    protected virtual bool CanBeOnline(TBlock[] maximum) => true;

    /// <summary>Prints what is done before the loop over items, which may leave fewer of them.</summary>
    protected virtual void BeforeItems(Expression.Reduce r, string[] registers, TBlock[] blocks, (string Start, string End) range, CodeWriter target)
    {
    }

    /// <summary>Prints, into the open scope of the loop, what else is done for an item.</summary>
    protected virtual void AfterItem(Expression.Reduce r, TBlock[] blocks)
    {
    }

    /// <summary>Prints what is done to the registers of a sum or maximum after the loop, before anybody reads them.</summary>
    protected virtual void AfterItems(CodeWriter target, Expression.Reduce r, int scope, string[] registers, TBlock[] blocks)
    {
    }

    /// <summary>Prints what is done to a maximum and its sums after their loop, before anybody reads them.</summary>
    protected virtual void AfterItems(CodeWriter target, Expression.Reduce r, int scope, string[] largest, IReadOnlyList<RowSum> sums)
    {
    }

    private string[] EmitReduce(Expression.Reduce r, TBlock[] blocks, int scope)
    {
        CodeWriter target = _scopes[scope].Text;
        (string Start, string End) range = Range(r, scope);
        string first = r.Kind == ReduceKind.Sum ? "0f" : $"{range.Start} == {range.End} ? 0f : float.NegativeInfinity";
        string[] registers = [.. blocks.Select(b => Register(scope, b, Spread(first, b)))];
        BeforeItems(r, registers, blocks, range, target);
        Open(r.Loop);
        Accumulate(r.Kind, r.Body, r.Row, registers, blocks);
        AfterItem(r, blocks);
        Loop(target, r, scope, range, Close());
        AfterItems(target, r, scope, registers, blocks);
        return registers;
    }

    /// <summary>Prints a loop for a maximum and sums relative to it, when a reduction is one of those and the maximum is not known yet; null otherwise.</summary>
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
        (string Start, string End) range = Range(r, scope);
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
        Loop(target, r, scope, range, Close());
        AfterItems(target, r, scope, largest, sums);
        foreach (string register in largest)
            EndMaximum(target, register, range);
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
