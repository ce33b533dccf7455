using Farm.Nodes;
using Xunit;

namespace Farm.Worker.Tests.Execution;

/// <summary>Inputs that bring others along, as a node gets them (execution-semantics, section 6).</summary>
public sealed class DynamicInputTests
{
    private static NodeType Shows(Action<NodeBuilder> define) => NodeType.Of(() => new ScriptNode(
        n => define(n.Named("Shows").In("test").OutputNode()),
        call => NodeResult.WithUi(new UiOutput().AddText(call.Names.Order(StringComparer.Ordinal).Select(name => $"{name}={Show(call.Value(name))}")))));

    private static NodeType Choice => Shows(n => n.DynamicCombo("dc",
        [("one", i => i.Input("x", "*")), ("two", i => i.Input("y", "*").OptionalInputs().Input("z", "*"))]));

    // The order inside a nested value is free (6.5).
    private static string Show(object? value) => value is IReadOnlyDictionary<string, object?> members
        ? string.Join(' ', members.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}:{PythonValue.Str(m.Value)}"))
        : PythonValue.Str(value);

    private static string Run(NodeType node, string inputs)
    {
        using var output = System.Text.Json.JsonDocument.Parse(new ExecutorHarness(nodes: node).Run($"0:StubInt(value=9)\n1:Shows({inputs})", "1").Output("1"));
        return string.Join(", ", output.RootElement.GetProperty("text").EnumerateArray().Select(text => text.GetString()));
    }

    [Theory]
    [InlineData("dc=\"one\";dc.x=3;dc.y=4", "dc=dc:one x:3")]
    [InlineData("dc=\"two\";dc.x=3;dc.y=4", "dc=dc:two y:4 z:None")]
    public void Rule6_1_DeclaredInputs_FollowFromTheValuesGiven(string inputs, string shown) => Assert.Equal(shown, Run(Choice, inputs));

    [Theory]
    [InlineData("dc=\"three\"")]
    [InlineData("dc=5")]
    [InlineData("")]
    [InlineData("dc.x=3")]
    public void Rule6_2_DynamicCombo_OfAnUnknownChoice_IsNotPassed(string inputs) => Assert.Equal("", Run(Choice, inputs));

    [Fact]
    public void Rule6_2_DynamicCombo_InsideAnother_IsNestedInIt() => Assert.Equal(
        "dc=dc:deep inner:{'inner': 'last', 'x': 9}",
        Run(Shows(n => n.DynamicCombo("dc", [("deep", i => i.DynamicCombo("inner", [("last", j => j.Input("x", "*"))]))])), "dc=\"deep\";dc.inner=\"last\";dc.inner.x=@0"));

    [Theory]
    [InlineData("ag.n0=4;ag.n2=6;ag.n3=1;ag.m=2", "ag=n0:4 n2:6")]
    [InlineData("", "ag=")]
    public void Rule6_3_GrowingRow_TakesNumberedNamesBelowItsMaximum(string inputs, string shown) =>
        Assert.Equal(shown, Run(Shows(n => n.Autogrow("ag", i => i.Input("n", "*"), "n", min: 0, max: 3)), inputs));

    [Fact]
    public void Rule6_3_GrowingRow_OfNames_TakesThoseNames() =>
        Assert.Equal("ag=a:1 c:9", Run(Shows(n => n.Autogrow("ag", i => i.Input("n", "*"), ["a", "b", "c"], min: 0)), "ag.a=1;ag.c=@0;ag.n0=5"));

    [Fact]
    public void Rule6_5_NestedInputs_OptionalOnesAreNull_GrownOnesOnlyThoseGiven() => Assert.Equal(
        "ag=n1:9, dc=dc:two y:s z:None",
        Run(
            Shows(n => n.DynamicCombo("dc", [("two", i => i.OptionalInputs().Input("y", "*").Input("z", "*"))]).Autogrow("ag", i => i.Input("n", "*"), "n", min: 0, max: 3)),
            "dc=\"two\";dc.y=\"s\";ag.n1=@0"));
}
