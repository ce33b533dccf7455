using Farm.Nodes;
using Farm.Worker.Nodes;
using Xunit;

namespace Farm.Worker.Gpu.Tests.Nodes.Text;

public class PythonJsonTests
{
    [Theory]
    [InlineData("[1, -0, 0.5e+2, 12345678901234567890, NaN, -Infinity]", "[1, 0, 50.0, 12345678901234567890, nan, -inf]")]
    [InlineData("{\"a\": \"\\ud83d\\ude00\\n\", \"b\": {}, \"a\": []}", "{'a': [], 'b': {}}")]
    [InlineData(" \t\r\nnull ", "None")]
    public void Parse_Json_PrintsAsPythonDoes(string text, string expected)
    {
        Assert.True(PythonJson.TryParse(text, out var value));
        Assert.Equal(expected, PythonValue.Repr(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData("1e")]
    [InlineData("+1")]
    [InlineData("\"a")]
    [InlineData("\"\n\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("{a: 1}")]
    [InlineData("1 2")]
    [InlineData("\0")]
    public void Parse_NoJson_Fails(string text) => Assert.False(PythonJson.TryParse(text, out _));

    [Fact]
    public void Parse_NestedTooDeeply_Fails() => Assert.False(PythonJson.TryParse(new string('[', 100_000), out _));
}
