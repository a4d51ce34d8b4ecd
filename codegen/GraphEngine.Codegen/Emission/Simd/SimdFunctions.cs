using GraphEngine.Ir;

namespace GraphEngine.Codegen.Emission.Simd;

/// <summary>The text of the elementwise functions on registers; vectors and single floats read alike where C# allows it.</summary>
internal static class SimdFunctions
{
    public static string Unary(UnaryKind kind, float parameter, string x, ColumnBlock block) => kind switch
    {
        UnaryKind.Neg => $"-({x})",
        UnaryKind.Reciprocal => $"{One(block)} / {x}",
        UnaryKind.Relu => Max(x, Zero(block), block),
        UnaryKind.Step => Select(x, One(block), Number(parameter, block), block),
        UnaryKind.LeakyRelu => Select(x, x, $"{x} * {FloatLiteral.Of(parameter)}", block),
        _ => $"Simd.{kind}({x})",
    };

    public static string Binary(BinaryKind kind, string a, string b, ColumnBlock block) => kind switch
    {
        BinaryKind.Add => $"{a} + {b}",
        BinaryKind.Sub => $"{a} - {b}",
        BinaryKind.Mul => $"{a} * {b}",
        BinaryKind.Div => $"{a} / {b}",
        BinaryKind.Max => Max(a, b, block),
        BinaryKind.Min => block.Lanes == 1 ? $"Math.Min({a}, {b})" : $"{block.Class}.Min({a}, {b})",
        BinaryKind.Equal => block.Lanes == 1 ? $"({a} == {b} ? 1f : 0f)" : $"{block.Class}.ConditionalSelect({block.Class}.Equals({a}, {b}), {One(block)}, {Zero(block)})",
        _ => throw new NotSupportedException($"The function {kind} has no SIMD form."),
    };

    /// <summary>a b + c, rounded once.</summary>
    public static string MultiplyAdd(string a, string b, string c, ColumnBlock block) => $"{(block.Lanes == 1 ? "MathF" : block.Class)}.FusedMultiplyAdd({a}, {b}, {c})";

    /// <summary>The sums or maxima of the numbers of each head, in a register that holds those of several rows.</summary>
    /// <param name="kind">Sum or maximum.</param>
    /// <param name="register">The register, as a name.</param>
    /// <param name="lanes">Its width.</param>
    /// <param name="heads">The heads, and the width of the result.</param>
    public static string Fold(ReduceKind kind, string register, int lanes, int heads) =>
        heads == 1 ? $"Simd.{kind}Of({register})" : heads == lanes ? register : $"Simd.{kind}Of{32 * heads}({register})";

    private static string Max(string a, string b, ColumnBlock block) => block.Lanes == 1 ? $"Math.Max({a}, {b})" : $"{block.Class}.Max({a}, {b})";

    private static string Select(string x, string positive, string other, ColumnBlock block) => block.Lanes == 1
        ? $"Simd.Select({x}, {positive}, {other})"
        : $"{block.Class}.ConditionalSelect({block.Class}.GreaterThan({x}, {Zero(block)}), {positive}, {other})";

    private static string Zero(ColumnBlock block) => block.Lanes == 1 ? "0f" : $"{block.Type}.Zero";

    private static string One(ColumnBlock block) => block.Lanes == 1 ? "1f" : $"{block.Type}.One";

    private static string Number(float value, ColumnBlock block) =>
        block.Lanes == 1 ? FloatLiteral.Of(value) : $"{block.Class}.Create({FloatLiteral.Of(value)})";
}
