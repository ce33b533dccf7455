using System.Collections.Immutable;
using System.Text.Json;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Workers;

namespace Farm.Gateway.Operations;

/// <summary>Workers as JSON: those that live, and those that are set aside or hold leases though nobody hears of them. Times in milliseconds since 1970.</summary>
internal static class WorkerWriter
{
    private const int ListedErrors = 5;

    /// <summary>Heartbeats come every few seconds; one that is this late has been missed more than once.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>Writes <c>{workers}</c>.</summary>
    public static void Write(Utf8JsonWriter writer, ImmutableArray<WorkerInfo> living, ImmutableArray<WorkerStanding> standings, DateTimeOffset now)
    {
        var known = standings.ToDictionary(standing => standing.WorkerId, StringComparer.Ordinal);
        writer.WriteStartObject();
        writer.WriteStartArray("workers");
        foreach (var worker in living)
            Write(writer, worker, known.GetValueOrDefault(worker.WorkerId) ?? new WorkerStanding { WorkerId = worker.WorkerId }, now);
        foreach (var gone in standings.Where(standing => (standing.SetAside is not null || !standing.Runs.IsEmpty) && living.All(worker => worker.WorkerId != standing.WorkerId)))
            Write(writer, null, gone, now);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, WorkerInfo? worker, WorkerStanding standing, DateTimeOffset now)
    {
        writer.WriteStartObject();
        writer.WriteString("id", standing.WorkerId);
        writer.WriteString("state", StateOf(worker, standing));
        if (worker is not null)
            WriteInfo(writer, worker);
        writer.WriteString("pool", worker?.Pool ?? standing.Pool);
        writer.WriteStartObject("health");
        writer.WriteString("status", HealthOf(worker, standing, now));
        writer.WriteNumber("faults_in_a_row", standing.FaultsInARow);
        writer.WriteEndObject();
        WritePrompts(writer, standing.Runs, worker?.Status.Nodes ?? []);
        WriteErrors(writer, worker?.Status.Errors ?? [], standing.Faults);
        WriteSetAside(writer, standing.SetAside);
        writer.WriteEndObject();
    }

    private static string StateOf(WorkerInfo? worker, WorkerStanding standing) => (worker?.Status, standing) switch
    {
        (null, _) => "gone",
        ({ Drain: WorkerDrain.Leaves }, _) => "leaving",
        (_, { SetAside: not null }) => "set_aside",
        ({ Drain: WorkerDrain.Holds }, _) => "holding",
        (_, { IsPoolPaused: true }) => "paused",
        ({ Running.IsEmpty: false }, _) or (_, { Runs.IsEmpty: false }) => "busy",
        _ => "idle",
    };

    private static string HealthOf(WorkerInfo? worker, WorkerStanding standing, DateTimeOffset now)
    {
        if (worker is null || worker.SeenAt + Silence < now)
            return "silent";
        return standing.FaultsInARow > 0 || standing.SetAside is { Fault: not WorkerFault.Operator } ? "failing" : "ok";
    }

    private static void WriteInfo(Utf8JsonWriter writer, WorkerInfo worker)
    {
        writer.WriteString("host", worker.Host);
        writer.WriteString("version", worker.Version);
        writer.WriteString("libtorch", worker.TorchVersion);
        writer.WriteNumber("seen_at", worker.SeenAt.ToUnixTimeMilliseconds());
        WriteTexts(writer, "labels", worker.Labels);
        WriteTexts(writer, "models", worker.Status.ResidentModels);
        WriteTexts(writer, "running", [.. worker.Status.Running.Select(run => run.ToString())]);
        WriteTexts(writer, "pack_errors", worker.PackErrors);
        writer.WriteStartArray("devices");
        foreach (var device in worker.Status.Devices)
        {
            writer.WriteStartObject();
            writer.WriteString("name", device.Name);
            writer.WriteString("type", device.Type);
            writer.WriteNumber("vram_total", device.MemoryTotal);
            writer.WriteNumber("vram_free", device.MemoryFree);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    /// <summary>What it holds leases of, by the scheduler, and where that stands, by the worker's last heartbeat.</summary>
    private static void WritePrompts(Utf8JsonWriter writer, ImmutableArray<LeasedRun> runs, ImmutableArray<RunningNode> nodes)
    {
        writer.WriteStartArray("prompts");
        foreach (var run in runs)
        {
            writer.WriteStartObject();
            writer.WriteString("prompt_id", run.PromptId);
            writer.WriteString("run_id", run.RunId);
            writer.WriteString("tenant", run.Tenant);
            writer.WriteNumber("attempt", run.Attempt);
            writer.WriteNumber("since", run.Since.ToUnixTimeMilliseconds());
            if (nodes.FirstOrDefault(node => node.RunId == run.RunId) is { } node)
                WriteProgress(writer, node);
            else
                writer.WriteNull("progress");
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteProgress(Utf8JsonWriter writer, RunningNode node)
    {
        writer.WriteStartObject("progress");
        writer.WriteString("node", node.Node);
        writer.WriteNumber("value", node.Value);
        writer.WriteNumber("max", node.Max);
        writer.WriteNumber("since", node.Since.ToUnixTimeMilliseconds());
        writer.WriteNumber("moved_at", node.MovedAt.ToUnixTimeMilliseconds());
        writer.WriteEndObject();
    }

    /// <summary>What prompts failed with on it, and what it failed at itself (<c>fault</c>), the newest first.</summary>
    private static void WriteErrors(Utf8JsonWriter writer, ImmutableArray<RunError> errors, ImmutableArray<WorkerFailure> faults)
    {
        var all = errors.Select(error => (error.At, error.RunId, error.Text, Fault: (string?)null))
            .Concat(faults.Select(fault => (fault.At, fault.RunId, Text: fault.Detail, Fault: (string?)fault.Fault.ToString())));
        writer.WriteStartArray("errors");
        foreach (var (at, run, text, fault) in all.OrderByDescending(error => error.At).Take(ListedErrors))
        {
            writer.WriteStartObject();
            writer.WriteNumber("at", at.ToUnixTimeMilliseconds());
            writer.WriteString("run_id", run);
            writer.WriteString("text", text);
            writer.WriteString("fault", fault);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteSetAside(Utf8JsonWriter writer, SetAsideWorker? worker)
    {
        if (worker is null)
        {
            writer.WriteNull("set_aside");
            return;
        }
        writer.WriteStartObject("set_aside");
        writer.WriteString("fault", worker.Fault.ToString());
        writer.WriteString("detail", worker.Detail);
        writer.WriteNumber("at", worker.At.ToUnixTimeMilliseconds());
        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, ImmutableArray<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts.IsDefault ? [] : texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
