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
