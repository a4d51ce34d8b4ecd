using GraphEngine.Testing;
using Xunit;

namespace GraphEngine.Codegen.Tests;

public sealed class CodeWriterTests
{
    [Theory]
    [InlineData("\n", "\\u000a"), InlineData("\r", "\\u000d"), InlineData("\u0085", "\\u0085"), InlineData("\u2028", "\\u2028"), InlineData("\u2029", "\\u2029"), InlineData("\0", "\\u0000")]
    public void No_name_ends_a_comment(string end, string written)
    {
        string text = new CodeWriter().Comment($"nodes.paper{end}#error injected").ToString();

        Assert.Equal($"// nodes.paper{written}#error injected\n", text);
        Assert.NotEmpty(KernelCompiler.Compile([new KernelSource("SimtGemm", text + SimtGemmSample.Source.Text)]));
    }

    [Fact]
    public void Other_names_stay_as_they_are() => Assert.Equal("// Straße 中 // */\n", new CodeWriter().Comment("Straße 中 // */").ToString());
}
