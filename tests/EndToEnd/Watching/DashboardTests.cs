using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd.Watching;

/// <summary>The dashboards and alerts against a farm that runs, as a Prometheus that scrapes it answers them.</summary>
public sealed partial class DashboardTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly DataRoot _root = new();
    private readonly CancellationTokenSource _limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private FarmProcess _farm = null!;
    private Prometheus _prometheus = null!;
    private int _rounds;

    private CancellationToken Limit => _limit.Token;

    [Fact]
    public async Task EveryPanelAndAlert_FarmThatRuns_MeasuresSomething()
    {
        string[] dashboards = ["overview.json", "prompts.json", "tenant.json", "worker.json"];
        Assert.Equal(dashboards, Monitoring.Panels().Select(p => p.Panel.Split(':')[0]).Distinct());
        await StartAsync();
        using var client = await ComfyClient.ConnectAsync(_farm);
        await client.UploadAsync("broken.png", [1, 2, 3]);

        var empty = Monitoring.Panels().Concat(Monitoring.Alerts()).ToList();
        while (empty.Count > 0)
        {
            await RunAsync(client);
            var left = new List<(string, string)>();
            foreach (var (name, expression) in empty)
            {
                if (!(await AskAsync(name, expression, empty)).Any(double.IsFinite))
                    left.Add((name, expression));
            }
            empty = left;
        }

        // The prompts above were of one tenant, in no pool, on one worker.
        Assert.Equal([1], await _prometheus.QueryAsync("farm_scheduler_workers{pool=\"default\"}", Limit));
        Assert.Equal([0], await _prometheus.QueryAsync("farm_queue_depth{pool=\"default\", tenant=\"default\"}", Limit));
    }

    [Fact]
    public async Task Alerts_WorkerThenFarmThenTargetsGone_Fire()
    {
        // As short as a lease of 8 s lets it be.
        await StartAsync("--Farm:Scheduling:WorkerLife", "00:00:09");
        using var http = new HttpClient { BaseAddress = _farm.Address };
        await UntilAsync(async () => (await _prometheus.QueryAsync("sum(farm_scheduler_workers) == 1", Limit)).Count == 1);
        await UntilFiringAsync();
        var rules = await _prometheus.RulesAsync(Limit);
        Assert.Equal(Monitoring.Alerts().Select(a => a.Alert).Order(StringComparer.Ordinal), rules.Keys.Order(StringComparer.Ordinal));
        Assert.All(rules, rule => Assert.Equal("ok", rule.Value));

        await HoldWorkerAsync(http);
        await UntilFiringAsync("FarmNoWorker");
        await _farm.KillAsync();
        await UntilFiringAsync("FarmNoGateway", "FarmNoSilo", "FarmNoWorker", "FarmProcessDown");
        await _prometheus.ForgetTargetsAsync(Limit);
        await UntilFiringAsync("FarmNoGateway", "FarmNoSilo", "FarmNoWorker", "FarmNotScraped");
    }

    public async ValueTask DisposeAsync()
    {
        if (_prometheus is not null)
            await _prometheus.DisposeAsync();
        if (_farm is not null)
            await _farm.DisposeAsync();
        _root.Dispose();
        _limit.Dispose();
    }

    private async Task StartAsync(params string[] options)
    {
        _farm = await FarmProcess.StartAsync(_root, ["--Farm:Torch:Threads", "1", "--Farm:Management:Url", "http://127.0.0.1:0", .. options]);
        // From here: how long a farm takes to start is not what is looked at.
        _limit.CancelAfter(Patience);
        _prometheus = await Prometheus.StartAsync(new Uri(Address().Match(_farm.Log).Value), Limit);
    }

    /// <summary>Lets the only worker ask for no more, so that it is not heard of.</summary>
    private async Task HoldWorkerAsync(HttpClient http)
    {
        var workers = await http.GetFromJsonAsync<JsonNode>("/farm/api/workers", Limit);
        var id = workers!["workers"]!.AsArray().Single()!["id"]!.GetValue<string>();
        using var held = await http.PostAsJsonAsync($"/farm/api/workers/{Uri.EscapeDataString(id)}/drain", new { leave = false }, Limit);
        held.EnsureSuccessStatusCode();
    }

    /// <summary>Waits until exactly these alerts fire; how full the machine's disk is does not matter here.</summary>
    private async Task UntilFiringAsync(params string[] alerts)
    {
        string[] firing = [];
        try
        {
            await UntilAsync(async () => (firing = [.. (await _prometheus.FiringAsync(Limit)).Except(["FarmDiskFull"]).Order(StringComparer.Ordinal)]).SequenceEqual(alerts));
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"Fired at last: {string.Join(", ", firing)}; awaited: {string.Join(", ", alerts)}");
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
        {
        }
    }

    private async Task<IReadOnlyList<double>> AskAsync(string name, string expression, IEnumerable<(string Name, string Expression)> empty)
    {
        try
        {
            return await _prometheus.QueryAsync(expression, Limit);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"No data within {Patience}: {string.Join('\n', empty)}");
            return [];
        }
        catch (InvalidOperationException refused)
        {
            Assert.Fail($"{name}: {refused.Message}");
            return [];
        }
    }

    /// <summary>A picture that samples with networks that are loaded for it, the same again from the cache, and a prompt that fails.</summary>
    private async Task RunAsync(ComfyClient client)
    {
        var picture = Graphs.Recorded("txt2img");
        picture["3"]!["inputs"]!["seed"] = ++_rounds;
        picture["6"]!["inputs"]!["text"] = string.Create(CultureInfo.InvariantCulture, $"cat {_rounds}");
        JsonNode[] graphs = [picture, picture, Graphs.LoadAndSave("broken.png")];
        foreach (var graph in graphs)
            await client.FollowAsync(await client.SubmitAsync(graph));
        using var freed = await client.Http.PostAsJsonAsync("/free", new { unload_models = true }, Limit);
        freed.EnsureSuccessStatusCode();
    }

    [GeneratedRegex(@"(?<=Probes and metrics at )http://\S+", RegexOptions.None, 2000)]
    private static partial Regex Address();
}
