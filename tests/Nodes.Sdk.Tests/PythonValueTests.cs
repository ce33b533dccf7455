using System.Numerics;
using Xunit;

namespace Farm.Nodes.Sdk.Tests;

/// <summary>Runtime values as Python 3.12 prints them, and what values are made of.</summary>
public sealed class PythonValueTests
{
    public static TheoryData<object?, string, string> Values => new()
    {
        { null, "None", "null" },
        { true, "True", "true" },
        { 5L, "5", "5" },
        { BigInteger.Pow(10, 25), "10000000000000000000000000", "10000000000000000000000000" },
        { 5.0, "5.0", "5.0" },
        { 1e-7, "1e-07", "1e-07" },
        { double.NaN, "nan", "NaN" },
        { "it's", "\"it's\"", "\"it's\"" },
        { "ü", "'ü'", "\"\\u00fc\"" },
        { new List<object?> { 1L, "a", null }, "[1, 'a', None]", "[1, \"a\", null]" },
        { new OrderedDictionary<string, object?> { ["a"] = 1.0 }, "{'a': 1.0}", "{\"a\": 1.0}" },
        { new NodeLink("3", 1), "['3', 1]", "[\"3\", 1]" },
    };

    [Theory]
    [MemberData(nameof(Values), DisableDiscoveryEnumeration = true)]
    public void Value_PrintsAsInPython(object? value, string repr, string json)
    {
        Assert.Equal(repr, PythonValue.Repr(value));
        Assert.Equal(json, PythonValue.Dumps(value));
    }

    [Fact]
    public void Object_IsNotJson()
    {
        var failure = Assert.Throws<NodeFailedException>(() => PythonValue.Dumps(new Uri("http://a")));
        Assert.Equal("Object of type Uri is not JSON serializable", failure.Message);
    }

    [Fact]
    public void Disposables_AreFoundInsideValues()
    {
        using var inner = new MemoryStream();
        var value = new List<object?> { 1L, inner, new Dictionary<string, object?> { ["samples"] = inner, ["n"] = 2L } };
        Assert.Equal([inner, inner], ValueParts.Disposables(value));
    }

    [Fact]
    public void Rule12_2_GraphBuilder_NumbersFromOne_BehindItsPrefix()
    {
        var graph = new GraphBuilder("2.0.0.");
        Assert.Equal(["2.0.0.1", "2.0.0.Recurse", "2.0.0.2"], new[] { graph.Add("A"), graph.Add("B", "Recurse"), graph.Add("C") }.Select(n => n.Id));
        Assert.Equal(3, graph.Build().Nodes.Length);
        Assert.Equal("B", graph.Find("Recurse")!.ClassType);
    }
}
