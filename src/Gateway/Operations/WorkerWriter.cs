using System.Collections.Immutable;
using System.Text.Json;
using Farm.Contracts.Workers;

namespace Farm.Gateway.Operations;

/// <summary>Workers as JSON: those that live, and those that are set aside though nobody hears of them.</summary>
internal static class WorkerWriter
{
    /// <summary>Writes <c>{workers}</c>.</summary>
    public static void Write(Utf8JsonWriter writer, ImmutableArray<WorkerInfo> workers, ImmutableArray<SetAsideWorker> setAside)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("workers");
        foreach (var worker in workers)
            WriteLiving(writer, worker, setAside.FirstOrDefault(aside => aside.WorkerId == worker.WorkerId));
        foreach (var gone in setAside.Where(aside => workers.All(worker => worker.WorkerId != aside.WorkerId)))
        {
            writer.WriteStartObject();
            writer.WriteString("id", gone.WorkerId);
            writer.WriteString("state", "gone");
            WriteSetAside(writer, gone);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteLiving(Utf8JsonWriter writer, WorkerInfo worker, SetAsideWorker? setAside)
    {
        writer.WriteStartObject();
        writer.WriteString("id", worker.WorkerId);
        writer.WriteString("state", setAside is not null ? "set_aside" : worker.Status.Running.IsEmpty ? "idle" : "busy");
        writer.WriteString("host", worker.Host);
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
        WriteSetAside(writer, setAside);
        writer.WriteEndObject();
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
