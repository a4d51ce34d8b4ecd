using GraphEngine.Data.Importers.Rdf;
using Xunit;

namespace GraphEngine.Data.Tests.Importers;

public sealed class NTriplesLineTests
{
    [Theory]
    [InlineData("<a:s> <a:p> <a:o> .", "a:s", "a:p", "a:o")]
    [InlineData("\t<a:s>\t<a:p>\t_:b1.x . # why", "a:s", "a:p", "_:b1.x")]
    [InlineData("_:a<a:p>_:b.", "_:a", "a:p", "_:b")]
    [InlineData("""<a:s> <a:p> "one \"two\" \\ three" .""", "a:s", "a:p", "\"one \"two\" \\ three\"")]
    [InlineData("""<a:s> <a:p> "Stra\u00DFe \U0001F600\n"@de-CH .""", "a:s", "a:p", "\"Straße 😀\n\"@de-CH")]
    [InlineData("""<a:\u00E9> <a:p> "1"^^<http://www.w3.org/2001/XMLSchema#int> .""", "a:é", "a:p", "\"1\"^^<http://www.w3.org/2001/XMLSchema#int>")]
    [InlineData("""<a:s> <a:p> "\uD83D\uDE00" .""", "a:s", "a:p", "\"😀\"")]
    [InlineData("""<a:s> <a:p> "" .""", "a:s", "a:p", "\"\"")]
    public void A_triple_is_read(string line, string subject, string predicate, string target) =>
        Assert.Equal((subject, predicate, target), NTriplesLine.Parse(line));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("# comment")]
    public void A_line_without_a_triple_is_passed_over(string line) => Assert.Null(NTriplesLine.Parse(line));

    [Theory]
    [InlineData("\"s\" <a:p> <a:o> .", "a subject must be an IRI or a blank node (column 1)")]
    [InlineData("<a:s> _:p <a:o> .", "a predicate must be an IRI (column 7)")]
    [InlineData("<a:s> <a:p> o .", "an object must be an IRI, a blank node or a literal (column 13)")]
    [InlineData("<a:s> <a:p> <a:o>", "a triple must end with a full stop (column 18)")]
    [InlineData("<a:s> <a:p> <a:o> . x", "only a comment may follow a triple (column 21)")]
    [InlineData("<a:s> <a:p> <a:o .", "an IRI lacks its '>' (column 14)")]
    [InlineData("<a:s> <a p> <a:o> .", "an IRI must not hold blanks, quotes or one of < { } | ^ ` (column 8)")]
    [InlineData("<a:s> <a:p> \"o .", "a literal lacks its closing quote (column 17)")]
    [InlineData("""<a:s> <a:p> "\x" .""", "a backslash is not followed by a known escape (column 16)")]
    [InlineData("""<a:s> <a:p> "\u00G0" .""", "an escape needs 4 hexadecimal digits of a character (column 16)")]
    [InlineData("""<a:s> <a:p> "\U00110000" .""", "an escape needs 8 hexadecimal digits of a character (column 16)")]
    [InlineData("<a:s> <a:p> \"o\"@ .", "a language tag is empty (column 17)")]
    [InlineData("<a:s> <a:p> \"o\"^^int .", "a datatype must be an IRI (column 18)")]
    [InlineData("<a:s> <a:p> _: .", "a blank node needs a label after '_:' (column 15)")]
    public void A_line_that_breaks_the_grammar_is_refused(string line, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => NTriplesLine.Parse(line)).Message);
}
