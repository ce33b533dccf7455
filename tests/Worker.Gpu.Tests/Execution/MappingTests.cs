using Farm.Nodes;
using Xunit;

namespace Farm.Worker.Tests.Execution;

/// <summary>Inputs, list mapping, results and blockers (execution-semantics, sections 9 and 14).</summary>
public sealed class MappingTests
{
    private static NodeType Returns(string name, Func<NodeCall, NodeResult?> run, Action<NodeBuilder>? define = null) => NodeType.Of(() => new ScriptNode(
        n =>
        {
            n.V1().Named(name).In("test").OptionalInputs().Input("v", "*").Output("*");
            define?.Invoke(n);
        },
        run));

    [Theory]
    [InlineData("1:TakesList(v=7)", "[7]")]
    [InlineData("0:List(n=2)\n1:TakesList(v=@0)", "[0, 1]")]
    public void Rule9_1_Input_IsAListOfTheLiteralOrOfAllThatALinkBrings(string prompt, string shown) =>
        Assert.Equal($$"""{"text":["{{shown}}"]}""", new ExecutorHarness().Run(prompt, "1").Output("1"));

    [Fact]
    public void Rule9_3_RawLink_IsOneElement()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Raw").In("test").OutputNode().InputIsList().Input("v", "*", o => o.RawLink()),
            call => NodeResult.WithUi(new UiOutput().Add("slots", call.Get<IReadOnlyList<object?>>("v").Select(link => (object?)((NodeLink)link!).NodeId)))));

        Assert.Equal("""{"slots":["0"]}""", new ExecutorHarness(nodes: node).Run("0:List(n=3)\n1:Raw(v=@0)", "1").Output("1"));
    }

    [Fact]
    public void Rule9_4_HiddenInput_IsOneElementThatEverySliceGets()
    {
        var mapped = Returns("Mapped", call => NodeResult.WithUi(new UiOutput().AddText($"{call.Value("v")} {call.Value("uid")}")), n => n.Hidden("uid", "UNIQUE_ID"));
        var whole = Returns(
            "Whole", call => NodeResult.WithUi(new UiOutput().Add("uid", call.Get<IReadOnlyList<object?>>("uid"))), n => n.InputIsList().Hidden("uid", "UNIQUE_ID"));
        var harness = new ExecutorHarness(nodes: [mapped, whole]);

        Assert.Equal("""{"text":["0 1","1 1"]}""", harness.Run("0:List(n=2)\n1:Mapped(v=@0)", "1").Output("1"));
        Assert.Equal("""{"uid":["1"]}""", harness.Run("0:List(n=2)\n1:Whole(v=@0)", "1").Output("1"));
    }

    [Fact]
    public void Rule9_5_Node_IsCalledForEachElementOfTheLongestList_WithoutInputsOnce()
    {
        var bare = Returns("Bare", call => NodeResult.WithUi(new UiOutput().AddText($"{call.Names.Count} inputs")));
        var harness = new ExecutorHarness(nodes: bare);

        Assert.Equal("""{"text":["0,7","1,7","2,7"]}""", harness.Run("1:List(n=3)\n2:t(v=@1;w=7)", "2").Output("2"));
        Assert.Equal("""{"text":["0 inputs"]}""", harness.Run("1:Bare()", "1").Output("1"));
        Assert.Equal("IndexError", harness.Run("1:List(n=0)\n2:List(n=2)\n3:t(v=@1;w=@2)", "3").Failure.Type);
    }

    [Fact]
    public void Rule9_6_NodeThatTakesLists_IsCalledOnceWithAllOfThem()
    {
        var node = Returns(
            "Whole",
            call => NodeResult.WithUi(new UiOutput().AddText($"{PythonValue.Repr(call.Value("v"))} {PythonValue.Repr(call.Value("w"))}")),
            n => n.InputIsList().Input("w", "*", o => o.Lazy()));
        var harness = new ExecutorHarness(nodes: node);

        Assert.Equal("""{"text":["[0, 1, 2] [5]"]}""", harness.Run("0:List(n=3)\n1:Whole(v=@0;w=5)", "1").Output("1"));
        Assert.Equal("""{"text":["[0, 1, 2] [None]"]}""", harness.Run("0:List(n=3)\n5:StubInt(value=1)\n1:Whole(v=@0;w=@5)", "1").Output("1"));
    }

    [Fact]
    public void Rule9_7_ReturnedBlocker_StandsInEveryOutput()
    {
        var node = Returns("Blocks", _ => NodeResult.Block("boo"), n => n.Output("*"));

        Assert.Equal(">1 >2 B2 >3 B3", new ExecutorHarness(nodes: node).Run("1:Blocks(v=1)\n2:T(v=@1)\n3:T(v=@1/1)", "2", "3").Trace);
    }

    [Fact]
    [Trait("Rule", "9.1")]
    [Trait("Rule", "9.5")]
    public void Rule22_11_Lists_MapElementwise_LastRepeats()
    {
        var run = new ExecutorHarness().Run("1:List(n=3)\n2:List(n=2)\n3:t(v=@1;w=@2)", "3");
        Assert.Equal("""{"text":["0,0","1,1","2,1"]}""", run.Output("3"));
    }

    [Fact]
    public void Rule22_12_EmptyList_IntoPlainNode_CallsWithoutArguments()
    {
        var run = new ExecutorHarness().Run("1:List(n=0)\n2:t(v=@1)", "2");
        Assert.Equal("TypeError", run.Failure.Type);
        Assert.Contains("missing 1 required positional argument: 'v'", run.Failure.Message, StringComparison.Ordinal);
        Assert.Equal("""{"v":[]}""", run.Failure.CurrentInputs);
    }

    [Fact]
    [Trait("Rule", "9.4")]
    public void Rule22_12_EmptyList_BesideHiddenInput_IsIndexError()
    {
        var run = new ExecutorHarness().Run("1:List(n=0)\n2:T(v=@1)", "2");
        Assert.Equal("IndexError", run.Failure.Type);
        Assert.Equal("list index out of range\n", run.Failure.Message);
        Assert.Equal("""{"v":[],"uid":["2"]}""", run.Failure.CurrentInputs);
    }

    [Fact]
    [Trait("Rule", "9.6")]
    public void Rule22_12_EmptyList_IntoListNode_IsPassed() =>
        Assert.Equal("""{"text":["[]"]}""", new ExecutorHarness().Run("1:List(n=0)\n2:TakesList(v=@1)", "2").Output("2"));

    [Fact]
    [Trait("Rule", "9.7")]
    public void Rule22_13_ReturnedNull_OfAnOlderNode_IsTypeError()
    {
        var run = new ExecutorHarness(nodes: Returns("Null", _ => null)).Run("1:Null(v=1)\n2:T(v=@1)", "2");
        Assert.Equal(("TypeError", "object of type 'NoneType' has no len()\n"), (run.Failure.Type, run.Failure.Message));
    }

    [Fact]
    public void Rule22_13_ReturnedUiOnly_GivesNullToConsumers()
    {
        var run = new ExecutorHarness(nodes: Returns("UiOnly", _ => NodeResult.WithUi(new UiOutput().AddText("x")))).Run("1:UiOnly(v=1)\n2:T(v=@1)", "2");
        Assert.Equal(">1 U1 >2 U2", run.Trace);
        Assert.Equal("""{"text":["None"]}""", run.Output("2"));
    }

    [Fact]
    [Trait("Rule", "1.6")]
    [Trait("Rule", "9.8")]
    public void Rule22_13_MoreValuesThanDeclared_StayAccessible()
    {
        var harness = new ExecutorHarness(nodes: Returns("Three", _ => NodeResult.Of(1L, 2L, 3L)));
        Assert.Equal("""{"text":["1"]}""", harness.Run("1:Three(v=1)\n2:T(v=@1)", "2").Output("2"));
        Assert.Equal("""{"text":["3"]}""", harness.Run("1:Three(v=1)\n2:T(v=@1/-1)", "2").Output("2"));
    }

    [Fact]
    public void Rule9_8_OutputLists_AreJoined_AndSlotsBeyondTheDeclaredCutOff()
    {
        var node = Returns("Doubles", call => NodeResult.Of(new object?[] { call.Value("v"), call.Value("v") }.ToList(), "beyond"), n => n.V1());
        var list = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Lists").In("test").Input("v", "*").Output("*", isList: true),
            call => NodeResult.Of(new object?[] { call.Value("v"), call.Value("v") }.ToList(), "beyond")));
        var harness = new ExecutorHarness(nodes: [node, list]);

        Assert.Equal("""{"text":["[0, 0, 1, 1]"]}""", harness.Run("0:List(n=2)\n1:Lists(v=@0)\n2:TakesList(v=@1)", "2").Output("2"));
        Assert.Equal("""{"text":["None"]}""", harness.Run("0:List(n=2)\n1:Lists(v=@0)\n2:t(v=@1/1)", "2").Output("2"));
        Assert.Equal("""{"text":["beyond","beyond"]}""", harness.Run("0:List(n=2)\n1:Doubles(v=@0)\n2:t(v=@1/1)", "2").Output("2"));
    }

    [Fact]
    [Trait("Rule", "8.8")]
    public void Rule9_8_FewerValuesThanDeclared_AreNullDownstream()
    {
        var node = Returns("One", _ => NodeResult.Of(1L), n => n.Output("*"));

        Assert.Equal("""{"text":["1,None"]}""", new ExecutorHarness(nodes: node).Run("1:One(v=1)\n2:t(v=@1;w=@1/1)", "2").Output("2"));
    }

    // A text under a name would fall apart into characters; an SDK node's UI output is made of lists only.
    [Fact]
    public void Rule9_9_UiOfSlices_IsJoinedByName_WithoutThoseThatHaveNone()
    {
        var node = Returns("Some", call => call.Get<long>("v") == 1
            ? NodeResult.Of()
            : NodeResult.WithUi(new UiOutput().AddText($"{call.Value("v")}").Add("n", 1L, 2L)));

        Assert.Equal("""{"text":["0","2"],"n":[1,2,1,2]}""", new ExecutorHarness(nodes: node).Run("1:List(n=3)\n2:Some(v=@1)", "2").Output("2"));
    }

    [Fact]
    public void Rule9_10_SchemaNodeThatReturnsNothing_HasNoOutputs()
    {
        var node = NodeType.Of(() => new ScriptNode(n => n.Named("Nothing").In("test").Input("v", "*").Output("*"), _ => null));

        Assert.Equal("""{"text":["None"]}""", new ExecutorHarness(nodes: node).Run("1:Nothing(v=1)\n2:T(v=@1)", "2").Output("2"));
    }

    // In ComfyUI a schema node that blocks without values does not block; here whoever blocks, blocks.
    [Fact]
    public void Rule9_11_SchemaNodeThatBlocksWithoutValues_BlocksAllItsOutputs()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.Named("Blocks").In("test").Input("v", "*").Output("*").Output("*"), _ => NodeResult.Block("boo")));
        var mixed = NodeType.Of(() => new ScriptNode(
            n => n.Named("BlocksOne").In("test").Input("v", "*").Output("*").Output("*"), call => NodeResult.Of(new ExecutionBlocker("boo"), call.Value("v"))));
        var harness = new ExecutorHarness(nodes: [node, mixed]);

        Assert.Equal(">1 >2 B2 >3 B3", harness.Run("1:Blocks(v=1)\n2:T(v=@1)\n3:t(v=@1/1)", "2", "3").Trace);
        Assert.Equal(">1 >2 B2 >3 U3", harness.Run("1:BlocksOne(v=1)\n2:T(v=@1)\n3:t(v=@1/1)", "2", "3").Trace);
    }

    [Fact]
    public void Rule14_1_FirstBlockerInOrderOfArguments_Counts()
    {
        var run = new ExecutorHarness().Run("1:Block(v=1;message=\"one\")\n2:Block(v=2;message=\"two\")\n3:t(w=@2;v=@1)", "3");

        Assert.Equal("Execution Blocked: two", run.Failure.Message);
    }

    [Fact]
    public void Rule14_2_EveryConsumer_ReportsOnceABlockedSlice()
    {
        var run = new ExecutorHarness().Run("0:List(n=2)\n1:Block(v=@0;message=\"boo\")\n2:t(v=@1)\n3:t(v=@1;w=1)", "2", "3");

        Assert.Equal(">0 >1 >2 B2 B2 >3 B3 B3", run.Trace);
    }

    [Fact]
    public void Rule14_4_BlockedNode_CountsAsExecutedAndShowsNothing()
    {
        var run = new ExecutorHarness().Run("1:Block(v=1)\n2:Pass(v=@1)\n3:T(v=@2)\n8:Fail(value=5;after=@3)\n9:T(v=@8)", "9");

        Assert.Equal(">1 >2 >3 >8 E8", run.Trace);
        Assert.Equal(["1", "2", "3"], run.Failure.Executed);
    }

    [Fact]
    public void Rule9_9_UiOfSlices_LackingAKey_IsKeyError()
    {
        var node = Returns("Keys", call => NodeResult.WithUi(call.Get<long>("v") == 0 ? new UiOutput().AddText("a") : new UiOutput().Add("other", 1L)));
        var run = new ExecutorHarness(nodes: node).Run("1:List(n=2)\n2:Keys(v=@1)", "2");
        Assert.Equal(("KeyError", "'text'\n"), (run.Failure.Type, run.Failure.Message));
    }

    [Theory]
    [Trait("Rule", "14.4")]
    [InlineData("1:Block(v=1;message=\"boo\")\n2:T(v=@1)")]
    [InlineData("0:StubInt(value=1)\n1:BlockOne(v=@0)\n2:T(v=@1)")]
    public void Rule22_14_Blocker_WithMessage_IsReportedByTheConsumer(string prompt)
    {
        var run = new ExecutorHarness().Run(prompt, "2");
        Assert.EndsWith(">2 B2", run.Trace, StringComparison.Ordinal);
        Assert.Equal(("2", "T", "Execution Blocked: boo", "ExecutionBlocked"), (run.Failure.NodeId, run.Failure.NodeType, run.Failure.Message, run.Failure.Type));
        Assert.Contains("1", run.Failure.Executed);
        Assert.Equal(Farm.Contracts.Prompts.RunOutcome.Success, run.End.Outcome);
        Assert.Empty(run.End.Outputs);
    }

    [Fact]
    public void Rule14_2_Blocker_IsReportedOnce_ThenSilent()
    {
        var run = new ExecutorHarness().Run("1:Block(v=1;message=\"boo\")\n2:Pass(v=@1)\n3:T(v=@2)", "3");
        Assert.Equal(">1 >2 B2 >3", run.Trace);
    }

    [Fact]
    [Trait("Rule", "14.1")]
    public void Rule22_15_Blocker_InAList_StopsItsSliceOnly()
    {
        var run = new ExecutorHarness().Run("0:List(n=3)\n1:BlockOne(v=@0)\n2:t(v=@1)\n3:TakesList(v=@1)", "2", "3");
        Assert.Equal("""{"text":["0","2"]}""", run.Output("2"));
        Assert.Equal(["2", "3"], run.Events.OfType<Farm.Contracts.Prompts.ExecutionError>().Select(e => e.Failure.NodeId).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(run.End.Outputs, o => o.NodeId == "3");
    }

    [Fact]
    public void Rule13_10_BlockedNode_WhenCached_DoesNotReportAgain()
    {
        var harness = new ExecutorHarness();
        const string prompt = "1:Block(v=1;message=\"boo\")\n2:T(v=@1)";
        harness.Run(prompt, "2");
        Assert.Equal("C[1,2] U20", harness.Run(prompt, "2").Trace);
    }

    [Fact]
    [Trait("Rule", "1.8")]
    public void Rule22_41_HiddenLiteral_OfAnUnknownKind_IsPassed()
    {
        var node = Returns(
            "Hidden",
            call => NodeResult.WithUi(new UiOutput().AddText($"{call.Value("uid")} {call.Value("cust")}")),
            n => n.OutputNode().Hidden("uid", "UNIQUE_ID").Hidden("cust", "*"));
        var run = new ExecutorHarness(nodes: node).Run("1:Hidden(uid=\"mine\";cust=99)", "1");
        Assert.Equal("""{"text":["1 99"]}""", run.Output("1"));
    }

    [Fact]
    public void Rule1_7_UndeclaredInputs_LinksArePassed_LiteralsDropped()
    {
        var node = Returns("Names", call => NodeResult.WithUi(new UiOutput().AddText(string.Join(',', call.Names))), n => n.OutputNode());
        var run = new ExecutorHarness(nodes: node).Run("0:StubInt(value=1)\n1:Names(v=1;x=2;y=@0)", "1");
        Assert.Equal("""{"text":["v,y"]}""", run.Output("1"));
    }

    [Fact]
    [Trait("Rule", "6.1")]
    [Trait("Rule", "6.5")]
    public void Rule22_40_DynamicInputs_AreNested()
    {
        const string options = """{"options":[{"key":"one","inputs":{"required":{"x":["INT",{}]}}},{"key":"two","inputs":{"optional":{"y":["STRING",{}],"z":["INT",{}]}}}]}""";
        const string row = """{"template":{"input":{"required":{"n":["INT",{"forceInput":true}]}},"prefix":"n","min":1,"max":3}}""";
        var node = NodeType.Of(() => new ScriptNode(
            n => n.Named("Dynamic").In("test").OutputNode()
                .Input("dc", "COMFY_DYNAMICCOMBO_V3", o => Copy(o, options)).Input("ag", "COMFY_AUTOGROW_V3", o => Copy(o, row)),
            call => NodeResult.WithUi(new UiOutput().AddText(PythonValue.Repr(call.Value("dc")), PythonValue.Repr(call.Value("ag"))))));
        var run = new ExecutorHarness(nodes: node).Run(
            """{"1":{"class_type":"Dynamic","inputs":{"dc":"two","dc.y":"s","ag.n0":4,"ag.n2":6,"ag.n7":1}}}""", "1");
        Assert.Equal("""{"text":["{\u0027y\u0027: \u0027s\u0027, \u0027dc\u0027: \u0027two\u0027, \u0027z\u0027: None}","{\u0027n0\u0027: 4, \u0027n2\u0027: 6}"]}""", Sorted(run.Output("1")));
    }

    // The order inside the nested value is free (6.5).
    private static string Sorted(string output) => output.Replace(
        "{\\u0027dc\\u0027: \\u0027two\\u0027, \\u0027y\\u0027: \\u0027s\\u0027, \\u0027z\\u0027: None}",
        "{\\u0027y\\u0027: \\u0027s\\u0027, \\u0027dc\\u0027: \\u0027two\\u0027, \\u0027z\\u0027: None}", StringComparison.Ordinal);

    private static void Copy(InputOptions options, string json)
    {
        using var parsed = System.Text.Json.JsonDocument.Parse(json);
        foreach (var member in parsed.RootElement.EnumerateObject())
            options.Set(member.Name, Farm.Worker.Execution.Values.JsonValues.Read(member.Value));
    }
}
