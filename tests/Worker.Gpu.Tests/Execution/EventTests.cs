using Farm.Contracts.Prompts;
using Farm.Nodes;
using Xunit;

namespace Farm.Worker.Tests.Execution;

/// <summary>Events and their order, fingerprints, node objects (execution-semantics, sections 8, 13 and 16).</summary>
public sealed class EventTests
{
    private static string Full(Recorded run) => string.Join(' ', run.Events.Select(e => e switch
    {
        ExecutionStart => "start",
        ExecutionCached cached => $"cached[{string.Join(',', cached.Nodes)}]",
        NodeProgressed { Progress: var p } => $"{p.Node.NodeId}:{(p.Finished ? "finished" : "running")}{(p.Cached ? " cached" : "")}",
        NodeExecuting executing => $"executing {executing.Node}",
        NodeExecuted executed => $"executed {executed.Node}",
        ExecutionSuccess => "success",
        _ => e.GetType().Name,
    }));

    [Fact]
    public void Rule16_5_SimpleRun_TellsStartRunningExecutingAndFinished() =>
        Assert.Equal(
            "start cached[] A:running executing A A:finished B:running executing B executed B B:finished success",
            Full(new ExecutorHarness().Run("A:StubInt(value=1)\nB:T(v=@A)", "B")));

    [Fact]
    public void Rule16_6_CachedRun_ShowsItsTargetsOnly()
    {
        var harness = new ExecutorHarness();
        harness.Run("A:StubInt(value=1)\nB:T(v=@A)", "B");

        Assert.Equal("start cached[A,B] executed B B:finished cached success", Full(harness.Run("A:StubInt(value=1)\nB:T(v=@A)", "B")));
    }

    [Fact]
    public void Rule8_3_NodeThatIsEnteredAgain_SaysSoAgain() =>
        Assert.Equal(
            "start cached[] 1:running executing 1 3:running executing 3 3:finished 1:running executing 1 1:finished 9:running executing 9 executed 9 9:finished success",
            Full(new ExecutorHarness().Run("3:StubInt(value=1)\n1:Lazy(want=\"a\";a=@3)\n9:T(v=@1)", "9")));

    [Fact]
    [Trait("Rule", "16.3")]
    public void Rule8_11_FinishedNode_StandsAtItsMaximumAndCountsAsExecuted()
    {
        var steps = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Steps").In("test").OptionalInputs().Input("v", "*").Output("*"),
            call =>
            {
                call.Context.StartProgress(10).Update(3);
                return NodeResult.Of(1L);
            }));

        var run = new ExecutorHarness(nodes: steps).Run("1:Steps(v=1)\n2:Fail(value=@1)\n3:T(v=@2)", "3");

        Assert.Equal(
            [(0, 1, false), (3, 10, false), (10, 10, true)],
            run.Events.OfType<NodeProgressed>().Where(e => e.Progress.Node.NodeId == "1").Select(e => (e.Progress.Value, e.Progress.Max, e.Progress.Finished)));
        Assert.Equal(["1"], run.Failure.Executed);
    }

    [Fact]
    public void Rule16_7_Failing_LeavesItsNodeRunning() =>
        Assert.Equal(
            "start cached[] A:running executing A A:finished B:running executing B ExecutionError",
            Full(new ExecutorHarness().Run("A:StubInt(value=1)\nB:Fail(value=@A)\nC:T(v=@B)", "C")));

    [Fact]
    public void Rule16_8_Interrupted_EndsWithTheInterruption()
    {
        using var interrupt = new CancellationTokenSource();
        var run = new ExecutorHarness().Run("A:StubInt(value=1)\nB:T(v=@A)", interrupt.Token, e =>
        {
            if (e is NodeExecuting { Node: "B" })
                interrupt.Cancel();
        }, "B");

        Assert.Equal("start cached[] A:running executing A A:finished B:running executing B ExecutionInterrupted", Full(run));
    }

    [Fact]
    public void Rule16_10_AsyncNode_FinishesWithoutAnotherExecuting()
    {
        var harness = new ExecutorHarness();
        var run = harness.Run("1:Sleep(value=1;gate=\"g\")\n2:StubInt(value=2)\n3:T(v=@1;w=@2)", CancellationToken.None, e =>
        {
            if (e is NodeExecuting { Node: "2" })
                harness.Gates.Open("g");
        }, "3");

        Assert.Equal(
            "start cached[] 1:running executing 1 2:running executing 2 2:finished 1:finished 3:running executing 3 executed 3 3:finished success",
            Full(run));
    }

    [Fact]
    public void Rule17_1_AsyncNodeThatNeverWaits_CountsAsSynchronous() =>
        Assert.Equal(
            "start cached[] 1:running executing 1 1:finished 2:running executing 2 2:finished 3:running executing 3 executed 3 3:finished success",
            Full(new ExecutorHarness().Run("1:Sleep(value=1)\n2:StubInt(value=2)\n3:T(v=@1;w=@2)", "3")));

    [Fact]
    [Trait("Rule", "22.30")]
    public void Rule13_13_WithoutClient_CachedUi_IsNeitherSentNorKept()
    {
        var harness = new ExecutorHarness { HasClient = false };
        harness.Run("B:T(v=1)", "B");
        var run = harness.Run("B:T(v=1)", "B");
        Assert.Equal("start cached[B] B:finished cached success", Full(run));
        Assert.Empty(run.End.Outputs);
    }

    [Fact]
    public void Rule16_4_ProgressBar_SendsFirstLastAndPreviews()
    {
        var clock = new StoppedClock();
        var steps = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Steps").In("test").OutputNode().OptionalInputs().Input("v", "*"),
            call =>
            {
                var bar = call.Context.StartProgress(10);
                bar.Update(1);
                bar.Update(2);
                bar.Update(3, preview: new NodePreview("image/png", []));
                clock.Now += TimeSpan.FromSeconds(1);
                bar.Update(4);
                bar.Update(5);
                bar.Update(99);
                return NodeResult.Of();
            }));
        var run = new ExecutorHarness(clock: clock, nodes: steps).Run("1:Steps(v=1)", "1");
        Assert.Equal([1, 3, 4, 10], run.Events.OfType<NodeStepped>().Select(s => s.Value));
        var last = run.Events.OfType<NodeProgressed>().Last().Progress;
        Assert.Equal((10, 10, true), (last.Value, last.Max, last.Finished));
        var kinds = run.Events.SkipWhile(e => e is not ImagePreview).Take(2).Select(e => e.GetType().Name);
        Assert.Equal(["ImagePreview", "NodeStepped"], kinds);
    }

    [Fact]
    [Trait("Rule", "13.6")]
    public void Rule22_27_Fingerprint_ThatThrows_IsNeverReused_PostedOneIs()
    {
        var node = NodeType.Of(() => new FingerprintScriptNode(
            n => n.V1().Named("Print").In("test").OutputNode().OptionalInputs().Input("v", "*"),
            _ => throw new InvalidOperationException(),
            _ => NodeResult.Of()));
        var harness = new ExecutorHarness(nodes: node);
        harness.Run("1:Print(v=1)", "1");
        Assert.Equal(">1", harness.Run("1:Print(v=1)", "1").Trace);
        const string posted = """{"1":{"class_type":"Print","inputs":{"v":1},"is_changed":5}}""";
        harness.Run(posted, "1");
        Assert.Equal("C[1] U10", harness.Run(posted, "1").Trace);
    }

    [Theory]
    [InlineData(double.NaN, ">1")]
    [InlineData(1.5, "C[0,1] U10")]
    public void Rule13_5_Fingerprint_Value_DecidesReuse(double value, string second)
    {
        object? seen = "not called";
        var node = NodeType.Of(() => new FingerprintScriptNode(
            n => n.V1().Named("Print").In("test").OutputNode().Input("v", "*").Hidden("prompt", "PROMPT"),
            call =>
            {
                seen = call.Value("v");
                return value;
            },
            _ => NodeResult.Of()));
        var harness = new ExecutorHarness(nodes: node);
        const string prompt = "0:StubInt(value=1)\n1:Print(v=@0)";
        harness.Run(prompt, "1");
        Assert.Null(seen);
        Assert.EndsWith(second, harness.Run(prompt, "1").Trace, StringComparison.Ordinal);
    }

    [Fact]
    public void Rule10_PromptValue_CarriesFingerprints()
    {
        string? prompt = null;
        var node = NodeType.Of(() => new FingerprintScriptNode(
            n => n.V1().Named("Print").In("test").OutputNode().Input("v", "*").Hidden("prompt", "PROMPT"),
            _ => 5L,
            call =>
            {
                prompt = PythonValue.Dumps(call.Value("prompt"));
                return NodeResult.Of();
            }));
        new ExecutorHarness(nodes: node).Run("1:Print(v=1.0)", "1");
        Assert.Equal("""{"1": {"class_type": "Print", "inputs": {"v": 1.0}, "is_changed": [5]}}""", prompt);
    }

    [Fact]
    public void Rule10_HiddenInputs_AreSupplied()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Hides").In("test").OutputNode().Input("v", "*").Hidden("id", "UNIQUE_ID").Hidden("info", "EXTRA_PNGINFO")
                .Hidden("graph", "DYNPROMPT").Hidden("token", "AUTH_TOKEN_COMFY_ORG").Hidden("key", "API_KEY_COMFY_ORG"),
            call => NodeResult.WithUi(new UiOutput().AddText(
                $"{call.Value("id")} {PythonValue.Repr(call.Value("info"))} {call.Get<IGraphView>("graph").Find("1")!.ClassType} {call.Value("token")} {call.Value("key")}"))));
        var harness = new ExecutorHarness(nodes: node)
        {
            ExtraData = """{"extra_pnginfo": {"workflow": 1}}""",
            Secrets = """{"auth_token_comfy_org": "t", "api_key_comfy_org": "k"}""",
        };

        Assert.Equal("""{"text":["1 {\u0027workflow\u0027: 1} Hides t k"]}""", harness.Run("1:Hides(v=1)", "1").Output("1"));
    }

    [Fact]
    [Trait("Rule", "8.4")]
    public void Rule22_28_NodeObjects_LiveAsLongAsTheirNode()
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
        Assert.Equal("""{"n":[1]}""", harness.Run("1:Counter(v=1)", "1").Output("1"));
        Assert.Equal("""{"n":[2]}""", harness.Run("1:Counter(v=1)", "1").Output("1"));
        harness.Run("2:T(v=1)", "2");
        Assert.Equal("""{"n":[1]}""", harness.Run("1:Counter(v=1)", "1").Output("1"));
    }

    [Fact]
    [Trait("Rule", "13.12")]
    public void Rule22_29_IntermediateOutput_IsSentAgain()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Middle").In("test").IntermediateOutput().Input("v", "*").Output("*"),
            call => NodeResult.WithUi(new UiOutput().AddText("seen"), call.Value("v"))));
        var harness = new ExecutorHarness(nodes: node);
        harness.Run("1:Middle(v=1)\n2:T(v=@1)", "2");
        Assert.Equal("C[1,2] U2 U1", harness.Run("1:Middle(v=1)\n2:T(v=@1)", "2").Trace);
        Assert.Equal("C[1] >2 U2 U1", harness.Run("1:Middle(v=1)\n2:T(v=@1;w=1)", "2").Trace);
        var apart = harness.Run("1:Middle(v=1)\n2:T(v=3)", "2");
        Assert.Equal("C[1] >2 U2 U1", apart.Trace);
        Assert.Contains(apart.End.Outputs, o => o.NodeId == "1");
    }

    [Fact]
    public void Rule13_12_IntermediateOutput_IsNotSentAgainByARunThatFails()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Middle").In("test").IntermediateOutput().Input("v", "*").Output("*"),
            call => NodeResult.WithUi(new UiOutput().AddText("seen"), call.Value("v"))));
        var harness = new ExecutorHarness(nodes: node);
        harness.Run("1:Middle(v=1)\n2:T(v=@1)", "2");

        Assert.Equal("C[1] >3 E3", harness.Run("1:Middle(v=1)\n3:Fail(value=@1)\n2:T(v=@3)", "2").Trace);
    }

    [Fact]
    public void Rule13_2_NotIdempotentNodes_NeverShare()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.Named("Random").In("test").NotIdempotent().Input("v", "*").Output("*"), call => NodeResult.Of(call.Value("v"))));
        var run = new ExecutorHarness(nodes: node).Run("1:Random(v=1)\n2:Random(v=1)\n3:t(v=@1;w=@2)", "3");
        Assert.Equal(">2 >1 >3 U3", run.Trace);
    }

    [Fact]
    public void LongChain_DoesNotOverflowTheStack()
    {
        const int length = 20_000;
        var nodes = Enumerable.Range(1, length).Select(i => $"{i}:Pass(v=@{i - 1})");
        var prompt = $"0:StubInt(value=1)\n{string.Join('\n', nodes)}\nend:T(v=@{length})";
        Assert.Equal("""{"text":["1"]}""", new ExecutorHarness().Run(prompt, "end").Output("end"));
    }

    private sealed class StoppedClock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromDays(20_000);

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Now;

        public override long GetTimestamp() => Now.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
