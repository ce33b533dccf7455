using Farm.Contracts.Prompts;
using Farm.Nodes;
using Xunit;

namespace Farm.Worker.Tests.Execution;

/// <summary>Errors, interruption, asynchronous nodes, memory that runs out (execution-semantics, sections 15 and 17).</summary>
public sealed class FailureTests
{
    [Fact]
    public void FailingNode_EndsTheRun_KeepsWhatWasDone_15()
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
    public void LinkToNowhere_FailsThePrompt_7_8()
    {
        var run = new ExecutorHarness().Run("1:T(v=1;x=@77)", "1");
        Assert.Equal(("comfy_execution.graph.NodeNotFoundError", "Node 77 not found\n"), (run.Failure.Type, run.Failure.Message));
    }

    [Fact]
    public void LazyRequest_OfAnUnknownInput_IsNodeInputError_22_10()
    {
        var run = new ExecutorHarness().Run("3:StubInt(value=1)\n1:Lazy(want=\"q\";a=@3)\n2:T(v=@1)", "2");
        Assert.Equal(("1", "comfy_execution.graph.NodeInputError"), (run.Failure.NodeId, run.Failure.Type));
        Assert.Equal("Node 1 says it needs input q, but there is no input to that node at all\n", run.Failure.Message);
        Assert.Equal("""{"want":["q"],"a":[null]}""", run.Failure.CurrentInputs);
    }

    [Fact]
    public void Interrupt_StopsBeforeTheNextCall_15_11()
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
    public void Interrupt_InsideAProgressBar_15_11()
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
    public void Interrupt_WhileOnlyAsyncNodesRun_StopsThem()
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
    public void AsyncNodes_Overlap_22_26()
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
    public void AsyncFailure_HasNoInputs_22_25()
    {
        var harness = new ExecutorHarness();
        var run = harness.Run("0:List(n=3)\n1:Sleep(value=@0;gate=\"g\")\n3:t(v=@1)", CancellationToken.None, e =>
        {
            if (e is NodeExecuting { Node: "1" })
                harness.Gates.Fail("g", NodeFailedException.RuntimeError("one"));
        }, "3");
        Assert.Equal(("1", "one\n", "{}"), (run.Failure.NodeId, run.Failure.Message, run.Failure.CurrentInputs));
    }

    [Fact]
    public void SyncFailure_WhileAnAsyncNodeRuns_CancelsIt()
    {
        var run = new ExecutorHarness().Run("1:Sleep(value=1;gate=\"never\")\n2:Fail(value=1)\n3:T(v=@1;w=@2)", "3");
        Assert.Equal(">1 >2 E2", run.Trace);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void OutOfMemory_FreesAndTriesOnce(int failures, bool succeeds)
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
    [InlineData(typeof(KeyNotFoundException), "KeyError")]
    [InlineData(typeof(ArgumentException), "ValueError")]
    [InlineData(typeof(DivideByZeroException), "ZeroDivisionError")]
    [InlineData(typeof(InvalidOperationException), "RuntimeError")]
    public void OtherExceptions_GetTheNearestPythonName(Type exception, string type)
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Throws").In("test").OutputNode().OptionalInputs().Input("v", "*"),
            _ => throw (Exception)Activator.CreateInstance(exception)!));
        Assert.Equal(type, new ExecutorHarness(nodes: node).Run("1:Throws(v=1)", "1").Failure.Type);
    }
}
