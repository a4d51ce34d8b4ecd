using GraphEngine.Ir;

namespace GraphEngine.Codegen.Emission.Simt;

/// <summary>The text of the elementwise functions on a float or on four.</summary>
internal static class SimtFunctions
{
    public static string Unary(UnaryKind kind, float parameter, string x, int lanes) => kind switch
    {
        UnaryKind.Neg => $"-({x})",
        UnaryKind.Reciprocal => $"{Number(1, lanes)} / {x}",
        UnaryKind.Relu => Call("Max", lanes, x, Number(0, lanes)),
        UnaryKind.Step => Select(x, Number(1, lanes), Number(parameter, lanes), lanes),
        UnaryKind.LeakyRelu => Select(x, x, $"{x} * {Number(parameter, lanes)}", lanes),
        _ => Call(kind.ToString(), lanes, x),
    };

    public static string Binary(BinaryKind kind, string a, string b, int lanes) => kind switch
    {
        BinaryKind.Add => $"{a} + {b}",
        BinaryKind.Sub => $"{a} - {b}",
        BinaryKind.Mul => $"{a} * {b}",
        BinaryKind.Div => $"{a} / {b}",
        BinaryKind.Equal when lanes == 1 => $"({a} == {b} ? 1f : 0f)",
        _ => Call(kind.ToString(), lanes, a, b),
    };

    public static string Number(float value, int lanes) => Spread(FloatLiteral.Of(value), lanes);

    public static string Spread(string value, int lanes) => lanes == 1 ? value : $"Float4.Of({value})";

    private static string Select(string x, string positive, string other, int lanes) =>
        lanes == 1 ? $"({x} > 0f ? {positive} : {other})" : $"Float4Math.Select({x}, {positive}, {other})";

    private static string Call(string function, int lanes, params string[] arguments) =>
        $"{(lanes == 1 ? "Device" : "Float4Math")}.{function}({string.Join(", ", arguments)})";
}
