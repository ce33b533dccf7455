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

    [Fact]
    public void Lists_MapElementwise_LastRepeats_22_11()
    {
        var run = new ExecutorHarness().Run("1:List(n=3)\n2:List(n=2)\n3:t(v=@1;w=@2)", "3");
        Assert.Equal("""{"text":["0,0","1,1","2,1"]}""", run.Output("3"));
    }

    [Fact]
    public void EmptyList_IntoPlainNode_CallsWithoutArguments_22_12()
    {
        var run = new ExecutorHarness().Run("1:List(n=0)\n2:t(v=@1)", "2");
        Assert.Equal("TypeError", run.Failure.Type);
        Assert.Contains("missing 1 required positional argument: 'v'", run.Failure.Message, StringComparison.Ordinal);
        Assert.Equal("""{"v":[]}""", run.Failure.CurrentInputs);
    }

    [Fact]
    public void EmptyList_BesideHiddenInput_IsIndexError_22_12()
    {
        var run = new ExecutorHarness().Run("1:List(n=0)\n2:T(v=@1)", "2");
        Assert.Equal("IndexError", run.Failure.Type);
        Assert.Equal("list index out of range\n", run.Failure.Message);
        Assert.Equal("""{"v":[],"uid":["2"]}""", run.Failure.CurrentInputs);
    }

    [Fact]
    public void EmptyList_IntoListNode_IsPassed_22_12() =>
        Assert.Equal("""{"text":["[]"]}""", new ExecutorHarness().Run("1:List(n=0)\n2:TakesList(v=@1)", "2").Output("2"));

    [Fact]
    public void ReturnedNull_OfAnOlderNode_IsTypeError_22_13()
    {
        var run = new ExecutorHarness(nodes: Returns("Null", _ => null)).Run("1:Null(v=1)\n2:T(v=@1)", "2");
        Assert.Equal(("TypeError", "object of type 'NoneType' has no len()\n"), (run.Failure.Type, run.Failure.Message));
    }

    [Fact]
    public void ReturnedUiOnly_GivesNullToConsumers_22_13()
    {
        var run = new ExecutorHarness(nodes: Returns("UiOnly", _ => NodeResult.WithUi(new UiOutput().AddText("x")))).Run("1:UiOnly(v=1)\n2:T(v=@1)", "2");
        Assert.Equal(">1 U1 >2 U2", run.Trace);
        Assert.Equal("""{"text":["None"]}""", run.Output("2"));
    }

    [Fact]
    public void MoreValuesThanDeclared_StayAccessible_22_13()
    {
        var harness = new ExecutorHarness(nodes: Returns("Three", _ => NodeResult.Of(1L, 2L, 3L)));
        Assert.Equal("""{"text":["1"]}""", harness.Run("1:Three(v=1)\n2:T(v=@1)", "2").Output("2"));
        Assert.Equal("""{"text":["3"]}""", harness.Run("1:Three(v=1)\n2:T(v=@1/-1)", "2").Output("2"));
    }

    [Fact]
    public void UiOfSlices_LackingAKey_IsKeyError_9_9()
    {
        var node = Returns("Keys", call => NodeResult.WithUi(call.Get<long>("v") == 0 ? new UiOutput().AddText("a") : new UiOutput().Add("other", 1L)));
        var run = new ExecutorHarness(nodes: node).Run("1:List(n=2)\n2:Keys(v=@1)", "2");
        Assert.Equal(("KeyError", "'text'\n"), (run.Failure.Type, run.Failure.Message));
    }

    [Theory]
    [InlineData("1:Block(v=1;message=\"boo\")\n2:T(v=@1)")]
    [InlineData("0:StubInt(value=1)\n1:BlockOne(v=@0)\n2:T(v=@1)")]
    public void Blocker_WithMessage_IsReportedByTheConsumer_22_14(string prompt)
    {
        var run = new ExecutorHarness().Run(prompt, "2");
        Assert.EndsWith(">2 B2", run.Trace, StringComparison.Ordinal);
        Assert.Equal(("2", "T", "Execution Blocked: boo", "ExecutionBlocked"), (run.Failure.NodeId, run.Failure.NodeType, run.Failure.Message, run.Failure.Type));
        Assert.Contains("1", run.Failure.Executed);
        Assert.Equal(Farm.Contracts.Prompts.RunOutcome.Success, run.End.Outcome);
        Assert.Empty(run.End.Outputs);
    }

    [Fact]
    public void Blocker_IsReportedOnce_ThenSilent_14_2()
    {
        var run = new ExecutorHarness().Run("1:Block(v=1;message=\"boo\")\n2:Pass(v=@1)\n3:T(v=@2)", "3");
        Assert.Equal(">1 >2 B2 >3", run.Trace);
    }

    [Fact]
    public void Blocker_InAList_StopsItsSliceOnly_22_15()
    {
        var run = new ExecutorHarness().Run("0:List(n=3)\n1:BlockOne(v=@0)\n2:t(v=@1)\n3:TakesList(v=@1)", "2", "3");
        Assert.Equal("""{"text":["0","2"]}""", run.Output("2"));
        Assert.Equal(["2", "3"], run.Events.OfType<Farm.Contracts.Prompts.ExecutionError>().Select(e => e.Failure.NodeId).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(run.End.Outputs, o => o.NodeId == "3");
    }

    [Fact]
    public void BlockedNode_WhenCached_DoesNotReportAgain_13_10()
    {
        var harness = new ExecutorHarness();
        const string prompt = "1:Block(v=1;message=\"boo\")\n2:T(v=@1)";
        harness.Run(prompt, "2");
        Assert.Equal("C[1,2] U20", harness.Run(prompt, "2").Trace);
    }

    [Fact]
    public void HiddenLiteral_OfAnUnknownKind_IsPassed_22_41()
    {
        var node = Returns(
            "Hidden",
            call => NodeResult.WithUi(new UiOutput().AddText($"{call.Value("uid")} {call.Value("cust")}")),
            n => n.OutputNode().Hidden("uid", "UNIQUE_ID").Hidden("cust", "*"));
        var run = new ExecutorHarness(nodes: node).Run("1:Hidden(uid=\"mine\";cust=99)", "1");
        Assert.Equal("""{"text":["1 99"]}""", run.Output("1"));
    }

    [Fact]
    public void UndeclaredInputs_LinksArePassed_LiteralsDropped_1_7()
    {
        var node = Returns("Names", call => NodeResult.WithUi(new UiOutput().AddText(string.Join(',', call.Names))), n => n.OutputNode());
        var run = new ExecutorHarness(nodes: node).Run("0:StubInt(value=1)\n1:Names(v=1;x=2;y=@0)", "1");
        Assert.Equal("""{"text":["v,y"]}""", run.Output("1"));
    }

    [Fact]
    public void DynamicInputs_AreNested_22_40()
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
