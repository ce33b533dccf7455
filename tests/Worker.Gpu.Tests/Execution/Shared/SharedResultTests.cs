using Farm.Contracts.Prompts;
using Farm.Nodes;
using Farm.Worker.Execution.Caching;
using Farm.Worker.Execution.Caching.Shared;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Farm.Worker.Tests.Execution.Shared;

/// <summary>Results that a worker gets from the farm instead of running a node.</summary>
public sealed class SharedResultTests
{
    private readonly FarmDouble _farm = new();
    private int _encoded;

    private NodeType Load => NodeType.Of(() => new ReproducibleScriptNode(
        n => n.V1().Named("Load").In("test").FileCombo("name", "checkpoints").Output("MODEL"), _ => NodeResult.Of(new Resource())));

    private static NodeType Mystery => NodeType.Of(() => new ScriptNode(
        n => n.V1().Named("Mystery").In("test").Input("v", "*").Output("MODEL"), _ => NodeResult.Of(new Resource())));

    private static NodeType Patch => NodeType.Of(() => new ReproducibleScriptNode(
        n => n.V1().Named("Patch").In("test").Input("model", "MODEL").Output("MODEL"), call => NodeResult.Of(call.Value("model"))));

    private NodeType Encode => NodeType.Of(() => new SharedScriptNode(
        n => n.V1().Named("Encode").In("test").String("text").OptionalInputs().Input("model", "MODEL").Input("fail", "*").Output("TEXT"),
        call =>
        {
            Interlocked.Increment(ref _encoded);
            if (call.Has("fail")) throw NodeFailedException.RuntimeError("no");
            return NodeResult.Of(call.Get<string>("text") == "object" ? new object() : $"<{call.Get<string>("text")}>");
        },
        call => call.Get("text", "") == "with file" ? [new ModelFile("embeddings", "e")] : []));

    private ExecutorHarness Worker(SharedResults? shared = null) => new(shared: shared ?? _farm.Worker(), nodes: [Load, Mystery, Patch, Encode]);

    private string Run(string prompt, ExecutorHarness? worker = null)
    {
        var trace = (worker ?? Worker()).Run(prompt, "9").Trace;
        return trace;
    }

    private void WaitForStore() => Assert.True(_farm.Stored.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));

    private const string Plain = "1:Encode(text=\"a\")\n9:T(v=@1)";
    private const string WithModel = "1:Load(name=\"m\")\n2:Patch(model=@1)\n3:Encode(text=\"a\";model=@2)\n9:T(v=@3)";

    [Fact]
    public void EqualNode_OnAnotherWorker_DoesNotRun_AndClientsSeeTheSame()
    {
        _farm.Files["checkpoints/m"] = "abc";
        var first = Worker().Run(WithModel, "9");
        WaitForStore();
        var second = Worker().Run(WithModel, "9");

        Assert.Equal(1, _encoded);
        Assert.Equal(first.Trace, second.Trace);
        Assert.Equal(first.Output("9"), second.Output("9"));
        Assert.DoesNotContain("C[", second.Trace, StringComparison.Ordinal);
    }

    [Fact]
    public void Hit_IsKeptByTheWorker_LikeARun()
    {
        Run(Plain);
        WaitForStore();
        var worker = Worker();
        Run(Plain, worker);
        Assert.Equal(2, _farm.Asked);
        Assert.Equal("C[1,9] U9", Run(Plain, worker));
        Assert.Equal(2, _farm.Asked);
        Assert.Equal(1, _encoded);
    }

    [Theory]
    [InlineData("1:Encode(text=\"b\")\n9:T(v=@1)")]
    [InlineData("1:Encode(text=\"with file\")\n9:T(v=@1)")]
    [InlineData(WithModel)]
    public void OtherInputs_Run(string prompt)
    {
        _farm.Files["checkpoints/m"] = "abc";
        Run(Plain);
        Run(prompt);
        Assert.Equal(2, _encoded);
    }

    [Fact]
    public void FileOfTheSameName_WithAnotherContent_IsAnother()
    {
        _farm.Files["checkpoints/m"] = "abc";
        Run(WithModel);
        WaitForStore();
        _farm.Files["checkpoints/m"] = "abd";
        Run(WithModel);
        Assert.Equal(2, _encoded);
    }

    [Fact]
    public void FileThatANodeNames_CountsWhetherItIsThereOrNot()
    {
        const string Prompt = "1:Encode(text=\"with file\")\n9:T(v=@1)";
        Run(Prompt);
        WaitForStore();
        _farm.Files["embeddings/e"] = "abc";
        Run(Prompt);
        Assert.Equal(2, _encoded);
    }

    [Fact]
    public void FileThatCannotBeRead_SharesNothing()
    {
        _farm.Files["checkpoints/m"] = null;
        Run(WithModel);
        Run(WithModel);
        Assert.Equal((2, 0), (_encoded, _farm.Asked));
    }

    [Fact]
    public void OtherTenant_AndOtherNumerics_AreOthers()
    {
        Run(Plain);
        WaitForStore();
        var tenant = Worker();
        tenant.Tenant = "other";
        Run(Plain, tenant);
        Run(Plain, Worker(_farm.Worker("cuda")));
        Assert.Equal(3, _encoded);
    }

    [Fact]
    public void ObjectOfUnknownOrigin_SharesNothing()
    {
        const string Prompt = "1:Mystery(v=1)\n2:Encode(text=\"a\";model=@1)\n9:T(v=@2)";
        Run(Prompt);
        Run(Prompt);
        Assert.Equal((2, 0), (_encoded, _farm.Asked));
    }

    [Fact]
    public void PlainValueOfUnknownOrigin_CountsByItself()
    {
        Run(Plain);
        WaitForStore();
        Run("0:Pass(v=\"a\")\n1:Encode(text=@0)\n9:T(v=@1)");
        Assert.Equal(1, _encoded);
    }

    [Fact]
    public void ChainWithoutEnd_SharesNothing()
    {
        _farm.Files["checkpoints/m"] = "abc";
        var patches = Enumerable.Range(1, 2000).Select(i => $"{i}p:Patch(model=@{(i == 1 ? "1" : $"{i - 1}p")})");
        Run($"1:Load(name=\"m\")\n{string.Join('\n', patches)}\n3:Encode(text=\"a\";model=@2000p)\n9:T(v=@3)");
        Assert.Equal((1, 0), (_encoded, _farm.Asked));
    }

    [Fact]
    public void DamagedResult_IsAMiss_AndReplaced()
    {
        Run(Plain);
        WaitForStore();
        var (key, whole) = Assert.Single(_farm.Results);
        _farm.Results[key] = new([.. whole.Bytes.Select((b, i) => i == whole.Bytes.Length - 2 ? (byte)(b ^ 1) : b)]);
        Assert.Contains("U9", Run(Plain), StringComparison.Ordinal);
        WaitForStore();
        Assert.Equal(2, _encoded);
        Assert.Equal(whole.Bytes, _farm.Results[key].Bytes);
    }

    [Fact]
    public void FarmThatFails_IsAMiss_AndLeftAloneForAWhile()
    {
        var clock = new FakeTimeProvider();
        var shared = _farm.Worker(clock: clock, options: new SharedResultOptions { RetryDelay = TimeSpan.FromSeconds(10) });
        _farm.Failure = new TimeoutException();
        Run(Plain, Worker(shared));
        Run(Plain, Worker(shared));
        Assert.Equal((2, 1), (_encoded, _farm.Asked));
        _farm.Failure = null;
        clock.Advance(TimeSpan.FromSeconds(10));
        Run(Plain, Worker(shared));
        Assert.Equal(2, _farm.Asked);
    }

    [Fact]
    public void FailingNode_GivesUpItsClaim()
    {
        Assert.Contains("E1", Run("1:Encode(text=\"a\";fail=1)\n9:T(v=@1)"), StringComparison.Ordinal);
        WaitForStore();
        Assert.Single(_farm.GivenUp);
    }

    [Fact]
    public void ResultThatCannotBeWritten_OrIsTooLarge_StaysHere()
    {
        Run("1:Encode(text=\"object\")\n9:T(v=@1)");
        WaitForStore();
        Run(Plain, Worker(_farm.Worker(options: new SharedResultOptions { MaxEntryBytes = 10 })));
        WaitForStore();
        Assert.Empty(_farm.Results);
        Assert.Equal(2, _farm.GivenUp.Count);
    }

    [Fact]
    public void Disabled_AsksNothing()
    {
        Run(Plain, Worker(_farm.Worker(options: new SharedResultOptions { Enabled = false })));
        Assert.Equal((1, 0), (_encoded, _farm.Asked));
    }

    [Fact]
    public void BlockedInput_ReportsAndSharesNothing()
    {
        Assert.Equal(">0 >1 B1 >9", Run("0:Block(v=1;message=\"m\")\n1:Encode(text=@0)\n9:T(v=@1)"));
        Assert.Equal((0, 0), (_encoded, _farm.Asked));
    }

    [Fact]
    public void ListOfTexts_IsOneResult()
    {
        const string Prompt = "0:Lazy(want=\"\")\n1:List(n=3)\n2:TakesList(v=@1)\n3:Encode(text=\"a\";model=@1)\n9:T(v=@3)";
        Run(Prompt);
        WaitForStore();
        Run(Prompt);
        Assert.Equal(3, _encoded);
    }

    [Fact]
    public void Interrupt_WhileTheFarmIsAsked_EndsTheRun()
    {
        _farm.Silent = true;
        using var interrupt = new CancellationTokenSource();
        var run = Worker().Run(Plain, interrupt.Token, happened =>
        {
            if (happened is NodeExecuting { Node: "1" }) interrupt.Cancel();
        }, "9");
        Assert.Equal(RunOutcome.Interrupted, run.End.Outcome);
        Assert.Equal(0, _encoded);
    }

    [Fact]
    public void Values_FromTheFarm_AreOwnedLikeOthers()
    {
        Run(Plain);
        WaitForStore();
        var worker = new ExecutorHarness(new CacheOptions { Kind = CacheKind.None }, shared: _farm.Worker(), nodes: [Encode]);
        Run(Plain, worker);
        Assert.Equal(0, worker.HeldValues);
    }
}
