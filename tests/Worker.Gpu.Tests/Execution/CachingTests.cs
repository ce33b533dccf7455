using Farm.Nodes;
using Farm.Worker.Execution.Caching;
using Xunit;

namespace Farm.Worker.Tests.Execution;

/// <summary>Keys and what is kept under them (execution-semantics, section 13).</summary>
public sealed class CachingTests
{
    [Theory]
    [InlineData("2:T(v=1;x=@1)")]
    [InlineData("2:Lazy(want=\"\";a=@1)\n3:T(v=@2)")]
    [InlineData("2:Raw(v=@1)\n3:T(v=@2)")]
    public void Rule13_1_LinksOfEveryKind_CountForTheKey(string consumers)
    {
        var raw = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Raw").In("test").Input("v", "*", o => o.RawLink()).Output("*"), _ => NodeResult.Of(1L)));
        var harness = new ExecutorHarness(nodes: raw);
        var target = consumers.Contains("3:", StringComparison.Ordinal) ? "3" : "2";
        harness.Run($"1:StubInt(value=1)\n{consumers}", target);

        var same = harness.Run($"1:StubInt(value=1)\n{consumers}", target);
        var changed = harness.Run($"1:StubInt(value=2)\n{consumers}", target);

        Assert.DoesNotContain(">2", same.Trace, StringComparison.Ordinal);
        Assert.Contains(">2", changed.Trace, StringComparison.Ordinal);
    }

    // ComfyUI lists ancestors and would tell one source from two equal ones; here a key holds the keys of its sources.
    [Fact]
    public void Rule13_1_TwoEqualSources_CountAsOne()
    {
        var harness = new ExecutorHarness();
        harness.Run("1:StubInt(value=1)\n2:StubInt(value=1)\n3:t(v=@1;w=@2)", "3");

        Assert.Equal("C[1,3] U3", harness.Run("1:StubInt(value=1)\n3:t(v=@1;w=@1)", "3").Trace);
    }

    [Fact]
    public void Results_OfOneTenantsPrompt_AreNotAnothers()
    {
        var harness = new ExecutorHarness();
        const string Graph = "1:t(v=1)";
        Assert.Equal(">1 U1", harness.Run(Graph, "1").Trace);
        harness.Tenant = "other";
        Assert.Equal(">1 U1", harness.Run(Graph, "1").Trace);
        Assert.Equal("C[1] U1", harness.Run(Graph, "1").Trace);
    }

    [Fact]
    public void Objects_OfOneTenantsNode_AreNotAnothers()
    {
        var node = NodeType.Of(() =>
        {
            var count = 0;
            return new FingerprintScriptNode(
                n => n.V1().Named("Counter").In("test").OutputNode().OptionalInputs().Input("v", "*"),
                _ => double.NaN,
                _ => NodeResult.WithUi(new UiOutput().Add("n", (long)++count)));
        });
        var harness = new ExecutorHarness(nodes: node);
        harness.Run("1:Counter(v=1)", "1");
        harness.Tenant = "other";
        Assert.Equal("""{"n":[1]}""", harness.Run("1:Counter(v=1)", "1").Output("1"));
    }

    [Fact]
    public void Rule13_2_OlderNodesWithTheirId_DoNotShare_OthersDo()
    {
        Assert.Equal(">1 U1 >2 U2", new ExecutorHarness().Run("1:T(v=1)\n2:T(v=1)", "1", "2").Trace);
        Assert.Equal(">1 U1 U2", new ExecutorHarness().Run("1:t(v=1)\n2:t(v=1)", "1", "2").Trace);
    }

    [Fact]
    public void Rule13_3_SchemaNodesWithTheirId_Share()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.Named("Shows").In("test").OutputNode().Input("v", "*").Hidden("unique_id", "UNIQUE_ID"),
            call => NodeResult.WithUi(new UiOutput().AddText(call.Context.Node.NodeId))));

        var run = new ExecutorHarness(nodes: node).Run("1:Shows(v=1)\n2:Shows(v=1)", "1", "2");

        Assert.Equal(">1 U1 U2", run.Trace);
        Assert.Equal("""{"text":["1"]}""", run.Output("2"));
    }

    [Theory]
    [InlineData("[1,2]", "[true,2.0]", true)]
    [InlineData("[1,2]", "[2,1]", false)]
    [InlineData("[[]]", "[]", false)]
    [InlineData("""{"a":1,"b":[2]}""", """{"b":[2.0],"a":1}""", true)]
    [InlineData("""{"a":1}""", """{"a":2}""", false)]
    [InlineData("""{"a":1}""", """["a",1,1]""", false)]
    [InlineData("\"1\"", "1", false)]
    [InlineData("null", "0", false)]
    [InlineData("0", "false", true)]
    [InlineData("0", "-0.0", true)]
    [InlineData("18446744073709551616", "18446744073709551616.0", true)]
    [InlineData("9007199254740993", "9007199254740992.0", false)]
    public void Rule13_4_Literals_AreEqualAsInPython(string first, string second, bool equal)
    {
        var harness = new ExecutorHarness();
        harness.Run($"1:t(v={first})", "1");

        Assert.Equal(equal ? "C[1] U1" : ">1 U1", harness.Run($"1:t(v={second})", "1").Trace);
    }

    [Fact]
    public void Rule13_4_ObjectsOfTheRuntime_EqualNothingOfAnotherRun()
    {
        var address = new Uri("test:1");
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Expand").In("test").Input("v", "*").Output("*"),
            call =>
            {
                var graph = call.Context.NewGraph();
                graph.Add("t").Set("v", address);
                graph.Add("t").Set("v", address);
                return NodeResult.Expand(graph.Build(), 1L);
            }));
        var harness = new ExecutorHarness(nodes: node);

        Assert.Equal(">2 >2.0.0.1 U2.0.0.1 U2.0.0.2 >3 U3", harness.Run("2:Expand(v=1)\n3:T(v=@2)", "3").Trace);
        Assert.Equal(">2 >2.0.0.1 U2.0.0.1 U2.0.0.2 >3 U3", harness.Run("2:Expand(v=2)\n3:T(v=@2)", "3").Trace);
    }

    [Theory]
    [InlineData(CacheKind.Classic, 2)]
    [InlineData(CacheKind.None, 0)]
    public void Rule13_5_Fingerprints_AreAskedOncePerNode_ReachedOrNot_ButNotWithoutACache(CacheKind kind, int calls)
    {
        var asked = 0;
        var node = NodeType.Of(() => new FingerprintScriptNode(
            n => n.V1().Named("Print").In("test").OutputNode().Input("v", "*"), _ => ++asked, _ => NodeResult.Of()));

        new ExecutorHarness(new CacheOptions { Kind = kind }, nodes: node).Run("1:Print(v=1)\n2:Print(v=2)", "1");

        Assert.Equal(calls, asked);
    }

    [Fact]
    public void Rule13_6_PostedFingerprint_OfAClassThatHasNone_IsIgnored()
    {
        var harness = new ExecutorHarness();
        harness.Run("""{"1":{"class_type":"t","inputs":{"v":1},"is_changed":5}}""", "1");

        Assert.Equal("C[1] U1", harness.Run("""{"1":{"class_type":"t","inputs":{"v":1},"is_changed":6}}""", "1").Trace);
    }

    [Fact]
    public void Rule13_8_Lru_KeepsAllThatThePromptUses_AndDropsTheRestBeforeTheNext()
    {
        var harness = new ExecutorHarness(new CacheOptions { Kind = CacheKind.Lru, LruSize = 1 });
        const string prompt = "1:StubInt(value=1)\n2:Pass(v=@1)\n3:T(v=@2)";
        harness.Run(prompt, "3");

        Assert.Equal("C[1,2,3] U3", harness.Run(prompt, "3").Trace);
        harness.Run("9:T(v=9)", "9");
        Assert.Equal(">1 >2 >3 U3", harness.Run(prompt, "3").Trace);
    }

    [Fact]
    public void Rule14_5_BlockerAsFingerprint_IsNothing()
    {
        var node = NodeType.Of(() => new FingerprintScriptNode(
            n => n.V1().Named("Print").In("test").OutputNode().Input("v", "*"), _ => new ExecutionBlocker("boo"), _ => NodeResult.Of()));
        var harness = new ExecutorHarness(nodes: node);
        harness.Run("1:Print(v=1)", "1");

        Assert.Equal("C[1] U10", harness.Run("1:Print(v=1)", "1").Trace);
    }

    [Fact]
    public void Rule13_11_ExecutionCached_ListsWhatIsKnownInPromptOrder_NeededOrNot()
    {
        var harness = new ExecutorHarness();
        const string prompt = "4:T(v=@3)\n3:StubInt(value=3)\n2:T(v=@1)\n1:StubInt(value=1)\n5:StubInt(value=5)";
        harness.Run(prompt, "4", "2");

        Assert.Equal("C[4,3,2,1] U2", harness.Run(prompt, "2").Trace);
    }

    [Fact]
    public void Rule8_4_WithoutACache_EveryProcessingHasAnObjectOfItsOwn()
    {
        var objects = 0;
        var node = NodeType.Of(() =>
        {
            var number = ++objects;
            return new LazyScriptNode(
                n => n.V1().Named("Numbered").In("test").Input("a", "*", o => o.Lazy()).Output("*"),
                call => call.Value("a") is null ? ["a"] : [],
                _ => NodeResult.Of((long)number));
        });
        var harness = new ExecutorHarness(new CacheOptions { Kind = CacheKind.None }, nodes: node);
        var defined = objects;

        harness.Run("3:StubInt(value=1)\n1:Numbered(a=@3)\n9:T(v=@1)", "9");

        Assert.Equal(defined + 2, objects);
    }

    // ComfyUI calls schema nodes on a copy of their class, so that they keep nothing; a class of the SDK is an object and may.
    [Fact]
    public void Rule8_4_SchemaNodes_KeepTheirObjectAsOlderOnesDo()
    {
        var node = NodeType.Of(() =>
        {
            var count = 0;
            return new FingerprintScriptNode(
                n => n.Named("Counter").In("test").OutputNode().Input("v", "*"),
                _ => double.NaN,
                _ => NodeResult.WithUi(new UiOutput().Add("n", (long)++count)));
        });
        var harness = new ExecutorHarness(nodes: node);

        Assert.Equal("""{"n":[1]}""", harness.Run("1:Counter(v=1)", "1").Output("1"));
        Assert.Equal("""{"n":[2]}""", harness.Run("1:Counter(v=1)", "1").Output("1"));
    }
}
