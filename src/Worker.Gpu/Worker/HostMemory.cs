using System.Globalization;
using Farm.Worker.Execution.Caching;
using TorchSharp;

namespace Farm.Worker;

/// <summary>The machine's memory, from the kernel.</summary>
internal sealed class HostMemory : IHostMemory
{
    private const long KiB = 1024;

    /// <summary>A container's limit of memory: control groups version 2 and 1.</summary>
    private static readonly string[] ContainerLimits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];

    /// <inheritdoc />
    public long Available => Read("MemAvailable:");

    /// <summary>All of it, in bytes.</summary>
    public static long Total => Read("MemTotal:");

    /// <summary>
    /// What this process may use, in bytes: the machine's memory and swap, or the container's limit where that is less. The runtime's own
    /// figure is the bound of its heap, which is lower and says nothing of torch.
    /// </summary>
    public static long Usable => ContainerLimits
        .Where(File.Exists)
        .Select(file => long.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var bytes) ? bytes : long.MaxValue) // "max"
        .Append(Total + Read("SwapTotal:"))
        .Min();

    /// <inheritdoc />
    public long SizeOf(IDisposable value) =>
        value is torch.Tensor { IsInvalid: false } tensor && tensor.device_type == DeviceType.CPU ? tensor.NumberOfElements * tensor.ElementSize : 0;

    private static long Read(string name)
    {
        foreach (var line in File.ReadLines("/proc/meminfo"))
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
                return long.Parse(line.AsSpan(name.Length).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture) * KiB;
        }
        throw new InvalidOperationException($"/proc/meminfo has no {name}");
    }
}
