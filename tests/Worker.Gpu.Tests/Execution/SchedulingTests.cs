using Farm.Contracts.Prompts;
using Farm.Worker.Execution.Caching;
using Xunit;

namespace Farm.Worker.Tests.Execution;

/// <summary>Order of execution and caching: vectors of execution-semantics, section 22, checked against ComfyUI 0.19.3 there.</summary>
public sealed class SchedulingTests
{
    private const string Order = """
        a:StubInt(value=1)
        b:StubInt(value=2)
        c:StubInt(value=3)
        s:Sleep(value=@a)
        o1:T(v=@s)
        o2:T(v=@b)
        o3:T(v=@c;w=@b)
        """;

    [Fact]
    [Trait("Rule", "7.1")]
    [Trait("Rule", "7.4")]
    public void Rule22_1_Order_NodesCloseToOutputs_GoFirst() =>
        Assert.Equal(">b >o2 Uo2 >c >o3 Uo3 >a >s >o1 Uo1", new ExecutorHarness().Run(Order, "o1", "o3", "o2").Trace);

    [Fact]
    public void Rule7_1_WhatATargetNeeds_IsScheduledOnce_NothingElse() =>
        Assert.Equal(
            ">1 >3 U3 >2 >4 U4",
            new ExecutorHarness().Run("0:StubInt(value=9)\n1:StubInt(value=1)\n2:Pass(v=@1)\n3:t(v=@1)\n4:t(v=@2;w=@1)\n5:T(v=@0)", "3", "4").Trace);

    [Fact]
    public void Rule7_4_OfReadyNodes_OutputsAndAsynchronousOnesGoFirst_ThenThoseNearOutputs()
    {
        const string prompt = """
            x:StubInt(value=1)
            q:Pass(v=@x)
            r:Pass(v=@q)
            far:T(v=@r)
            z:Sleep(value=2)
            async:T(v=@z)
            b:StubInt(value=3)
            p:Pass(v=@b)
            near:T(v=@p)
            s:StubInt(value=4)
            next:T(v=@s)
            output:T(v=5)
            """;

        Assert.Equal(
            ">z >async Uasync >output Uoutput >s >next Unext >b >p >near Unear >x >q >r >far Ufar",
            new ExecutorHarness().Run(prompt, "far", "async", "near", "next", "output").Trace);
    }

    [Fact]
    public void Rule7_5_NodeThatWaits_KeepsItsPlace() =>
        Assert.Equal(
            ">1 >3 >1 >8 U8 >7 >10 U10",
            new ExecutorHarness().Run("3:StubInt(value=1)\n1:Lazy(want=\"a\";a=@3)\n8:T(v=@1)\n7:Pass(v=@3)\n10:T(v=@7)", "8", "10").Trace);

    [Fact]
    public void Rule7_6_NothingReady_IsWaitedForWhereCallsGoOn()
    {
        var harness = new ExecutorHarness();

        var run = harness.Run("1:Sleep(value=1;gate=\"g\")\n2:T(v=@1)", CancellationToken.None, e =>
        {
            if (e is NodeExecuting { Node: "1" })
                ThreadPool.QueueUserWorkItem(_ => harness.Gates.Open("g"));
        }, "2");

        Assert.Equal(">1 >2 U2", run.Trace);
    }

    [Fact]
    public void Rule7_6_NothingReady_IsACycleWhereNoCallGoesOn() =>
        Assert.Equal("graph.DependencyCycleError", new ExecutorHarness().Run("1:Pass(v=@2)\n2:Pass(v=@1)\n3:T(v=@1)", "3").Failure.Type);

    [Fact]
    public void Rule7_7_SourceWhoseResultIsThereByNow_TakesTheWayOfCachedNodes()
    {
        var run = new ExecutorHarness().Run("1:t(v=5)\n2:t(v=5)\n3:Pass(v=4;l=@1;m=@2)\n4:T(v=@3)", "4");

        Assert.Equal(">2 U2 U1 >3 >4 U4", run.Trace);
        Assert.Equal(run.Output("2"), run.Output("1"));
    }

    [Fact]
    public void Rule13_7_EqualNodes_RunOnce_AndTheSecondShowsTheFirstOnesNames()
    {
        var run = new ExecutorHarness().Run("1:t(v=1)\n2:t(v=1)", "1", "2");

        Assert.Equal(">1 U1 U2", run.Trace);
        Assert.Equal(["1", "1"], run.End.Outputs.Select(o => o.Meta.NodeId));
    }

    [Fact]
    [Trait("Rule", "7.2")]
    public void Rule22_2_Order_LastLink_GoesFirst()
    {
        var run = new ExecutorHarness().Run("1:StubInt(value=1)\n5:List(n=4)\n2:Pass(v=@1;l=@5)\n3:T(v=@2)", "3");
        Assert.StartsWith(">5 >1 >2", run.Trace, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Rule", "7.7")]
    [Trait("Rule", "13.7")]
    public void Rule22_3_EqualNodes_RunOnce()
    {
        var harness = new ExecutorHarness();
        const string prompt = "1:StubInt(value=1)\n2:StubInt(value=1)\n3:T(v=@1;w=@2)";
        Assert.Equal(">2 U10 >3 U3", harness.Run(prompt, "3").Trace);
        Assert.Equal("C[1,2,3] U3", harness.Run(prompt, "3").Trace);
    }

    [Fact]
    [Trait("Rule", "8.1")]
    public void Rule22_5_Renumbered_Hits_WithTheFirstNodesMeta()
    {
        var harness = new ExecutorHarness();
        harness.Run("1:t(v=7)", "1");
        var run = harness.Run("99:t(v=7)", "99");
        Assert.Equal("C[99] U99", run.Trace);
        Assert.Equal("1", Assert.Single(run.End.Outputs).Meta.NodeId);
    }

    [Fact]
    [Trait("Rule", "13.4")]
    public void Rule22_6_EqualNumbers_Hit()
    {
        var harness = new ExecutorHarness();
        harness.Run("1:t(v=1)", "1");
        Assert.Equal("C[1] U1", harness.Run("1:t(v=1.0)", "1").Trace);
        var last = harness.Run("1:t(v=true)", "1");
        Assert.Equal("C[1] U1", last.Trace);
        Assert.Equal("""{"text":["1"]}""", last.Output("1"));
    }

    [Theory]
    [Trait("Rule", "13.8")]
    [InlineData(CacheKind.Classic, 1, ">1 >3 U3")]
    [InlineData(CacheKind.Lru, 100, "C[1,3] U3")]
    [InlineData(CacheKind.Lru, 2, "C[1,3] U3")]
    [InlineData(CacheKind.Ram, 1, "C[1,3] U3")]
    [InlineData(CacheKind.None, 1, ">1 >3 U3")]
    public void Rule22_7_AnotherPromptBetween_KeepsResults_ByKind(CacheKind kind, int size, string third)
    {
        var harness = new ExecutorHarness(new CacheOptions { Kind = kind, LruSize = size });
        harness.Run("1:StubInt(value=1)\n3:T(v=@1)", "3");
        harness.Run("1:StubInt(value=2)\n3:T(v=@1)", "3");
        Assert.Equal(third, harness.Run("1:StubInt(value=1)\n3:T(v=@1)", "3").Trace);
    }

    [Fact]
    [Trait("Rule", "7.5")]
    [Trait("Rule", "8.3")]
    [Trait("Rule", "8.5")]
    [Trait("Rule", "11.1")]
    [Trait("Rule", "11.4")]
    public void Rule22_8_Lazy_Cold_RunsSourceInBetween()
    {
        var harness = new ExecutorHarness();
        const string prompt = "3:StubInt(value=1)\n4:StubInt(value=2)\n1:Lazy(want=\"a\";a=@3;b=@4)\n9:T(v=@1)";
        Assert.Equal(">1 >3 >1 >9 U9", harness.Run(prompt, "9").Trace);
        var changed = prompt.Replace("9:T(v=@1)", "9:T(v=@1;w=1)", StringComparison.Ordinal).Replace("\"a\"", "\"a,\"", StringComparison.Ordinal);
        Assert.Equal("C[3] >1 >1 >9 U9", harness.Run(changed, "9").Trace);
    }

    [Fact]
    [Trait("Rule", "11.7")]
    public void Rule22_9_Lazy_WithoutCache_RunsSourceAgain()
    {
        var harness = new ExecutorHarness(new CacheOptions { Kind = CacheKind.None });
        var run = harness.Run("3:StubInt(value=1)\n5:t(v=@3)\n1:Lazy(want=\"a\";a=@3)\n9:T(v=@1)", "5", "9");
        Assert.Equal(">3 >5 U5 >1 >3 >1 >9 U9", run.Trace);
    }
}
