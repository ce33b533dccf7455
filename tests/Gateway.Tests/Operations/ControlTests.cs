using System.Text;
using System.Text.Json;
using Farm.Contracts.Ledger;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;
using Farm.Gateway.Tests.Fakes;
using Xunit;

namespace Farm.Gateway.Tests.Operations;

/// <summary>What operators do with pools, workers and prompts, and what others may not.</summary>
public sealed class ControlTests
{
    private const string Graph = """{"1": {"class_type": "EmptyImage", "inputs": {"width": 16, "height": 8, "batch_size": 1, "color": 1}}, "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}}""";

    [Fact]
    public async Task Pool_PausedAndResumed_OnceEach()
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal((200, 409), (await StatusAsync(host, "pools/night/pause"), await StatusAsync(host, "pools/night/pause")));
        Assert.Equal(200, await StatusAsync(host, "pools/-/pause"));
        Assert.Equal(["", "night"], host.Farm.Paused.Order(StringComparer.Ordinal));
        var pools = (await SendAsync(host, HttpMethod.Get, "pools")).Body.GetProperty("pools");
        Assert.Equal([("", true, 2), ("night", true, 2)], pools.EnumerateArray().Select(p => (p.GetProperty("name").GetString(), p.GetProperty("paused").GetBoolean(), p.GetProperty("waiting").GetInt32())));
        Assert.True(pools[0].GetProperty("oldest_age_seconds").GetDouble() > 0);
        Assert.Equal((200, 409), (await StatusAsync(host, "pools/night/resume"), await StatusAsync(host, "pools/night/resume")));
        Assert.Equal(400, await StatusAsync(host, $"pools/{new string('x', 65)}/pause"));
    }

    [Fact]
    public async Task Queue_IsListedByTenant()
    {
        await using var host = await GatewayHost.StartAsync();

        var tenant = (await SendAsync(host, HttpMethod.Get, "queue")).Body.GetProperty("tenants")[0];

        Assert.Equal(("default", 3, 1, 0.5), (tenant.GetProperty("name").GetString(), tenant.GetProperty("waiting").GetInt32(), tenant.GetProperty("running").GetInt32(), tenant.GetProperty("share").GetDouble()));
    }

    [Fact]
    public async Task Worker_IsListed_WithWhatItRunsAndHowFarThatIs()
    {
        await using var host = await GatewayHost.StartAsync();
        var run = Guid.NewGuid();
        host.Farm.Workers.Add(Worker("w1", new RunningNode { RunId = run, Node = "3", Value = 4, Max = 20, Since = DateTimeOffset.UnixEpoch, MovedAt = DateTimeOffset.UnixEpoch }));
        host.Farm.Standings.Add(new WorkerStanding
        {
            WorkerId = "w1",
            FaultsInARow = 1,
            Faults = [new WorkerFailure(WorkerFault.Stalled, "no progress", run, DateTimeOffset.UnixEpoch)],
            Runs = [new LeasedRun(run, "p1", "acme", 2, DateTimeOffset.UnixEpoch)],
        });

        var worker = (await SendAsync(host, HttpMethod.Get, "workers")).Body.GetProperty("workers")[0];

        Assert.Equal(("w1", "busy", "failing", "gpu", "1.2.3"), (
            worker.GetProperty("id").GetString(), worker.GetProperty("state").GetString(), worker.GetProperty("health").GetProperty("status").GetString(),
            worker.GetProperty("pool").GetString(), worker.GetProperty("version").GetString()));
        var prompt = worker.GetProperty("prompts")[0];
        Assert.Equal(("p1", "acme", 2), (prompt.GetProperty("prompt_id").GetString(), prompt.GetProperty("tenant").GetString(), prompt.GetProperty("attempt").GetInt32()));
        Assert.Equal(("3", 4.0, 20.0), (
            prompt.GetProperty("progress").GetProperty("node").GetString(), prompt.GetProperty("progress").GetProperty("value").GetDouble(), prompt.GetProperty("progress").GetProperty("max").GetDouble()));
        Assert.Equal("Stalled", worker.GetProperty("errors")[0].GetProperty("fault").GetString());
    }

    [Fact]
    public async Task Worker_WithABrokenPack_SaysWhatIsWrongWithIt()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Farm.Workers.Add(Worker("w1") with { PackErrors = ["mine: class Mine.Node: InvalidOperationException: no such luck"] });

        var worker = (await SendAsync(host, HttpMethod.Get, "workers")).Body.GetProperty("workers")[0];

        Assert.Equal("""["mine: class Mine.Node: InvalidOperationException: no such luck"]""", worker.GetProperty("pack_errors").GetRawText());
        Assert.Contains("w.pack_errors", await host.Client.GetStringAsync("/farm"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worker_SetAsideByHand_HasTheReason()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Farm.Workers.Add(Worker("w1"));

        Assert.Equal(200, await StatusAsync(host, "workers/w1/set-aside", """{"reason": "fan is loud"}"""));
        Assert.Equal(409, await StatusAsync(host, "workers/w1/set-aside"));
        Assert.Equal(404, await StatusAsync(host, "workers/w2/set-aside"));
        Assert.Equal(400, await StatusAsync(host, "workers/w1/set-aside", """{"reason": 5}"""));
        Assert.Equal((WorkerFault.Operator, "fan is loud"), (host.Farm.SetAside[0].Fault, host.Farm.SetAside[0].Detail));
        var worker = (await SendAsync(host, HttpMethod.Get, "workers")).Body.GetProperty("workers")[0];
        Assert.Equal("set_aside", worker.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Worker_IsDrainedAndResumed()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Farm.Workers.Add(Worker("w1"));

        Assert.Equal(409, await StatusAsync(host, "workers/w1/resume"));
        Assert.Equal(200, await StatusAsync(host, "workers/w1/drain"));
        Assert.Equal(200, await StatusAsync(host, "workers/w1/drain", """{"leave": false}"""));
        Assert.Equal([true, false], host.Farm.Drains);
        Assert.Equal(200, await StatusAsync(host, "workers/w1/resume"));
        Assert.Equal(404, await StatusAsync(host, "workers/w2/drain"));
        Assert.Equal(404, await StatusAsync(host, "workers/w2/resume"));
        host.Farm.MayLeave = false;
        Assert.Equal(409, await StatusAsync(host, "workers/w1/drain"));
    }

    [Theory]
    [InlineData("""{"leave": "no"}""")]
    [InlineData("""{"leave": fals""")]
    [InlineData("false")]
    public async Task Drain_WithABodyThatIsWrong_DrainsNobody(string body)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Farm.Workers.Add(Worker("w1"));

        Assert.Equal(400, await StatusAsync(host, "workers/w1/drain", body));
        Assert.Empty(host.Farm.Drains);
    }

    [Fact]
    public async Task Move_ChangesPoolLabelsPriorityAndRank()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Farm.Queued.Add(("default", new QueuedRun(Guid.NewGuid(), "p1", Running: false)));

        var (status, body) = await SendAsync(host, HttpMethod.Post, "prompts/p1/move", """{"pool": "night", "labels": ["big"], "priority": "high", "rank": "front"}""");
        await SendAsync(host, HttpMethod.Post, "prompts/p1/move", """{"pool": null, "rank": "back"}""");

        Assert.Equal((200, """{"prompt_id":"p1","moved":1,"number":-7,"pool":"night","labels":["big"],"priority":"high"}"""), (status, body.GetRawText()));
        Assert.Equal([(-7.0, "night", PriorityClass.High), (70.0, "", (PriorityClass?)null)], host.Farm.Moves.Select(m => (m.Number!.Value, m.Pool!, m.Priority)));
    }

    [Theory]
    [InlineData("{}", "body")]
    [InlineData("[]", "body")]
    [InlineData("""{"rank": "first"}""", "rank")]
    [InlineData("""{"priority": 3}""", "priority")]
    [InlineData("""{"pool": ""}""", "pool")]
    [InlineData("""{"labels": ["a", 5]}""", "labels[1]")]
    [InlineData("""{"pol": "x"}""", "pol")]
    public async Task Move_ThatBreaksARule_IsRefusedByItsField(string body, string field)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Farm.Queued.Add(("default", new QueuedRun(Guid.NewGuid(), "p1", Running: false)));

        var (status, answer) = await SendAsync(host, HttpMethod.Post, "prompts/p1/move", body);

        Assert.Equal(400, status);
        Assert.Contains($"'{field}'", answer.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(host.Farm.Moves);
    }

    [Fact]
    public async Task Move_OfARunningOrUnknownPrompt_MovesNothing()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Farm.Queued.Add(("default", new QueuedRun(Guid.NewGuid(), "p1", Running: true)));

        Assert.Equal(409, await StatusAsync(host, "prompts/p1/move", """{"rank": "front"}"""));
        Assert.Equal(404, await StatusAsync(host, "prompts/p2/move", """{"rank": "front"}"""));
    }

    [Fact]
    public async Task RetryFailed_SubmitsThoseOfTheRangeOnce_AndLeavesBatchesToThemselves()
    {
        await using var host = await GatewayHost.StartAsync();
        var (kept, cleared) = (Failed("p1"), Failed("p2"));
        host.Farm.Entries.AddRange([kept, cleared, Failed("p3") with { BatchId = Guid.NewGuid() }]);
        host.Farm.Stored[kept.RunId] = new StoredSubmission { RunId = kept.RunId, PromptId = "p1", Number = 0, Prompt = Graph, ExtraData = "{}", Targets = ["2"] };

        var (status, first) = await SendAsync(host, HttpMethod.Post, "prompts/retry?from=1000&worker=w1");
        var (_, second) = await SendAsync(host, HttpMethod.Post, "prompts/retry?from=1000&worker=w1");

        Assert.Equal((200, 1, 1, 1), (status, first.GetProperty("retried").GetInt32(), first.GetProperty("gone").GetInt32(), first.GetProperty("batches").GetArrayLength()));
        var id = first.GetProperty("prompts")[0].GetProperty("new_prompt_id").GetString();
        Assert.Equal(id, second.GetProperty("prompts")[0].GetProperty("new_prompt_id").GetString());
        Assert.Equal("anna", Assert.Single(host.Farm.Runs.Values).User);
        Assert.Equal((LedgerStatus.Failed, "w1", null), (host.Farm.AskedLedger!.Status, host.Farm.AskedLedger.Worker, host.Farm.AskedLedger.Tenant));
        Assert.Contains("retry batch of default", host.Farm.Calls);
    }

    [Theory]
    [InlineData("prompts/retry")]
    [InlineData("prompts/retry?from=yesterday")]
    [InlineData("prompts/retry?from=0&limit=1001")]
    [InlineData("prompts/retry?from=0&status=completed")]
    public async Task RetryFailed_OfNoProperRange_IsRefused(string path)
    {
        await using var host = await GatewayHost.StartAsync();

        Assert.Equal(400, await StatusAsync(host, path));
        Assert.Null(host.Farm.AskedLedger);
    }

    [Fact]
    public async Task Tenant_ThatDoesNotOperate_ReachesItsOwnPromptsOnly()
    {
        await using var host = await GatewayHost.StartAsync(("Farm:Tenants:TrustHeader", "true"));
        host.Client.DefaultRequestHeaders.Add("X-Farm-Tenant", "acme");
        host.Farm.Queued.AddRange([("default", new QueuedRun(Guid.NewGuid(), "p1", false)), ("acme", new QueuedRun(Guid.NewGuid(), "p2", false))]);
        host.Farm.Workers.Add(Worker("w1"));

        string[] forbidden = ["workers/w1/set-aside", "workers/w1/bring-back", "workers/w1/drain", "workers/w1/resume", "pools/-/pause", "pools/-/resume"];
        foreach (var path in forbidden)
            Assert.Equal((path, 403), (path, await StatusAsync(host, path)));
        foreach (var path in new[] { "workers", "pools", "queue" })
            Assert.Equal((path, 403), (path, (await SendAsync(host, HttpMethod.Get, path)).Status));
        Assert.Equal(404, await StatusAsync(host, "prompts/p1/move", """{"rank": "front"}"""));
        Assert.Equal(404, await StatusAsync(host, "prompts/p1/move?tenant=default", """{"rank": "front"}"""));
        Assert.Equal(404, await StatusAsync(host, "prompts/p1/retry?tenant=default"));
        Assert.Equal(404, await StatusAsync(host, "prompts/retry?from=0&tenant=default"));
        Assert.Equal(200, await StatusAsync(host, "prompts/p2/move", """{"rank": "front"}"""));
        Assert.Equal(200, await StatusAsync(host, "prompts/retry?from=0"));
        Assert.Equal("acme", host.Farm.AskedLedger!.Tenant);
        Assert.Single(host.Farm.Moves);
        Assert.Empty(host.Farm.Paused);
    }

    [Fact]
    public async Task Operator_ReachesTheTenantThatItNames()
    {
        await using var host = await GatewayHost.StartAsync(("Farm:Tenants:TrustHeader", "true"));
        host.Farm.Queued.Add(("acme", new QueuedRun(Guid.NewGuid(), "p2", false)));

        Assert.Equal(404, await StatusAsync(host, "prompts/p2/move", """{"rank": "front"}"""));
        Assert.Equal(200, await StatusAsync(host, "prompts/p2/move?tenant=acme", """{"rank": "front"}"""));
    }

    private static LedgerEntry Failed(string promptId) => new()
    {
        RunId = Guid.NewGuid(), PromptId = promptId, Tenant = "default", User = "anna", Status = LedgerStatus.Failed, QueuedAt = DateTimeOffset.UnixEpoch,
    };

    private static WorkerInfo Worker(string id, params RunningNode[] nodes) => new()
    {
        WorkerId = id, Host = "host", TorchVersion = "2", Labels = [], PackErrors = [], SeenAt = TimeProvider.System.GetUtcNow(), Pool = "gpu", Version = "1.2.3",
        Status = new WorkerStatus { WorkerId = id, Devices = [], Nodes = [.. nodes] },
    };

    private static async Task<int> StatusAsync(GatewayHost host, string path, string? body = null) => (await SendAsync(host, HttpMethod.Post, path, body)).Status;

    private static async Task<(int Status, JsonElement Body)> SendAsync(GatewayHost host, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/farm/api/{path}") { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await host.Client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : default);
    }
}
