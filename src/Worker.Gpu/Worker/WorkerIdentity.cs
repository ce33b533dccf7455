using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using Farm.Contracts.Workers;
using Farm.Engine;
using Farm.Engine.Memory;
using Farm.Worker.Execution.Graph;
using Farm.Worker.Packs;
using Microsoft.Extensions.Options;
using TorchSharp;

namespace Farm.Worker;

/// <summary>What the worker tells the farm of itself.</summary>
internal sealed class WorkerIdentity(
    NodeTable table, LoadedPacks packs, ModelMemory models, HostMemory memory, ActiveRuns runs, DrainSwitch drain, RecentErrors errors, IOptions<WorkerOptions> options)
{
    private static readonly string Version = typeof(WorkerIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    private readonly Lazy<string> _hash = new(() => HashOf(table));

    /// <summary>Its name.</summary>
    public string Name => options.Value.Name;

    /// <summary>The version of its node classes.</summary>
    public string ManifestHash => _hash.Value;

    /// <summary>The operator's labels.</summary>
    public ImmutableArray<string> Labels => [.. options.Value.Labels];

    /// <summary>Its pool; empty for none.</summary>
    public string Pool => options.Value.Pool;

    /// <summary>Bytes of device memory; of the machine's where the processor computes.</summary>
    public long TotalMemory => models.Device.type == DeviceType.CPU ? HostMemory.Total : NvidiaMemory.Read(GpuIndex)?.Total ?? 0;

    /// <summary>The kind of its device.</summary>
    public string DeviceKind => models.Device.type == DeviceType.CPU ? "cpu" : "cuda";

    /// <summary>Names of the networks that are loaded.</summary>
    public ImmutableArray<string> ResidentModels => [.. models.Residents.Select(r => r.Name)];

    /// <summary>Bytes of device memory that are free.</summary>
    public long FreeMemory => models.Device.type == DeviceType.CPU ? memory.Available : NvidiaMemory.Read(GpuIndex)?.Free ?? 0;

    private int GpuIndex => Math.Max(models.Device.index, 0);

    /// <summary>All it can run.</summary>
    public WorkerManifest Manifest() => new()
    {
        WorkerId = Name,
        ManifestHash = ManifestHash,
        Definitions = table.Definitions,
        Host = Environment.MachineName,
        TorchVersion = TorchRuntime.Version,
        Labels = Labels,
        PackErrors = packs.Errors,
        Status = Status(),
        Pool = Pool,
        Version = Version,
    };

    /// <summary>How it does.</summary>
    public WorkerStatus Status() => new()
    {
        WorkerId = Name,
        Devices = [Device()],
        Running = [.. runs.Leases.Select(l => l.RunId)],
        ResidentModels = ResidentModels,
        Drain = drain.State,
        Nodes = runs.Nodes,
        Errors = errors.All,
    };

    // ComfyUI gives the machine's memory where the processor computes. What torch's allocator keeps on a GPU cannot be asked from here.
    private WorkerDevice Device()
    {
        if (models.Device.type == DeviceType.CPU)
        {
            var (total, free) = (HostMemory.Total, memory.Available);
            return new WorkerDevice { Name = "cpu", Type = "cpu", MemoryTotal = total, MemoryFree = free, TorchTotal = total, TorchFree = free };
        }
        var gpu = NvidiaMemory.Read(GpuIndex);
        return new WorkerDevice
        {
            Name = $"cuda:{GpuIndex} {gpu?.Name}".TrimEnd(),
            Type = "cuda",
            Index = GpuIndex,
            MemoryTotal = gpu?.Total ?? 0,
            MemoryFree = gpu?.Free ?? 0,
            TorchTotal = 0,
            TorchFree = 0,
        };
    }

    private static string HashOf(NodeTable table) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(table.Definitions)));
}
