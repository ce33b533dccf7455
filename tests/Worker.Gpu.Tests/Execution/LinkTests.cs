using Farm.Contracts.Prompts;
using Farm.Nodes;
using Xunit;

namespace Farm.Worker.Tests.Execution;

/// <summary>What a link is and what it brings (execution-semantics, sections 1, 6, 7 and 9).</summary>
public sealed class LinkTests
{
    [Theory]
    [InlineData("""["0",0]""", "5")]
    [InlineData("""["0",0.0]""", "5")]
    [InlineData("""["0",false]""", "5")]
    [InlineData("""["0",-1]""", "5")]
    [InlineData("""["0"]""", "['0']")]
    [InlineData("""["0","0"]""", "['0', '0']")]
    [InlineData("""["0",null]""", "['0', None]")]
    [InlineData("""[0,0]""", "[0, 0]")]
    [InlineData("""["0",0,0]""", "['0', 0, 0]")]
    public void Rule1_2_ListOfATextAndANumber_IsALink(string value, string shown)
    {
        var run = new ExecutorHarness().Run($"0:StubInt(value=5)\n1:T(v={value})", "1");

        Assert.Equal(shown, Assert.Single(Texts(run, "1")));
    }

    [Theory]
    [InlineData(false, "v")]
    [InlineData(true, "v,uid")]
    public void Rule1_8_HiddenLiteral_OfASchemaNode_IsDroppedUnlessItTakesAllInputs(bool takesAll, string names)
    {
        var node = NodeType.Of(() => new ScriptNode(
            n =>
            {
                n.Named("Hides").In("test").OutputNode().Input("v", "*").Hidden("uid", "UNIQUE_ID");
                if (takesAll)
                    n.AcceptsAllInputs();
            },
            call => NodeResult.WithUi(new UiOutput().AddText(string.Join(',', call.Names)))));

        Assert.Equal([names], Texts(new ExecutorHarness(nodes: node).Run("1:Hides(v=1;uid=\"mine\")", "1"), "1"));
    }

    [Fact]
    public void Rule3_MissingOptionalInput_IsNotFilledWithItsDefault_NorAFloatRounded()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Defaults").In("test").OutputNode().Float("f", 0, step: 1, round: 1).OptionalInputs().Int("i", 7),
            call => NodeResult.WithUi(new UiOutput().AddText($"{string.Join(',', call.Names)} {PythonValue.Str(call.Value("f"))}"))));

        Assert.Equal(["f 0.25"], Texts(new ExecutorHarness(nodes: node).Run("1:Defaults(f=0.25)", "1"), "1"));
    }

    [Fact]
    [Trait("Rule", "9.3")]
    public void Rule7_3_RawLink_RunsItsSourceAndIsPassedAsItIs()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Raw").In("test").OutputNode().Input("v", "*", o => o.RawLink()),
            call => NodeResult.WithUi(new UiOutput().AddText($"{call.Get<NodeLink>("v")}"))));

        var run = new ExecutorHarness(nodes: node).Run("0:List(n=3)\n1:Raw(v=@0)", "1");

        Assert.Equal(">0 >1 U1", run.Trace);
        Assert.Equal([$"{new NodeLink("0", 0)}"], Texts(run, "1"));
    }

    [Fact]
    public void Rule7_2_CachedSource_IsBoundWithoutBeingProcessed()
    {
        var harness = new ExecutorHarness();
        harness.Run("1:StubInt(value=1)\n2:Pass(v=@1)\n3:T(v=@2)", "3");

        var run = harness.Run("1:StubInt(value=1)\n2:Pass(v=@1)\n3:T(v=@2;w=4)", "3");

        Assert.Equal("C[1,2] >3 U3", run.Trace);
        Assert.Equal(["1,4"], Texts(run, "3"));
    }

    [Fact]
    public void Rule9_2_SlotThatIsNotThere_IsNull() =>
        Assert.Equal(["None"], Texts(new ExecutorHarness().Run("1:StubInt(value=1)\n2:t(v=@1/7)", "2"), "2"));

    [Fact]
    public void Rule6_6_LazyInsideADynamicInput_IsFetchedAtOnce_AndARawLinkIsHonoured()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.Named("Dynamic").In("test").OutputNode().DynamicCombo("dc",
                [("one", (Action<NodeBuilder>)(i => i.Input("x", "*", o => o.Lazy()).Input("y", "*", o => o.RawLink())))]),
            call =>
            {
                var dc = call.Get<IReadOnlyDictionary<string, object?>>("dc");
                return NodeResult.WithUi(new UiOutput().AddText($"{dc["x"]} {dc["y"]}"));
            }));

        var run = new ExecutorHarness(nodes: node).Run("3:StubInt(value=3)\n4:StubInt(value=4)\n1:Dynamic(dc=\"one\";dc.x=@3;dc.y=@4)", "1");

        Assert.Equal(">4 >3 >1 U1", run.Trace);
        Assert.Equal([$"3 {new NodeLink("4", 0)}"], Texts(run, "1"));
    }

    [Fact]
    public void Rule6_4_DynamicSlot_BringsItsInputsWhenItIsThere()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.Named("Slot").In("test").OutputNode().Input("s", "COMFY_DYNAMICSLOT_V3", o => o
                .Set("slotType", "*").Set("inputs", new Dictionary<string, object?>
                {
                    ["optional"] = new Dictionary<string, object?> { ["x"] = new object?[] { "INT", new Dictionary<string, object?>() } },
                })),
            call => NodeResult.WithUi(new UiOutput().AddText(PythonValue.Repr(call.Value("s"))))));
        var harness = new ExecutorHarness(nodes: node);

        Assert.Equal(["{'s': 5, 'x': 2}"], Texts(harness.Run("3:StubInt(value=5)\n1:Slot(s=@3;s.x=2)", "1"), "1"));
        Assert.Equal(["{'s': 5, 'x': None}"], Texts(harness.Run("3:StubInt(value=5)\n1:Slot(s=@3)", "1"), "1"));
        Assert.Equal(["None"], Texts(harness.Run("1:Slot(s.x=2)", "1"), "1"));
    }

    private static IEnumerable<string> Texts(Recorded run, string node)
    {
        Assert.Equal(RunOutcome.Success, run.End.Outcome);
        using var output = System.Text.Json.JsonDocument.Parse(run.Output(node));
        return [.. output.RootElement.GetProperty("text").EnumerateArray().Select(text => text.GetString()!)];
    }
}
