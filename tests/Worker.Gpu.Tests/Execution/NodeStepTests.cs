using Farm.Contracts.Prompts;
using Farm.Nodes;
using Xunit;

namespace Farm.Worker.Tests.Execution;

/// <summary>What becomes of one node that is picked (execution-semantics, section 8).</summary>
public sealed class NodeStepTests
{
    private static NodeType Waits(Action? called = null) => NodeType.Of(() => new AsyncScriptNode(
        n => n.V1().Named("Waits").In("test").Input("v", "*").Output("*"),
        async (call, cancel) =>
        {
            called?.Invoke();
            await call.Service<Gates>().WaitAsync($"g{call.Value("v")}", cancel);
            return NodeResult.Of(call.Value("v"));
        }));

    [Fact]
    public void Rule8_1_CachedNode_ShowsItsOutputAndIsNeitherEnteredNorCountedAsExecuted()
    {
        var harness = new ExecutorHarness();
        const string prompt = "1:t(v=1)\n2:Fail(value=5;after=@1)\n3:T(v=@2)";
        Assert.Equal(["1"], harness.Run(prompt, "1", "3").Failure.Executed);

        var run = harness.Run(prompt, "1", "3");

        Assert.Equal("C[1] U1 >2 E2", run.Trace);
        Assert.Empty(run.Failure.Executed);
    }

    [Fact]
    public void Rule8_2_ResultsOfCallsThatHaveEnded_AreTakenUpWithoutAnotherCall()
    {
        var calls = 0;
        var harness = new ExecutorHarness(nodes: Waits(() => calls++));

        var run = harness.Run("0:List(n=2)\n1:Waits(v=@0)\n2:Pass(v=@0)\n3:t(v=@1;w=@2)", CancellationToken.None, e =>
        {
            if (e is not NodeExecuting { Node: "2" })
                return;
            harness.Gates.Open("g0");
            harness.Gates.Open("g1");
        }, "3");

        Assert.Equal(">0 >1 >2 >3 U3", run.Trace);
        Assert.Equal(2, calls);
        Assert.Equal("""{"text":["0,0","1,1"]}""", run.Output("3"));
    }

    [Fact]
    public void Rule8_5_LazyCheck_ComesBeforeEveryCall()
    {
        var seen = new List<string>();
        var node = NodeType.Of(() => new LazyScriptNode(
            n => n.V1().Named("Asks").In("test").Input("a", "*", o => o.Lazy()).Output("*"),
            call =>
            {
                seen.Add("asked");
                return call.Value("a") is null ? ["a"] : [];
            },
            call =>
            {
                seen.Add("called");
                return NodeResult.Of(call.Value("a"));
            }));

        new ExecutorHarness(nodes: node).Run("3:StubInt(value=1)\n1:Asks(a=@3)\n9:T(v=@1)", "9");

        Assert.Equal(["asked", "asked", "called"], seen);
    }

    [Fact]
    public void Rule8_6_Interruption_IsTestedBeforeEverySlice()
    {
        using var interrupt = new CancellationTokenSource();
        var calls = 0;
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Counts").In("test").Input("v", "*").Output("*"),
            call =>
            {
                calls++;
                interrupt.Cancel();
                return NodeResult.Of(call.Value("v"));
            }));

        var run = new ExecutorHarness(nodes: node).Run("0:List(n=3)\n1:Counts(v=@0)\n2:t(v=@1)", interrupt.Token, seen: null, "2");

        Assert.Equal(">0 >1 I1", run.Trace);
        Assert.Equal(1, calls);
    }

    [Fact]
    public void Rule8_6_Interruption_IsTestedBeforeALazyCheck()
    {
        using var interrupt = new CancellationTokenSource();
        var asked = false;
        var node = NodeType.Of(() => new LazyScriptNode(
            n => n.V1().Named("Asks").In("test").OptionalInputs().Input("a", "*", o => o.Lazy()).Output("*"),
            _ =>
            {
                asked = true;
                return [];
            },
            _ => NodeResult.Of(1L)));

        var run = new ExecutorHarness(nodes: node).Run("1:Asks(a=1)\n2:T(v=@1)", interrupt.Token, e =>
        {
            if (e is NodeExecuting { Node: "1" })
                interrupt.Cancel();
        }, "2");

        Assert.Equal(">1 I1", run.Trace);
        Assert.False(asked);
    }

    [Fact]
    public void Rule8_7_NodeWhoseCallsGoOn_WaitsForTheLastOfThemWhileOthersRun()
    {
        var harness = new ExecutorHarness(nodes: Waits());

        var run = harness.Run("0:List(n=2)\n1:Waits(v=@0)\n2:Pass(v=@0)\n4:Pass(v=@2)\n3:t(v=@1;w=@4)", CancellationToken.None, e =>
        {
            if (e is NodeExecuting { Node: "2" })
                harness.Gates.Open("g0");
            if (e is NodeExecuting { Node: "4" })
                harness.Gates.Open("g1");
        }, "3");

        Assert.Equal(">0 >1 >2 >4 >3 U3", run.Trace);
        Assert.Equal("""{"text":["0,0","1,1"]}""", run.Output("3"));
    }

    [Fact]
    public void Rule8_8_Slices_MakeOneListAnOutput() =>
        Assert.Equal("""{"text":["[0, 1, 2]"]}""", new ExecutorHarness().Run("0:List(n=3)\n1:Pass(v=@0)\n2:TakesList(v=@1)", "2").Output("2"));

    [Fact]
    public void Rule8_9_UiWithoutLists_IsNeitherSentNorKept()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Empty").In("test").Input("v", "*").Output("*"), _ => NodeResult.WithUi(new UiOutput(), 1L)));

        var run = new ExecutorHarness(nodes: node).Run("1:Empty(v=1)\n2:T(v=@1)", "2");

        Assert.Equal(">1 >2 U2", run.Trace);
        Assert.Equal(["2"], run.End.Outputs.Select(o => o.NodeId));
    }

    [Fact]
    public void Rule8_10_ExpandingNode_WaitsForItsGraph_ThenItsResultIsKept()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Five").In("test").Input("v", "*").Output("*"),
            call =>
            {
                var graph = call.Context.NewGraph();
                var number = graph.Add("StubInt").Set("value", 5L);
                return NodeResult.Expand(graph.Build(), number.Out());
            }));
        var harness = new ExecutorHarness(nodes: node);

        Assert.Equal(">2 >2.0.0.1 >3 U3", harness.Run("2:Five(v=1)\n3:T(v=@2)", "3").Trace);
        var second = harness.Run("2:Five(v=1)\n3:T(v=@2;w=1)", "3");

        Assert.Equal("C[2] >3 U3", second.Trace);
        Assert.Equal("""{"text":["5,1"]}""", second.Output("3"));
    }
}
