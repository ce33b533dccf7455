using System.Globalization;
using Farm.Worker.Execution.Caching;
using TorchSharp;

namespace Farm.Worker;

/// <summary>The machine's memory from the kernel, or the container's where that has less.</summary>
internal sealed class HostMemory : IHostMemory
{
    private const long KiB = 1024;

    private static readonly ContainerMemory Container = new(ContainerMemory.Mounted);

    /// <summary>All of it, in bytes.</summary>
    public static long Total => Math.Min(Read("MemTotal:"), Container.Limit);

    /// <summary>
    /// What this process may use, in bytes: the machine's memory and swap, or the container's limit where that is less. The runtime's own
    /// figure is the bound of its heap, which is lower and says nothing of torch.
    /// </summary>
    public static long Usable => Math.Min(Read("MemTotal:") + Read("SwapTotal:"), Container.Limit);

    /// <inheritdoc />
    public long Available => Math.Min(Read("MemAvailable:"), Container.Left);

    /// <inheritdoc />
    long IHostMemory.Total => Total;

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
