namespace GraphEngine.Codegen;

/// <summary>
/// The text of one generated kernel: a public static class <c>GraphEngine.Generated.NAME</c> with <c>public struct Args</c>,
/// <c>public static void Entry(Args a)</c> and a <c>public static</c> <c>Bind</c> of the shape of <see cref="KernelBinder"/>.
/// </summary>
/// <param name="Name">The name of the class.</param>
/// <param name="Text">The C# text. The usings of <see cref="KernelPrelude"/> are in force.</param>
public sealed record KernelSource(string Name, string Text);
