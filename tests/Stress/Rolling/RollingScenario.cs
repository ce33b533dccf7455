using System.CommandLine;
using System.Globalization;
using Farm.Stress.Chaos;

namespace Farm.Stress.Rolling;

/// <summary>
/// <c>rolling</c>: every process of a farm is replaced while clients submit and listen through a balancer, in the order that the chart asks of
/// Kubernetes: a new gateway or silo is ready before an old one is told to stop; a worker ends its prompt and goes before another comes. Nothing may be
/// lost and no request may fail; sockets may come back.
/// </summary>
internal static class RollingScenario
{
    private const int Clients = 5;
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1), DrainLimit = TimeSpan.FromMinutes(3);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var (minutes, isLong, keep) = (StressCommand.Repeats(), StressCommand.Long(), StressCommand.Keep());
        var prompts = new Option<int>("--prompts") { Description = "Prompts to submit; more where the restarts take longer.", DefaultValueFactory = _ => 200 };
        var each = new Option<int>("--each") { Description = "Processes of each kind.", DefaultValueFactory = _ => 2 };
        var delay = new Option<double>("--stop-delay") { Description = "Farm:Gateway:StopDelay in seconds; requests fail where it is shorter than the balancer takes.", DefaultValueFactory = _ => 5 };
        var command = new Command("rolling", "Replaces every process, one after the other, under load through a balancer.") { minutes, isLong, keep, prompts, each, delay };
        command.SetAction((parsed, _) => StressCommand.RunAsync(
            new FarmSize(parsed.GetValue(each), parsed.GetValue(each), parsed.GetValue(each)), parsed.GetValue(minutes), parsed.GetValue(isLong), parsed.GetValue(keep),
            (farm, invariants) => RunAsync(farm, invariants, parsed.GetValue(prompts)),
            new Dictionary<string, string>([HandOuts.Logged, new("Farm__Gateway__StopDelay", TimeSpan.FromSeconds(parsed.GetValue(delay)).ToString())], StringComparer.Ordinal), repeats: true));
        return command;
    }

    private static async Task RunAsync(StressFarm farm, Invariants invariants, int prompts)
    {
        await using var balancer = await Balancer.StartAsync();
        balancer.Serve(farm.Gateways);
        using var listening = new CancellationTokenSource();
        var listeners = Enumerable.Range(0, Clients).Select(i => new Listener(() => [balancer.Address], i)).ToArray();
        var sockets = Task.WhenAll(listeners.Select(listener => listener.ListenAsync(listening.Token)));
        var clients = listeners.Select((listener, i) => new StrictClient(balancer.Address, listener.ClientId, i)).ToArray();
        var restarts = ReplaceAllAsync(farm, balancer, invariants);
        using var asking = new CancellationTokenSource();
        var asks = Task.WhenAll(clients.Select(client => client.AskAsync(asking.Token)));
        await Task.WhenAll(clients.Select(client => LoadAsync(client, prompts / Clients, restarts)));
        await restarts;
        await asking.CancelAsync();
        await asks;
        invariants.Check("the queue drains", await farm.DrainAsync(DrainLimit), () => $"prompts are left after {DrainLimit}");
        var accepted = clients.SelectMany(client => client.Accepted).ToArray();
        var deaf = await Listener.UntilToldAsync(farm, listeners, accepted);
        await listening.CancelAsync();
        await sockets;
        await CheckAsync(farm, invariants, clients, accepted, deaf);
        Console.WriteLine($"clients: {accepted.Length} prompts, {clients.Sum(c => c.Requests)} requests, {listeners.Sum(l => l.Connections)} sockets");
        foreach (var client in clients)
            client.Dispose();
    }

    /// <summary>Goes on until as many prompts are submitted as should be and every process has been replaced.</summary>
    private static async Task LoadAsync(StrictClient client, int prompts, Task restarts)
    {
        using var timer = new PeriodicTimer(Pace, TimeProvider.System);
        for (var i = 0; i < prompts || !restarts.IsCompleted; i++)
        {
            await client.RoundAsync();
            await timer.WaitForNextTickAsync();
        }
    }

    private static async Task ReplaceAllAsync(StressFarm farm, Balancer balancer, Invariants invariants)
    {
        foreach (var kind in new[] { MemberKind.Gateway, MemberKind.Silo, MemberKind.Worker })
        {
            foreach (var old in farm.Of(kind).ToArray())
            {
                var start = TimeProvider.System.GetTimestamp();
                // The chart: maxSurge 1 and maxUnavailable 0, and the other way round for workers, whose device is not there twice.
                var exit = kind == MemberKind.Worker ? await EndAsync(farm, old) : (int?)null;
                var next = farm.Start(kind);
                await next.UntilReadyAsync();
                if (kind == MemberKind.Gateway)
                    balancer.Serve(farm.Gateways);
                exit ??= await EndAsync(farm, old);
                if (kind == MemberKind.Gateway)
                    balancer.Serve(farm.Gateways);
                invariants.Check("a process that is told to stop ends well", exit == 0, () => $"{old.Name} ended with {exit}");
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{next.Name} has replaced {old.Name} after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F1} s"));
            }
        }
    }

    private static async Task<int> EndAsync(StressFarm farm, Member old)
    {
        var exit = await old.EndAsync();
        foreach (var kind in new[] { farm.Gateways, farm.Silos, farm.Workers })
            kind.Remove(old);
        await old.DisposeAsync();
        return exit;
    }

    private static async Task CheckAsync(StressFarm farm, Invariants invariants, StrictClient[] clients, Accepted[] accepted, IReadOnlySet<string> deaf)
    {
        foreach (var client in clients)
        {
            var failures = new Queue<string>(client.Failures);
            for (var i = 0; i < client.Requests; i++)
                invariants.Check("no request fails", !failures.TryDequeue(out var failure), () => failure!);
            invariants.Check("results seen through the balancer are right", client.Looked > 0 && client.Wrong.IsEmpty, () => client.Wrong.FirstOrDefault() ?? "none was seen");
        }
        foreach (var prompt in accepted)
            invariants.Check("clients were told the end of their prompts", !deaf.Contains(prompt.PromptId), () => prompt.PromptId);
        // An attempt has a worker once it has begun.
        var begun = await farm.CountAsync("SELECT count(*) FROM prompts WHERE lost_attempts LIKE '%\"worker_id\"%'");
        invariants.Check("a worker that stops ends what it began", begun == 0, () => $"{begun} prompts were begun again");
        // A silo that goes may take the answer to a request for work with it: that prompt has a lease that nobody knows of, and waits for its end.
        var unheard = await farm.CountAsync("SELECT count(*) FROM prompts WHERE lost_attempts LIKE '%did not renew its lease%'");
        Console.WriteLine($"{unheard} leases of prompts that had not begun were left to end");
        await new Audit(farm, invariants).RunAsync(accepted);
    }
}
