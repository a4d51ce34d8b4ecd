namespace GraphEngine.Codegen;

/// <summary>
/// The text of a generated class <c>GraphEngine.Generated.NAME</c>. That of a SIMT kernel has <c>public struct Args</c>, <c>public static void
/// Entry(Args a)</c> and a <c>public static</c> <c>Bind</c> of the shape of <see cref="KernelBinder"/>; that of a SIMD kernel has <c>Args</c>, and
/// <c>BindLanes</c> of the shape of <see cref="LaneBinder"/> instead of the other two. Classes that kernels call have neither.
/// </summary>
/// <param name="Name">The name of the class.</param>
/// <param name="Text">The C# text. The usings of <see cref="KernelPrelude"/> are in force.</param>
public sealed record KernelSource(string Name, string Text)
{
    /// <summary>The text without the comments in front and without the name: kernels that agree in it can share one compiled class.</summary>
    public string Body => string.Join('\n', Text.Split('\n').Where(l => !l.StartsWith("//", StringComparison.Ordinal))).Replace($"class {Name}\n", "class\n", StringComparison.Ordinal);
}
