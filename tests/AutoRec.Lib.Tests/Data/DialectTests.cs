using System.Text;
using AutoRec.Data;

namespace AutoRec.Tests;

public sealed class DialectTests
{
    [Theory]
    [InlineData(",", "a, b ,c", "a|b|c")]
    [InlineData(",", "a,,", "a||")]
    [InlineData(",", "", "")]
    [InlineData(",", " \"a, \"\"b\"\"\" ,c", "a, \"b\"|c")]
    [InlineData(",", "a \"b\",c", "a \"b\"|c")] // a quote within a field is a letter
    [InlineData(",", "\"a\",\"b\"", "a|b")]
    [InlineData(",", "\"a\",", "a|")]
    [InlineData("::", "a::b:c::", "a|b:c|")]
    [InlineData("::", "\"a\"::b", "\"a\"|b")]
    [InlineData(";", "\"a;\tb\"\t;c", "a;\tb|c")]
    [InlineData("\t", "\"a\tb\" \tc", "a\tb|c")]
    [InlineData("\t", "\"a\" b\tc", "\"a\" b|c")] // in a title
    [InlineData("\t", "\"a\tb", "\"a|b")]
    [InlineData("\t", "\"a\"\t\t\"b\"", "a||b")]
    [InlineData(" ", "  a \t b c ", "a|b|c")]
    [InlineData(" ", "\t", null)]
    [InlineData(",", "\"a,b", null)]
    [InlineData(",", "\"a\"b,c", null)]
    [InlineData(",", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18", "1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18")]
    public void Split_Record_Fields(string separator, string record, string? fields) =>
        Assert.Equal(fields?.Split('|') ?? [], new Dialect(separator).Split(Encoding.UTF8.GetBytes(record)));

    [Fact]
    public void Split_QuotedFieldsLongerThanTheBuffer_AllOfThem()
    {
        string[] fields = [.. Enumerable.Range(0, 9).Select(i => new string((char)('a' + i), 100 + (70 * i)))];
        Assert.Equal(fields, new Dialect(",").Split(Encoding.UTF8.GetBytes(string.Join(',', fields.Select(field => $"\"{field}\"")))));
    }

    [Theory]
    [InlineData("a,b\nc,d", ",")]
    [InlineData("a;b,c\nd;e,f", ";")] // of equals the first
    [InlineData("a;1,5,x\nb;2,5,x", ",")] // more fields
    [InlineData("a b,c\nd e,f", ",")]
    [InlineData("a b c,d\ne f g,h", ",")] // not blanks where something else does
    [InlineData("a b c\nd e f\ng h i,j", " ")]
    [InlineData("a::b\nc::d", "::")]
    [InlineData("a|b|c,d\ne|f|g", "|")]
    [InlineData("a\tb,c\nd\te,f", "\t")]
    [InlineData("a,b\nc,d\ne,f\ng,h\ni;j;k;l", ",")] // one bad line in five
    [InlineData("a;b;c\nd;e;f\ng,h,i,j\nk,l,m,n\no;p;q", ";")]
    [InlineData("\"a;x;y;z\",b\n\"c;x;y;z\",d", ",")]
    [InlineData("a\nb", null)]
    [InlineData("abc", null)]
    public void Recognise_Lines_Separator(string text, string? separator) =>
        Assert.Equal(separator, Dialect.Recognise([.. text.Split('\n').Select(Encoding.UTF8.GetBytes)])?.Separator);

    [Fact]
    public void Records_QuotesThatGoOn_AreOneRecord()
    {
        Assert.Equal(["a,b", "c,\"d\ne\nf\"", "g,h"], Records(",", "a,b", "c,\"d", "e", "f\"", "g,h"));
        Assert.Equal(["a,\"b", "c,d"], Records(",", "a,\"b", "c,d")); // it never ends
        Assert.Equal(["a\t\"b", "c\"\td"], Records("\t", "a\t\"b", "c\"\td"));
        Assert.Equal(["a \"b,c", "d"], Records(",", "a \"b,c", "d")); // it does not begin a field

        static IEnumerable<string> Records(string separator, params string[] lines) =>
            new Dialect(separator).Records([.. lines.Select(Encoding.UTF8.GetBytes)]).Select(Encoding.UTF8.GetString);
    }

    [Theory]
    [InlineData("\\t", "\t", "tab")]
    [InlineData("tab", "\t", "tab")]
    [InlineData("blanks", " ", "blanks")]
    [InlineData("blank", " ", "blanks")]
    [InlineData("space", " ", "blanks")]
    [InlineData("::", "::", "::")]
    [InlineData(";", ";", ";")]
    public void Named_Separator_AndItsName(string text, string separator, string name)
    {
        var dialect = Dialect.Named(text);
        Assert.Equal((separator, name), (dialect.Separator, dialect.Name));
    }

    [Fact]
    public void Named_AnotherMark_ErrorNamesThoseThereAre() =>
        Assert.Contains(
            "'/' is not a separator. Use one of ',' ';' tab", Assert.Throws<ArgumentException>(() => Dialect.Named("/")).Message);
}
