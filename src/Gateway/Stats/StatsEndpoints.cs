using System.Runtime.InteropServices;
using System.Text.Json;
using Farm.Contracts.Catalog;
using Farm.Contracts.Workers;
using Farm.Gateway.Http;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Stats;

/// <summary><c>/system_stats</c> with one entry a device of the farm and the node packs that did not load, and <c>/features</c>.</summary>
internal sealed class StatsEndpoints(IGrainFactory grains, IOptions<GatewayOptions> options) : IResource
{
    /// <summary>The ComfyUI whose behaviour this server has; clients test it.</summary>
    private const string ComfyVersion = "0.19.3";

    private const string FrontendVersion = "1.42.11";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/system_stats", StatsAsync);
        routes.MapRead("/features", _ => Task.FromResult(Answers.Json(writer => ServerFeatures.Write(writer, options.Value))));
    }

    private async Task<IResult> StatsAsync(HttpContext context)
    {
        var workers = await grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key).WorkersAsync();
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            WriteSystem(writer, workers.Select(w => w.TorchVersion).FirstOrDefault() ?? "");
            writer.WriteStartArray("devices");
            foreach (var device in workers.SelectMany(w => w.Status.Devices))
                WriteDevice(writer, device);
            writer.WriteEndArray();
            WritePackErrors(writer, workers);
            writer.WriteEndObject();
        });
    }

    // Not ComfyUI's, which only prints what did not import: there is the member only where there is an error.
    private static void WritePackErrors(Utf8JsonWriter writer, System.Collections.Immutable.ImmutableArray<WorkerInfo> workers)
    {
        if (workers.All(worker => worker.PackErrors.IsDefaultOrEmpty))
            return;
        writer.WriteStartArray("pack_errors");
        foreach (var worker in workers)
        {
            foreach (var error in worker.PackErrors)
            {
                writer.WriteStartObject();
                writer.WriteString("worker", worker.WorkerId);
                writer.WriteString("error", error);
                writer.WriteEndObject();
            }
        }
        writer.WriteEndArray();
    }

    private static void WriteSystem(Utf8JsonWriter writer, string torchVersion)
    {
        var memory = MachineMemory.Read();
        writer.WriteStartObject("system");
        writer.WriteString("os", OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux");
        writer.WriteNumber("ram_total", memory.Total);
        writer.WriteNumber("ram_free", memory.Free);
        writer.WriteString("comfyui_version", ComfyVersion);
        writer.WriteString("required_frontend_version", FrontendVersion);
        writer.WriteNull("installed_templates_version");
        writer.WriteNull("required_templates_version");
        writer.WriteString("python_version", RuntimeInformation.FrameworkDescription);
        writer.WriteString("pytorch_version", torchVersion);
        writer.WriteBoolean("embedded_python", value: false);
        writer.WriteStartArray("argv");
        writer.WriteStringValue("farm");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteDevice(Utf8JsonWriter writer, WorkerDevice device)
    {
        writer.WriteStartObject();
        writer.WriteString("name", device.Name);
        writer.WriteString("type", device.Type);
        if (device.Index is { } index)
            writer.WriteNumber("index", index);
        else
            writer.WriteNull("index");
        writer.WriteNumber("vram_total", device.MemoryTotal);
        writer.WriteNumber("vram_free", device.MemoryFree);
        writer.WriteNumber("torch_vram_total", device.TorchTotal);
        writer.WriteNumber("torch_vram_free", device.TorchFree);
        writer.WriteEndObject();
    }
}
