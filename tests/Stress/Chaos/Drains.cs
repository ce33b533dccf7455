using System.Globalization;

namespace Farm.Stress.Chaos;

/// <summary>Drains workers in the middle of a deep graph, by SIGTERM within the default grace and over HTTP, and counts that each node ran once.</summary>
internal sealed class Drains(StressFarm farm, Submitter submitter, Invariants invariants)
{
    private const int Nodes = 40;

    /// <summary>8 s in all: well within the 20 s of grace that a worker has by default.</summary>
    private const int WithinGrace = 200;

    /// <summary>40 s in all: longer than that grace and than a host waits for its services (30 s). A drain over HTTP has no limit.</summary>
    private const int BeyondGrace = 1_000;

    private readonly NodeRuns _runs = new();

    /// <summary>Drains one by the signal, which does not come back, and the other over HTTP.</summary>
    public async Task RunAsync()
    {
        var listener = new Listener(() => farm.Addresses, seed: 1) { Heard = _runs.Hear };
        using var listening = new CancellationTokenSource();
        var socket = listener.ListenAsync(listening.Token);
        while (listener.Connections == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        await DrainAsync(listener, salt: 1_000, WithinGrace, "SIGTERM", async worker =>
        {
            var exit = await worker.EndAsync();
            farm.Workers.Remove(worker);
            await worker.DisposeAsync();
            return exit;
        });
        await DrainAsync(listener, salt: 2_000, BeyondGrace, "drain", async worker =>
        {
            var ends = worker.Ends;
            var answer = await submitter.AskAsync(HttpMethod.Post, $"/farm/api/workers/{worker.Name}/drain", Tenants.Default);
            invariants.Check("a drain is taken", answer is not null, () => worker.Name);
            return await worker.UntilEndedAsync(ends);
        });
        await listening.CancelAsync();
        await socket;
    }

    private async Task DrainAsync(Listener listener, int salt, int milliseconds, string how, Func<Member, Task<int>> drain)
    {
        var (prompt, worker) = await FailoverScenario.StartAsync(farm, submitter, id => Shape.Series(salt, id, Nodes, milliseconds), listener.ClientId);
        while (_runs.Begun(prompt.PromptId) < Nodes / 4)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        var begun = _runs.Begun(prompt.PromptId);
        var exit = await drain(worker);
        invariants.Check("a drained worker ends well", exit == 0, () => $"{how}: exit status {exit}");
        var whole = await farm.CountAsync($"SELECT count(*) FROM prompts WHERE prompt_id = '{prompt.PromptId}' AND attempt = 1 AND status = 2 AND outcome = 0 AND worker_id = '{worker.Name}'");
        invariants.Check("a drained worker ends its prompt itself, at the first attempt", whole == 1, () => $"{how}: {prompt.PromptId}");
        var deaf = await Listener.UntilToldAsync(farm, [listener], [prompt]);
        invariants.Check("a drained worker's client is told the end", deaf.Count == 0, () => $"{how}: {prompt.PromptId}");
        invariants.Check("the drain met a run in the middle", begun < Nodes, () => string.Create(CultureInfo.InvariantCulture, $"{how}: {begun} nodes had begun"));
        foreach (var node in Enumerable.Range(1, Nodes).Select(i => i.ToString(CultureInfo.InvariantCulture)).Append("save"))
            invariants.Check("each node of a drained worker's prompt ran once", _runs.Of(prompt.PromptId, node) == 1, () => $"{how}: node {node} ran {_runs.Of(prompt.PromptId, node)} times");
        Console.WriteLine($"{worker.Name} was drained by {how} after {begun} of {Nodes} nodes");
    }
}
