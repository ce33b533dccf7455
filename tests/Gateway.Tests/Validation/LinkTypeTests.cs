using Farm.Gateway.Catalog;
using Xunit;

namespace Farm.Gateway.Tests.Validation;

/// <summary>Which output may go into which input (execution semantics, 5.14).</summary>
public class LinkTypeTests
{
    [Theory]
    [InlineData("INT", "INT", true)]
    [InlineData("INT", "FLOAT", false)]
    [InlineData("INT", "*", true)]
    [InlineData("*", "INT", true)]
    [InlineData("INT", "COMFY_MATCHTYPE_V3", true)]
    [InlineData("COMFY_MATCHTYPE_V3", "INT", true)]
    [InlineData("INT,FLOAT", "FLOAT , STRING", true)]
    [InlineData("INT", "FLOAT,*", true)]
    [InlineData("INT,FLOAT", "STRING,MASK", false)]
    [InlineData("""["a"]""", """["a"]""", true)]
    [InlineData("""["a"]""", """["b"]""", false)]
    [InlineData("""["a"]""", "COMBO", true)]
    [InlineData("COMBO", """["a"]""", false)]
    [InlineData("STRING", """["a"]""", false)]
    [InlineData("""["a"]""", "STRING", false)]
    [InlineData("""["a"]""", "*", true)]
    [InlineData("*", """["a"]""", true)]
    public void Rule5_14_Link_FitsWhereOneTypeIsCommon(string received, string declared, bool fits) =>
        Assert.Equal(fits, Type(declared).Accepts(Type(received)));

    private static LinkType Type(string text) => text.StartsWith('[') ? LinkType.Of("COMBO", text) : LinkType.Of(text, choices: null);
}
