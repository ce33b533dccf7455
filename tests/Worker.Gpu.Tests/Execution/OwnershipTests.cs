using Farm.Nodes;
using Farm.Worker.Execution.Caching;
using Xunit;

namespace Farm.Worker.Tests.Execution;

/// <summary>Every value is disposed of exactly once, when neither a cache nor the run holds it.</summary>
public sealed class OwnershipTests
{
    private const long Headroom = 1000;

    private readonly List<Resource> _made = [];

    private NodeType Make => NodeType.Of(() => new ScriptNode(
        n => n.V1().Named("Make").In("test").OptionalInputs().Input("v", "*").Input("fail", "*").Output("*"),
        call =>
        {
            var resource = New();
            return call.Get("fail", -1L) == call.Get<long>("v", 0)
                ? throw NodeFailedException.RuntimeError("made nothing")
                : NodeResult.Of(resource);
        }));

    private NodeType Combine => NodeType.Of(() => new ScriptNode(
        n => n.V1().Named("Combine").In("test").Input("a", "*").Input("b", "*").Output("*"),
        call => NodeResult.Of(new Composite(call.Get<Resource>("a"), call.Get<Resource>("b")))));

    private Resource New()
    {
        var resource = new Resource();
        _made.Add(resource);
        return resource;
    }

    private ExecutorHarness Harness(CacheKind kind, params IEnumerable<NodeType> more) =>
        new(new CacheOptions { Kind = kind, LruSize = 1, RamHeadroomBytes = Headroom }, nodes: [Make, Combine, .. more]);

    private const string Shared = "1:Make(v=1)\n2:Make(v=2)\n3:Combine(a=@1;b=@2)\n4:Combine(a=@1;b=@1)\n5:Pass(v=@1)\n6:T(v=@3;w=@4)\n7:T(v=@5)";

    [Theory]
    [InlineData(CacheKind.Classic)]
    [InlineData(CacheKind.Lru)]
    [InlineData(CacheKind.Ram)]
    public void SharedValues_LiveInTheCache_ThenGoOnce(CacheKind kind)
    {
        var harness = Harness(kind);
        harness.Run(Shared, "6", "7");
        Assert.Equal(2, harness.HeldValues);
        Assert.All(_made, r => Assert.Equal(0, r.Disposals));
        harness.Executor.DropResults();
        Assert.Equal(0, harness.HeldValues);
        Assert.Equal([1, 1], _made.Select(r => r.Disposals));
    }

    [Fact]
    public void WithoutCache_NothingIsLeft()
    {
        var harness = Harness(CacheKind.None);
        harness.Run(Shared, "6", "7");
        Assert.Equal(0, harness.HeldValues);
        Assert.All(_made, r => Assert.Equal(1, r.Disposals));
    }

    [Fact]
    public void NextPrompt_ReplacesTheLast()
    {
        var harness = Harness(CacheKind.Classic);
        harness.Run("1:Make(v=1)\n2:T(v=@1)", "2");
        harness.Run("1:Make(v=2)\n2:T(v=@1)", "2");
        Assert.Equal([1, 0], _made.Select(r => r.Disposals));
    }

    [Fact]
    public void FailureInALaterSlice_FreesTheEarlierOnes()
    {
        var harness = Harness(CacheKind.Classic);
        harness.Run("0:List(n=3)\n1:Make(v=@0;fail=2)\n2:t(v=@1)", "2");
        Assert.Equal([1, 1, 0], _made.Select(r => r.Disposals));
        Assert.Equal(0, harness.HeldValues);
    }

    [Fact]
    public void ValuesInsideAnExpansion_LiveUntilTheRunEnds()
    {
        var expands = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Expand").In("test").OptionalInputs().Input("v", "*").Output("*").Output("*"),
            call =>
            {
                var graph = call.Context.NewGraph();
                var pass = graph.Add("Pass").Set("v", New());
                return NodeResult.Expand(graph.Build(), pass.Out(), New());
            }));
        var harness = Harness(CacheKind.Classic, expands);
        harness.Run("1:Expand(v=1)\n2:T(v=@1;w=@1/1)", "2");
        Assert.All(_made, r => Assert.Equal(0, r.Disposals));
        harness.Executor.DropResults();
        Assert.Equal([1, 1], _made.Select(r => r.Disposals));
        Assert.Equal(0, harness.HeldValues);
    }

    [Fact]
    public void AsyncResults_OfARunThatFailed_AreFreed()
    {
        var makes = NodeType.Of(() => new AsyncScriptNode(
            n => n.V1().Named("MakeLater").In("test").OptionalInputs().Input("v", "*").Output("*"),
            async (call, _) =>
            {
                await call.Service<Gates>().WaitAsync("go", CancellationToken.None);
                return NodeResult.Of(New());
            }));
        var harness = Harness(CacheKind.Classic, makes);
        harness.Run("1:MakeLater(v=1)\n2:Fail(value=1)\n3:T(v=@1;w=@2)", CancellationToken.None, e =>
        {
            if (e is Farm.Contracts.Prompts.NodeExecuting { Node: "2" })
                harness.Gates.Open("go");
        }, "3");
        Assert.Equal(1, Assert.Single(_made).Disposals);
        Assert.Equal(0, harness.HeldValues);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Rule13_8_RamCache_DropsTheLargestFirst_UntilMemorySuffices(int largest)
    {
        var harness = Harness(CacheKind.Ram);
        harness.Memory.Size = value => value == _made[largest] ? 1000 : 10;
        harness.Run("1:Make(v=1)\n2:Make(v=2)\n3:T(v=@1)\n4:T(v=@2)", "3", "4");
        MemoryIsShortUntilSomethingGoes(harness);

        harness.Run("9:T(v=0)", "9");

        Assert.Equal([largest == 0 ? 1 : 0, largest == 1 ? 1 : 0], _made.Select(r => r.Disposals));
    }

    // The score is 1.3 to the power of the prompts since the last use, times 0.05 plus the bytes: 1.3 x 100.05 = 130.065, 1.69 x 100.05 = 169.0845.
    [Theory]
    [InlineData(1, 130, true)]
    [InlineData(1, 131, false)]
    [InlineData(2, 169, true)]
    [InlineData(2, 170, false)]
    public void Rule13_8_RamCache_CountsAPromptWithoutUse_AsThreeTenthsMoreBytes(int prompts, long bytesOfTheNewer, bool olderGoes)
    {
        var harness = Harness(CacheKind.Ram);
        harness.Memory.Size = value => value == _made[0] ? 100 : bytesOfTheNewer;
        harness.Run("1:Make(v=1)\n3:T(v=@1)", "3");
        for (var i = 1; i < prompts; i++)
            harness.Run("9:T(v=0)", "9");
        harness.Run("2:Make(v=2)\n4:T(v=@2)", "4");
        MemoryIsShortUntilSomethingGoes(harness);

        harness.Run("9:T(v=1)", "9");

        Assert.Equal(olderGoes ? [1, 0] : [0, 1], _made.Select(r => r.Disposals));
    }

    [Theory]
    [InlineData(8, 4)]
    [InlineData(64, 16)]
    [InlineData(256, 32)]
    public void Rule13_8_RamCache_ByDefault_LeavesAQuarterFree_From4To32GiB(long memory, long headroom) =>
        Assert.Equal(headroom << 30, new CacheOptions { Kind = CacheKind.Ram }.Headroom(memory << 30));

    private void MemoryIsShortUntilSomethingGoes(ExecutorHarness harness) =>
        harness.Memory.Free = () => Headroom - 1 + _made.Sum(r => r.Disposals);

    [Fact]
    public void DeeplyNestedOutput_IsAnError_NotACrash()
    {
        var node = NodeType.Of(() => new ScriptNode(
            n => n.V1().Named("Nested").In("test").OutputNode().OptionalInputs().Input("v", "*").Output("*"),
            _ =>
            {
                var loop = new List<object?>();
                loop.Add(loop);
                return NodeResult.Of(loop);
            }));
        Assert.Equal("RecursionError", Harness(CacheKind.Classic, node).Run("1:Nested(v=1)", "1").Failure.Type);
    }
}
