using Farm.Nodes;
using Farm.Worker.Execution.Caching;
using Xunit;

namespace Farm.Worker.Tests.Execution;

/// <summary>Lazy inputs (execution-semantics, sections 11 and 17).</summary>
public sealed class LazyTests
{
    private static NodeType Asks(Func<NodeCall, IReadOnlyList<string>> needs) => NodeType.Of(() => new LazyScriptNode(
        n => n.V1().Named("Asks").In("test").Input("first", "*").OptionalInputs().Input("a", "*", o => o.Lazy()).Output("*"),
        needs,
        call => NodeResult.Of(call.Value("a"))));

    [Fact]
    public void Rule11_1_LazyInput_DoesNotRunItsSource()
    {
        var run = new ExecutorHarness().Run("3:StubInt(value=1)\n1:Lazy(want=\"\";a=@3)\n9:T(v=@1)", "9");

        Assert.Equal(">1 >9 U9", run.Trace);
        Assert.Equal("""{"text":["[None, None]"]}""", run.Output("9"));
    }

    [Fact]
    public void Rule11_4_Node_IsEnteredAgainUntilItAsksNoMore()
    {
        var inTurn = NodeType.Of(() => new LazyScriptNode(
            n => n.V1().Named("InTurn").In("test").Input("a", "*", o => o.Lazy()).Input("b", "*", o => o.Lazy()).Output("*"),
            call => call.Value("a") is null ? ["a"] : call.Value("b") is null ? ["b"] : [],
            call => NodeResult.Of(call.Value("b"))));
        var harness = new ExecutorHarness(nodes: inTurn);

        Assert.Equal(">1 >3 >1 >4 >1 >9 U9", harness.Run("3:StubInt(value=1)\n4:StubInt(value=2)\n1:InTurn(a=@3;b=@4)\n9:T(v=@1)", "9").Trace);
        Assert.Equal("C[3,4] >1 >1 >1 >9 U9", harness.Run("3:StubInt(value=1)\n4:StubInt(value=2)\n1:InTurn(a=@4;b=@3)\n9:T(v=@1)", "9").Trace);
    }

    [Theory]
    [InlineData(CacheKind.Classic, ">3 >5 U5 >1 >1 >9 U9")]
    [InlineData(CacheKind.None, ">3 >5 U5 >1 >3 >1 >9 U9")]
    public void Rule11_7_SourceThatRanBefore_RunsAgainForALateRequestWhereNothingIsKept(CacheKind kind, string trace) =>
        Assert.Equal(trace, new ExecutorHarness(new CacheOptions { Kind = kind }).Run("3:StubInt(value=1)\n5:t(v=@3)\n1:Lazy(want=\"a\";a=@3)\n9:T(v=@1)", "5", "9").Trace);

    // Only a list counts in Python; here the type of the answer leaves nothing else.
    [Fact]
    [Trait("Rule", "22.10")]
    public void Rule11_2_RequestsOfWhatIsThere_AreIgnored()
    {
        var run = new ExecutorHarness(nodes: Asks(_ => ["a", "first", "a"])).Run("3:StubInt(value=1)\n1:Asks(first=5;a=@3)\n9:T(v=@1)", "9");

        Assert.Equal(">1 >3 >1 >9 U9", run.Trace);
    }

    [Fact]
    public void Rule11_3_RequestOfAConstant_IsNodeInputError()
    {
        var run = new ExecutorHarness(nodes: Asks(_ => ["free"])).Run("1:Asks(first=5;free=6)\n9:T(v=@1)", "9");

        Assert.Equal(
            ("1", "comfy_execution.graph.NodeInputError", "Node 1 says it needs input free, but that value is a constant\n"),
            (run.Failure.NodeId, run.Failure.Type, run.Failure.Message));
    }

    [Fact]
    public void Rule11_5_LazyInputs_OfANodeThatNeverAsks_AreNull()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("NeverAsks").In("test").Input("a", "*", o => o.Lazy()).Output("*"), call => NodeResult.Of(call.Value("a"))));

        var run = new ExecutorHarness(nodes: node).Run("3:StubInt(value=1)\n1:NeverAsks(a=@3)\n9:t(v=@1)", "9");

        Assert.Equal(">1 >9 U9", run.Trace);
        Assert.Equal("""{"text":["None"]}""", run.Output("9"));
    }

    [Fact]
    public void Rule11_6_BlockedSlice_IsNotAsked()
    {
        var asked = new List<object?>();
        var node = Asks(call =>
        {
            asked.Add(call.Value("first"));
            return [];
        });

        new ExecutorHarness(nodes: node).Run("0:List(n=3)\n2:BlockOne(v=@0)\n3:StubInt(value=1)\n1:Asks(first=@2;a=@3)\n9:TakesList(v=@1)", "9");

        Assert.Equal([0L, 2L], asked);
    }

    [Fact]
    public void Rule17_2_LazyFunctions_AreAwaitedInPlace()
    {
        var (events, meanwhile) = (0, 0);
        var node = NodeType.Of(() => new SlowlyAsking(() => events, happened => meanwhile += happened));

        var run = new ExecutorHarness(nodes: node).Run(
            "3:StubInt(value=1)\n1:SlowlyAsking(a=@3)\n9:T(v=@1)\n5:StubInt(value=2)\n6:T(v=@5)", CancellationToken.None, _ => events++, "9", "6");

        Assert.Equal(">1 >5 >6 U6 >3 >1 >9 U9", run.Trace);
        Assert.Equal(0, meanwhile);
    }

    private sealed class SlowlyAsking(Func<int> events, Action<int> report) : Node, ILazyNode
    {
        private const int Turns = 1000;

        protected override void Define(NodeBuilder node) =>
            node.V1().Named("SlowlyAsking").In("test").Input("a", "*", o => o.Lazy()).Output("*");

        public async ValueTask<IReadOnlyList<string>> NeededInputsAsync(NodeCall call, CancellationToken cancel)
        {
            var before = events();
            for (var i = 0; i < Turns; i++)
                await Task.Yield();
            report(events() - before);
            return call.Value("a") is null ? ["a"] : [];
        }

        protected override NodeResult Run(NodeCall call) => NodeResult.Of(call.Value("a"));
    }
}
