using Farm.Contracts.Prompts;
using Farm.Nodes;
using Xunit;

namespace Farm.Worker.Tests.Execution;

/// <summary>Errors, interruption, asynchronous nodes, memory that runs out (execution-semantics, sections 15 and 17).</summary>
public sealed class FailureTests
{
    [Fact]
    public void Rule15_1_Error_NamesItsNodeWhatItGotAndWhatRanBefore()
    {
        var run = new ExecutorHarness().Run("1:StubInt(value=1)\n2:Fail(value=@1)\n3:T(v=@2)", "3");

        var error = Assert.IsType<ExecutionError>(run.End.Closing);
        Assert.NotNull(error.Timestamp);
        Assert.Equal(
            ("2", "Fail", "RuntimeError", """{"value":[1]}"""),
            (error.Failure.NodeId, error.Failure.NodeType, error.Failure.Type, error.Failure.CurrentInputs));
        Assert.Equal(["1"], error.Failure.Executed);
        Assert.NotEmpty(error.Failure.Traceback);
    }

    [Theory]
    [InlineData("no")]
    [InlineData("")]
    [InlineData("two\nlines")]
    public void Rule15_2_MessageOfAnError_EndsWithALineEnd(string text)
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Throws").In("test").OutputNode().Input("v", "*"), _ => throw NodeFailedException.ValueError(text)));

        Assert.Equal(text + "\n", new ExecutorHarness(nodes: node).Run("1:Throws(v=1)", "1").Failure.Message);
    }

    [Fact]
    public void Rule15_9_CycleOfSubmittedNodes_BlamesTheFirstThatWaits()
    {
        var failure = new ExecutorHarness().Run("1:Pass(v=@2)\n2:Pass(v=@1)\n3:T(v=@1)", "3").Failure;

        Assert.Equal(("3", "T", "Dependency cycle detected", "[]"), (failure.NodeId, failure.NodeType, failure.Message, failure.CurrentInputs));
        Assert.Empty(failure.Traceback);
    }

    [Fact]
    [Trait("Rule", "13.10")]
    [Trait("Rule", "15.2")]
    public void Rule15_8_FailingNode_EndsTheRun_KeepsWhatWasDone()
    {
        var harness = new ExecutorHarness();
        var run = harness.Run("1:StubInt(value=1)\n2:Fail(value=@1)\n3:T(v=@2)", "3");
        Assert.Equal(">1 >2 E2", run.Trace);
        Assert.Equal((RunOutcome.Error, false), (run.End.Outcome, run.End.Completed));
        Assert.Equal(["1"], run.Failure.Executed);
        Assert.Equal(["1", "2", "3"], run.Failure.CurrentOutputs);
        Assert.Equal("C[1] >2 E2", harness.Run("1:StubInt(value=1)\n2:Fail(value=@1)\n3:T(v=@2)", "3").Trace);
    }

    [Fact]
    public void Rule7_8_LinkToNowhere_FailsThePrompt()
    {
        var run = new ExecutorHarness().Run("1:T(v=1;x=@77)", "1");
        Assert.Equal(("comfy_execution.graph.NodeNotFoundError", "Node 77 not found\n"), (run.Failure.Type, run.Failure.Message));
    }

    [Fact]
    [Trait("Rule", "11.3")]
    public void Rule22_10_LazyRequest_OfAnUnknownInput_IsNodeInputError()
    {
        var run = new ExecutorHarness().Run("3:StubInt(value=1)\n1:Lazy(want=\"q\";a=@3)\n2:T(v=@1)", "2");
        Assert.Equal(("1", "comfy_execution.graph.NodeInputError"), (run.Failure.NodeId, run.Failure.Type));
        Assert.Equal("Node 1 says it needs input q, but there is no input to that node at all\n", run.Failure.Message);
        Assert.Equal("""{"want":["q"],"a":[null]}""", run.Failure.CurrentInputs);
    }

    [Fact]
    [Trait("Rule", "8.6")]
    [Trait("Rule", "15.12")]
    public void Rule15_11_Interrupt_StopsBeforeTheNextCall()
    {
        using var interrupt = new CancellationTokenSource();
        var harness = new ExecutorHarness();
        var run = harness.Run(
            "1:StubInt(value=1)\n2:Pass(v=@1)\n3:T(v=@2)", interrupt.Token, e =>
            {
                if (e is NodeExecuting { Node: "2" })
                    interrupt.Cancel();
            },
            "3");
        Assert.Equal(">1 >2 I2", run.Trace);
        Assert.Equal((RunOutcome.Interrupted, false), (run.End.Outcome, run.End.Completed));
        Assert.Equal(["1"], ((ExecutionInterrupted)run.End.Closing).Executed);
    }

    [Fact]
    public void Rule15_11_Interrupt_InsideAProgressBar()
    {
        using var interrupt = new CancellationTokenSource();
        var steps = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Steps").In("test").OutputNode().OptionalInputs().Input("v", "*"),
            call =>
            {
                var bar = call.Context.StartProgress(10);
                for (var i = 0; i < 10; i++)
                    bar.Advance();
                return NodeResult.Of();
            }));
        var run = new ExecutorHarness(nodes: steps).Run("1:Steps(v=1)", interrupt.Token, e =>
        {
            if (e is NodeStepped { Value: 1 })
                interrupt.Cancel();
        }, "1");
        Assert.Equal(">1 I1", run.Trace);
    }

    [Fact]
    public void Rule15_11_Interrupt_WhileOnlyAsyncNodesRun_StopsThem()
    {
        using var interrupt = new CancellationTokenSource();
        var run = new ExecutorHarness().Run("1:Sleep(value=1;gate=\"never\")\n2:T(v=@1)", interrupt.Token, e =>
        {
            if (e is NodeExecuting)
                interrupt.CancelAfter(TimeSpan.FromMilliseconds(20));
        }, "2");
        Assert.Equal(">1 I1", run.Trace);
    }

    [Fact]
    [Trait("Rule", "8.7")]
    [Trait("Rule", "17.1")]
    public void Rule22_26_AsyncNodes_Overlap()
    {
        var harness = new ExecutorHarness();
        var run = harness.Run("1:Sleep(value=1;gate=\"g\")\n2:Sleep(value=2;gate=\"g\")\n3:T(v=@1;w=@2)", CancellationToken.None, e =>
        {
            if (e is NodeExecuting { Node: "1" })
                harness.Gates.Open("g");
        }, "3");
        Assert.Equal(">2 >1 >3 U3", run.Trace);
        Assert.Equal("""{"text":["1,2"]}""", run.Output("3"));
    }

    [Fact]
    [Trait("Rule", "8.2")]
    public void Rule22_25_AsyncFailure_HasNoInputs()
    {
        var harness = new ExecutorHarness();
        // The gate fails when another node runs: a node whose calls have all ended when they were started counts as one that never waits (17.1).
        var run = harness.Run("0:List(n=3)\n1:Sleep(value=@0;gate=\"g\")\n2:Pass(v=@0)\n3:t(v=@1;w=@2)", CancellationToken.None, e =>
        {
            if (e is NodeExecuting { Node: "2" })
                harness.Gates.Fail("g", NodeFailedException.RuntimeError("one"));
        }, "3");
        Assert.Equal(("1", "one\n", "{}"), (run.Failure.NodeId, run.Failure.Message, run.Failure.CurrentInputs));
    }

    [Fact]
    public void Rule15_7_SyncFailure_WhileAnAsyncNodeRuns_CancelsIt()
    {
        var run = new ExecutorHarness().Run("1:Sleep(value=1;gate=\"never\")\n2:Fail(value=1)\n3:T(v=@1;w=@2)", "3");
        Assert.Equal(">1 >2 E2", run.Trace);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Rule15_6_OutOfMemory_FreesAndTriesOnce(int failures, bool succeeds)
    {
        var calls = 0;
        var hungry = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Hungry").In("test").OutputNode().OptionalInputs().Input("v", "*"),
            _ => ++calls > failures ? NodeResult.Of() : throw new DeviceMemoryException("CUDA out of memory")));
        var invoker = new PlainInvoker();
        var run = new ExecutorHarness(invoker: invoker, nodes: hungry).Run("1:Hungry(v=1)", "1");
        Assert.Equal(1, invoker.Frees);
        Assert.Equal(succeeds, run.End.Outcome == RunOutcome.Success);
        if (!succeeds)
            Assert.StartsWith("CUDA out of memory\nThis error means you ran out of memory on your GPU.\n\nTIPS:", run.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, false, true)]
    [InlineData(1, true, true)]
    [InlineData(2, true, false)]
    public void Rule15_6_OutOfMemoryOfAnAsyncNode_FreesAndTriesOnce(int failures, bool afterAWait, bool succeeds)
    {
        var calls = 0;
        var hungry = NodeType.Of(() => new AsyncScriptNode(
            n => n.V1().Named("Hungry").In("test").OutputNode().OptionalInputs().Input("v", "*"),
            async (_, _) =>
            {
                if (afterAWait)
                    await Task.Yield();
                return ++calls > failures ? NodeResult.Of() : throw new DeviceMemoryException("CUDA out of memory");
            }));
        var invoker = new PlainInvoker();
        var run = new ExecutorHarness(invoker: invoker, nodes: hungry).Run("1:Hungry(v=1)", "1");
        Assert.Equal(1, invoker.Frees);
        Assert.Equal(succeeds, run.End.Outcome == RunOutcome.Success);
        if (!succeeds)
            Assert.Equal("torch.OutOfMemoryError", run.Failure.Type);
    }

    [Fact]
    public void LongTexts_InAnError_AreCut()
    {
        const int Longest = 100_000;
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Talks").In("test").OutputNode().Input("v", "*"), call => throw NodeFailedException.RuntimeError(call.Get<string>("v"))));

        var whole = new ExecutorHarness(nodes: node).Run($"1:Talks(v=\"{new string('x', Longest)}\")", "1").Failure;
        var cut = new ExecutorHarness(nodes: node).Run($"1:Talks(v=\"{new string('x', Longest + 1)}\")", "1").Failure;

        Assert.Equal(new string('x', Longest) + "\n", whole.Message);
        Assert.Equal($"{{\"v\":[\"{new string('x', Longest)}\"]}}", whole.CurrentInputs);
        Assert.Equal(new string('x', Longest) + "… (100001 characters)\n", cut.Message);
        Assert.StartsWith($"{{\"v\":[\"{new string('x', Longest)}", cut.CurrentInputs, StringComparison.Ordinal);
        Assert.InRange(cut.CurrentInputs.Length, Longest, Longest + 100);
    }

    [Fact]
    public void LongLists_InAnError_AreCut()
    {
        var many = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Many").In("test").Input("v", "*").Output("*", isList: true), _ => NodeResult.Of(Enumerable.Range(0, 1_000_000).Select(i => (object?)(long)i).ToList())));
        var fails = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Fails").In("test").OutputNode().InputIsList().Input("v", "*"), _ => throw NodeFailedException.RuntimeError("no")));

        var inputs = new ExecutorHarness(nodes: [many, fails]).Run("1:Many(v=1)\n2:Fails(v=@1)", "2").Failure.CurrentInputs;

        // A mebibyte, and the number that reaches beyond it.
        Assert.StartsWith("{\"v\":[0,1,2,", inputs, StringComparison.Ordinal);
        Assert.InRange(inputs.Length, 1 << 20, (1 << 20) + 10);
    }

    [Theory]
    [InlineData(typeof(KeyNotFoundException), "KeyError")]
    [InlineData(typeof(ArgumentException), "ValueError")]
    [InlineData(typeof(DivideByZeroException), "ZeroDivisionError")]
    [InlineData(typeof(InvalidOperationException), "RuntimeError")]
    public void Rule15_3_OtherExceptions_GetTheNearestPythonName(Type exception, string type)
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Throws").In("test").OutputNode().OptionalInputs().Input("v", "*"),
            _ => throw (Exception)Activator.CreateInstance(exception)!));
        Assert.Equal(type, new ExecutorHarness(nodes: node).Run("1:Throws(v=1)", "1").Failure.Type);
    }

    [Fact]
    public void Rule15_3_ExceptionWithANameOfItsOwn_KeepsIt()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Throws").In("test").OutputNode().Input("v", "*"), _ => throw new NodeFailedException("mypack.Boom", "boom")));
        var run = new ExecutorHarness(nodes: node).Run("1:Throws(v=1)", "1");

        Assert.Equal(("mypack.Boom", "boom\n"), (run.Failure.Type, run.Failure.Message));
        Assert.NotEmpty(run.Failure.Traceback);
    }

    [Fact]
    [Trait("Rule", "15.1")]
    public void Rule15_4_CurrentInputs_AreValuesAsTheyAre_OthersAsText()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Throws").In("test").OutputNode().Input("v", "*").OptionalInputs().Input("w", "*").Input("x", "*").Hidden("uid", "UNIQUE_ID"),
            _ => throw NodeFailedException.ValueError("no")));
        var run = new ExecutorHarness(nodes: node).Run("0:List(n=2)\n1:Throws(x=[1,\"a\"];v=@0;w=null;y=@0)", "1");

        Assert.Equal("""{"x":["[1, \u0027a\u0027]"],"v":[0,1],"w":[null],"y":[0,1],"uid":["1"]}""", run.Failure.CurrentInputs);
    }

    [Fact]
    public void Rule15_5_CurrentOutputs_NameChildrenOfEarlierRuns()
    {
        var expands = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Expand").In("test").Input("v", "*").Output("*"),
            call =>
            {
                var graph = call.Context.NewGraph();
                var number = graph.Add("StubInt").Set("value", 5L);
                return NodeResult.Expand(graph.Build(), number.Out());
            }));
        var harness = new ExecutorHarness(nodes: expands);
        const string prompt = "1:Expand(v=1)\n2:Fail(value=@1)\n3:T(v=@2)";

        Assert.Equal(["1", "2", "3"], harness.Run(prompt, "3").Failure.CurrentOutputs.Order());
        var second = harness.Run(prompt, "3").Failure;

        Assert.Equal(["1", "1.0.0.1", "2", "3"], second.CurrentOutputs.Order());
        Assert.Empty(second.Executed);
        Assert.Empty(new ExecutorHarness(new() { Kind = Farm.Worker.Execution.Caching.CacheKind.None }, nodes: expands).Run(prompt, "3").Failure.CurrentOutputs);
    }

    [Theory]
    [InlineData("MySampler", "RuntimeError", true)]
    [InlineData("MySampler", "ValueError", false)]
    [InlineData("MyDecoder", "RuntimeError", false)]
    public void Rule15_6_MismatchedMatricesOfASampler_GetTheClipTip(string name, string type, bool tip)
    {
        const string message = "mat1 and mat2 shapes cannot be multiplied (77x768 and 2048x320)";
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named(name).In("test").OutputNode().Input("v", "*"), _ => throw new NodeFailedException(type, message)));

        var shown = new ExecutorHarness(nodes: node).Run($"1:{name}(v=1)", "1").Failure.Message;

        Assert.StartsWith(message + "\n", shown, StringComparison.Ordinal);
        Assert.Equal(tip, shown.StartsWith(message + "\n\n\nTIPS: If you have any \"Load CLIP\"", StringComparison.Ordinal));
        Assert.Equal(tip, shown.Length > message.Length + 1);
    }

    [Fact]
    public void Rule15_7_FirstFailingSlice_IsReportedOnceAllHaveEnded()
    {
        var node = NodeType.Of(() => new AsyncScriptNode(
            n => n.V1().Named("Waits").In("test").Input("v", "*").Output("*"),
            async (call, cancel) =>
            {
                await call.Service<Gates>().WaitAsync($"g{call.Value("v")}", cancel);
                return NodeResult.Of(call.Value("v"));
            }));
        var harness = new ExecutorHarness(nodes: node);

        var run = harness.Run("0:List(n=3)\n1:Waits(v=@0)\n3:t(v=@1)", CancellationToken.None, e =>
        {
            if (e is not NodeExecuting { Node: "1" })
                return;
            harness.Gates.Fail("g2", NodeFailedException.RuntimeError("two"));
            harness.Gates.Fail("g1", NodeFailedException.RuntimeError("one"));
            harness.Gates.Open("g0");
        }, "3");

        Assert.Equal("one\n", run.Failure.Message);
    }

    [Fact]
    public void Rule15_12_InterruptAtAChild_NamesTheSubmittedNode()
    {
        using var interrupt = new CancellationTokenSource();
        var expands = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Expand").In("test").Input("v", "*").Output("*"),
            call =>
            {
                var graph = call.Context.NewGraph();
                var number = graph.Add("StubInt").Set("value", 5L);
                return NodeResult.Expand(graph.Build(), number.Out());
            }));

        var run = new ExecutorHarness(nodes: expands).Run("2:Expand(v=1)\n3:T(v=@2)", interrupt.Token, e =>
        {
            if (e is NodeExecuting { Node: "2.0.0.1" })
                interrupt.Cancel();
        }, "3");

        var closing = Assert.IsType<ExecutionInterrupted>(run.End.Closing);
        Assert.Equal(("2", "Expand"), (closing.NodeId, closing.NodeType));
        Assert.Empty(closing.Executed);
    }

    [Fact]
    public void Rule15_11_InterruptDuringTheLastCall_ComesTooLate()
    {
        using var interrupt = new CancellationTokenSource();
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Stops").In("test").OutputNode().Input("v", "*"),
            _ =>
            {
                interrupt.Cancel();
                return NodeResult.WithUi(new UiOutput().AddText("done"));
            }));

        var run = new ExecutorHarness(nodes: node).Run("1:Stops(v=1)", interrupt.Token, seen: null, "1");

        Assert.Equal(">1 U1", run.Trace);
        Assert.Equal(RunOutcome.Success, run.End.Outcome);
    }

    [Fact]
    public void Rule18_3_FailedRun_KeepsWhatWasShownUntilThen()
    {
        var run = new ExecutorHarness().Run("1:T(v=1)\n2:Fail(value=5;after=@1)\n3:T(v=@2)", "3");

        Assert.Equal("""{"text":["1"]}""", run.Output("1"));
        Assert.Single(run.End.Outputs);
    }
}
