using System.Globalization;
using System.Text;

namespace GraphEngine.Ir;

/// <summary>The names that kinds of functions have in the texts of programs and kernels.</summary>
internal static class KindNames
{
    /// <summary>The name in lower case, with its words apart: <c>leaky_relu</c>.</summary>
    /// <param name="kind">What is named.</param>
    public static string Of<T>(T kind)
        where T : struct, Enum
    {
        string name = kind.ToString();
        StringBuilder text = new();
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]))
                text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }

    /// <summary>The name of a function with its parameter, where it has one: <c>leaky_relu&lt;0.2&gt;</c>.</summary>
    /// <param name="kind">The function.</param>
    /// <param name="parameter">Its parameter.</param>
    public static string Of(UnaryKind kind, float parameter) =>
        kind is UnaryKind.LeakyRelu or UnaryKind.Step ? string.Create(CultureInfo.InvariantCulture, $"{Of(kind)}<{parameter:R}>") : Of(kind);
}
