using Farm.Nodes;
using Farm.Worker.Nodes;
using Xunit;

namespace Farm.Worker.Gpu.Tests.Nodes.Text;

/// <summary>Python's way of writing patterns and templates; expected values are what Python 3's <c>re</c> gives.</summary>
public class PythonRegexTests
{
    [Theory]
    [InlineData(@"(?P<x>\w)(\d)", @"\g<x>-\2", "a1 b2", "a-1 b-2")]
    [InlineData(@"(\w)(?P<n>\d)(\w)", @"\3\2\1", "a1b", "b1a")]
    [InlineData(@"(?P<q>['""]).*?(?P=q)", "Q", "'a\"b' c", "Q c")]
    [InlineData("a{,2}b", "X", "aab", "X")]
    [InlineData("[[a]+", "X", "[a]", "X]")]
    [InlineData("[]x]", "-", "]x", "--")]
    [InlineData(@"\d+\Z", "#", "1 2\n", "1 2\n")]
    [InlineData("b", @"\n\\", "abc", "a\n\\c")]
    public void Replace_PythonSyntax_MeansTheSame(string pattern, string template, string text, string expected) =>
        Assert.Equal(expected, new PythonRegex(pattern, false, false, false).Replace(text, template, 0));

    [Theory]
    [InlineData("(")]
    [InlineData("(?P=x)")]
    [InlineData("(?P<x")]
    [InlineData("*")]
    public void Pattern_Broken_IsAPatternError(string pattern) =>
        Assert.Equal("re.PatternError", Assert.Throws<NodeFailedException>(() => new PythonRegex(pattern, false, false, false)).Type);

    [Fact]
    public void Replace_UnknownGroup_IsAPatternError() =>
        Assert.Equal("re.PatternError", Assert.Throws<NodeFailedException>(() => new PythonRegex("a", false, false, false).Replace("a", @"\1", 0)).Type);
}
