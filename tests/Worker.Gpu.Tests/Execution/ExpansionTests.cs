using Farm.Contracts.Prompts;
using Farm.Nodes;
using Farm.Worker.Execution.Caching;
using Xunit;

namespace Farm.Worker.Tests.Execution;

/// <summary>Expansion, sub-caches, loops of links made at run time (execution-semantics, section 12).</summary>
public sealed class ExpansionTests
{
    private static NodeType Expands(string name, Func<NodeCall, GraphBuilder, object?[]> build, Action<NodeBuilder>? more = null) => NodeType.Of(() => new ScriptNode(
        n =>
        {
            n.V1().Named(name).In("test").OptionalInputs().Input("v", "*").Input("w", "*").Output("*").Output("*");
            more?.Invoke(n);
        },
        call =>
        {
            var graph = call.Context.NewGraph();
            var values = build(call, graph);
            return NodeResult.Expand(graph.Build(), values);
        }));

    private static NodeType Simple => Expands("Expand", (call, graph) =>
    {
        var number = graph.Add("StubInt").Set("value", 5L);
        graph.Add("T").Set("v", number.Out());
        return [number.Out(), call.Value("v")];
    });

    [Fact]
    [Trait("Rule", "12.1")]
    [Trait("Rule", "12.4")]
    [Trait("Rule", "18.3")]
    public void Rule16_9_Expansion_RunsOutputsAndSources()
    {
        var run = new ExecutorHarness(nodes: Simple).Run("2:Expand(v=1)\n3:T(v=@2;w=@2/1)", "3");
        Assert.Equal(">2 >2.0.0.1 >2.0.0.2 U2.0.0.2 >3 U3", run.Trace);
        Assert.Equal("""{"text":["5,1"]}""", run.Output("3"));
        Assert.Equal(new NodeIdentity("2.0.0.2", "2", "2", "2"), run.End.Outputs[0].Meta);
        var executed = run.Events.OfType<NodeExecuting>().Select(e => e.DisplayNode);
        Assert.Equal(["2", "2", "2", "3"], executed);
    }

    [Fact]
    public void Rule12_1_ResultOfAnExpansion_IsLinksAndLiterals()
    {
        var node = Expands("Joins", (_, _) => [new NodeLink("7", 0), 6L]);

        var run = new ExecutorHarness(nodes: node).Run("7:StubInt(value=3)\n2:Joins(v=1)\n3:t(v=@2;w=@2/1)", "3");

        Assert.Equal(">2 >7 >3 U3", run.Trace);
        Assert.Equal("""{"text":["3,6"]}""", run.Output("3"));
    }

    [Theory]
    [InlineData(CacheKind.Classic, ">4 >2 >4.0.0.1 >2.0.0.1 >3 U3")]
    [InlineData(CacheKind.Lru, ">4 >2 >4.0.0.1 U2.0.0.10 >3 U3")]
    public void Rule12_9_Children_AreKeptBelowTheirParent_OrInTheFlatStore(CacheKind kind, string trace)
    {
        var node = Expands("Five", (_, graph) => [graph.Add("StubInt").Set("value", 5L).Out()]);

        Assert.Equal(trace, new ExecutorHarness(new CacheOptions { Kind = kind }, nodes: node).Run("2:Five(v=1)\n4:Five(v=2)\n3:t(v=@2;w=@4)", "3").Trace);
    }

    [Fact]
    [Trait("Rule", "8.10")]
    [Trait("Rule", "12.6")]
    public void Rule22_16_LinkToAList_TakesSeveralOutputs()
    {
        var node = Expands("Shift", (_, graph) => [graph.Add("List").Set("n", 3L).Out(), "lit"]);
        var run = new ExecutorHarness(nodes: node).Run("2:Shift(v=1)\n3:T(v=@2;w=@2/1)", "3");
        Assert.Equal("""{"text":["0,1"]}""", run.Output("3"));
    }

    [Fact]
    [Trait("Rule", "12.2")]
    public void Rule22_17_NestedExpansion_IdsAndNames()
    {
        var outer = Expands("Outer", (_, graph) => [graph.Add("Expand").Set("v", 1L).Out()]);
        var run = new ExecutorHarness(nodes: [Simple, outer]).Run("2:Outer(v=1)\n3:T(v=@2)", "3");
        Assert.Equal(">2 >2.0.0.1 >2.0.0.1.0.0.1 >2.0.0.1.0.0.2 U2.0.0.1.0.0.2 >3 U3", run.Trace);
        Assert.Equal(new NodeIdentity("2.0.0.1.0.0.2", "2", "2.0.0.1", "2"), run.End.Outputs[0].Meta);
    }

    [Fact]
    [Trait("Rule", "12.3")]
    public void Rule22_18_OverriddenDisplay_IsShown()
    {
        var node = Expands("Other", (_, graph) =>
        {
            var shown = graph.Add("T").Set("v", 1L);
            shown.OverrideDisplayId = "3";
            return [1L];
        });
        var run = new ExecutorHarness(nodes: node).Run("2:Other(v=1)\n3:T(v=@2)", "3");
        Assert.Equal(new NodeIdentity("2.0.0.1", "3", "2", "2"), run.End.Outputs[0].Meta);
    }

    [Theory]
    [Trait("Rule", "12.9")]
    [Trait("Rule", "13.9")]
    [InlineData(CacheKind.Classic, "C[9] >2 U2.0.0.2 >3 U3")]
    [InlineData(CacheKind.None, ">9 >2 >2.0.0.1 >2.0.0.2 U2.0.0.2 >3 U3")]
    [InlineData(CacheKind.Lru, "C[9] >2 >2.0.0.1 >2.0.0.2 U2.0.0.2 >3 U3")]
    public void Rule22_19_ChangedParent_SameChildren_HitTheSubCache(CacheKind kind, string second)
    {
        var harness = new ExecutorHarness(new CacheOptions { Kind = kind, LruSize = 2 }, nodes: Simple);
        harness.Run("9:StubInt(value=3)\n2:Expand(v=1;w=@9)\n3:T(v=@2;w=@2/1)", "3");
        Assert.Equal(second, harness.Run("9:StubInt(value=3)\n2:Expand(v=2;w=@9)\n3:T(v=@2;w=@2/1)", "3").Trace);
    }

    [Fact]
    [Trait("Rule", "12.10")]
    public void Rule22_24_FailingChild_IsReportedAsTheParent()
    {
        var node = Expands("Fails", (call, graph) => [graph.Add("Fail").Set("value", call.Value("v")).Out()]);
        var run = new ExecutorHarness(nodes: node).Run("2:Fails(v=1)\n3:T(v=@2)", "3");
        Assert.Equal(("2", "Fails", "one\n", "RuntimeError"), (run.Failure.NodeId, run.Failure.NodeType, run.Failure.Message, run.Failure.Type));
        Assert.Equal("""{"value":[1]}""", run.Failure.CurrentInputs);
        Assert.Empty(run.Failure.Executed);
    }

    [Fact]
    [Trait("Rule", "7.6")]
    [Trait("Rule", "15.9")]
    public void Rule22_23_DynamicCycle_BlamesTheExpandingNode()
    {
        var node = Expands("Cycle", (_, graph) =>
        {
            var (a, b) = (graph.Add("Pass"), graph.Add("Pass"));
            a.Set("v", b.Out());
            b.Set("v", a.Out());
            return [b.Out()];
        });
        var run = new ExecutorHarness(nodes: node).Run("2:StubInt(value=1)\n3:Cycle(v=@2)\n4:T(v=@3)", "4");
        Assert.Equal((RunOutcome.Error, true), (run.End.Outcome, run.End.Completed));
        Assert.Equal(("3", "graph.DependencyCycleError", "Dependency cycle detected", "[]"),
            (run.Failure.NodeId, run.Failure.Type, run.Failure.Message, run.Failure.CurrentInputs));
    }

    [Theory]
    [InlineData("Nowhere", "comfy_execution.graph.NodeNotFoundError", "Node gone not found\n")]
    [InlineData("Unknown", "KeyError", "'NoSuchClass'\n")]
    public void Rule12_11_BadGraph_IsAnErrorOfTheExpandingNode(string name, string type, string message)
    {
        NodeType[] nodes =
        [
            Expands("Nowhere", (_, _) => [new NodeLink("gone", 0)]),
            Expands("Unknown", (_, graph) => [graph.Add("NoSuchClass").Out()]),
        ];
        var run = new ExecutorHarness(nodes: nodes).Run($"2:{name}(v=1)\n3:T(v=@2)", "3");
        Assert.Equal(("2", type, message), (run.Failure.NodeId, run.Failure.Type, run.Failure.Message));
    }

    [Fact]
    public void Rule9_10_SchemaNode_ThatMayNotExpand_Fails()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.Named("NotAllowed").In("test").Input("v", "*").Output("*"),
            call => NodeResult.Expand(call.Context.NewGraph().Build(), 1L)));
        var run = new ExecutorHarness(nodes: node).Run("1:NotAllowed(v=1)\n2:T(v=@1)", "2");
        Assert.StartsWith("Node NotAllowedClone is not expandable", run.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "8.2")]
    public void Rule12_5_MixedSlices_KeepTheirOrder()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Mixed").In("test").Input("v", "*").Output("*"),
            call =>
            {
                if (call.Get<long>("v") != 1)
                    return NodeResult.Of(call.Value("v"));
                var graph = call.Context.NewGraph();
                var number = graph.Add("StubInt").Set("value", 7L);
                return NodeResult.Expand(graph.Build(), number.Out());
            }));
        var run = new ExecutorHarness(nodes: node).Run("1:List(n=3)\n2:Mixed(v=@1)\n3:t(v=@2)", "3");
        Assert.Equal(">1 >2 >2.1.0.1 >3 U3", run.Trace);
        Assert.Equal("""{"text":["0","7","2"]}""", run.Output("3"));
    }

    [Fact]
    public void Rule12_2_SecondGraphOfACall_HasTheNextNumber()
    {
        var node = Expands("Twice", (call, _) => [call.Context.NewGraph().Add("StubInt").Id]);

        Assert.Equal("""{"text":["2.0.1.1"]}""", new ExecutorHarness(nodes: node).Run("2:Twice(v=1)\n3:T(v=@2)", "3").Output("3"));
    }

    // ComfyUI gives a node without inputs the prefix of another one.
    [Fact]
    public void Rule12_2_NodeWithoutInputs_HasItsOwnPrefix()
    {
        var node = Expands("Bare", (_, graph) => [graph.Add("StubInt").Set("value", 4L).Out()]);

        Assert.Equal(">2 >2.0.0.1 >3 U3", new ExecutorHarness(nodes: node).Run("2:Bare()\n3:T(v=@2)", "3").Trace);
    }

    [Theory]
    [InlineData(CacheKind.Classic, ">2 >2.0.0.1 >3 U3")]
    [InlineData(CacheKind.Lru, ">2 >3 U3")]
    [InlineData(CacheKind.Ram, ">2 >3 U3")]
    public void Rule13_9_EqualNodeOutsideTheExpansion_IsFoundInAFlatStoreOnly(CacheKind kind, string trace)
    {
        var node = Expands("Five", (_, graph) => [graph.Add("StubInt").Set("value", 5L).Out()]);
        var harness = new ExecutorHarness(new CacheOptions { Kind = kind, LruSize = 100 }, nodes: node);
        harness.Run("1:StubInt(value=5)\n3:T(v=@1)", "3");

        Assert.EndsWith(trace, harness.Run("1:StubInt(value=5)\n2:Five(v=1)\n3:T(v=@2)", "3").Trace, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "14.3")]
    public void Rule12_10_BlockerReportOfAChild_HasItsOwnId()
    {
        var node = Expands("Blocked", (call, graph) => [graph.Add("Pass").Set("v", new ExecutionBlocker("boo")).Out()]);

        Assert.Equal(">2 >2.0.0.1 B2.0.0.1 >3", new ExecutorHarness(nodes: node).Run("2:Blocked(v=1)\n3:T(v=@2)", "3").Trace);
    }

    [Fact]
    public void Rule12_2_IdWithoutPrefix_HidesASubmittedNode()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Hides").In("test").Input("v", "*").Output("*"),
            call =>
            {
                var graph = new GraphBuilder("");
                return NodeResult.Expand(new ExpandedGraph([graph.Add("StubInt", "1").Set("value", 7L)]), new NodeLink("1", 0));
            }));
        var run = new ExecutorHarness(nodes: node).Run("1:StubInt(value=1)\n2:Hides(v=@1)\n3:T(v=@2)", "3");

        Assert.Equal(">1 >2 >1 >3 U3", run.Trace);
        Assert.Equal("""{"text":["7"]}""", run.Output("3"));
    }

    [Fact]
    public void Rule12_3_NewNodes_AreNeitherCheckedNorCoerced_AndTakeAnyObject()
    {
        var address = new Uri("test:1");
        var node = Expands("Objects", (_, graph) => [graph.Add("StubInt").Set("value", address).Out(), graph.Add("StubInt").Set("value", "text").Out()]);

        Assert.Equal(
            """{"text":["test:1,text"]}""",
            new ExecutorHarness(nodes: node).Run("2:Objects(v=1)\n3:T(v=@2;w=@2/1)", "3").Output("3"));
    }

    [Fact]
    public void Rule12_4_NewNodesThatNothingNeeds_DoNotRun()
    {
        var node = Expands("Leaves", (_, graph) =>
        {
            graph.Add("StubInt").Set("value", 1L);
            return [graph.Add("StubInt").Set("value", 2L).Out()];
        });

        Assert.Equal(">2 >2.0.0.2 >3 U3", new ExecutorHarness(nodes: node).Run("2:Leaves(v=1)\n3:T(v=@2)", "3").Trace);
    }

    [Fact]
    public void Rule12_6_LinkToAnEmptyList_RemovesAPosition()
    {
        var node = Expands("Shift", (_, graph) => [graph.Add("List").Set("n", 0L).Out(), "lit"]);

        Assert.Equal(
            """{"text":["lit,None"]}""",
            new ExecutorHarness(nodes: node).Run("2:Shift(v=1)\n3:t(v=@2;w=@2/1)", "3").Output("3"));
    }

    [Fact]
    [Trait("Rule", "8.9")]
    public void Rule12_7_UiOfAnExpandingNode_IsShownBeforeItsChildrenAndOnce()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Shows").In("test").Input("v", "*").Output("*"),
            call =>
            {
                var graph = call.Context.NewGraph();
                var number = graph.Add("StubInt").Set("value", 5L);
                return new NodeResult { Graph = graph.Build(), Values = [number.Out()], Ui = new UiOutput().AddText("seen") };
            }));
        var harness = new ExecutorHarness(nodes: node);

        Assert.Equal(">2 U2 >2.0.0.1 >3 U3", harness.Run("2:Shows(v=1)\n3:T(v=@2)", "2", "3").Trace);
        Assert.Equal("C[2,3] U3 U2", harness.Run("2:Shows(v=1)\n3:T(v=@2)", "2", "3").Trace);
    }
}
