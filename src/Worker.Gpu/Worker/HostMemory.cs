using System.Globalization;
using Farm.Worker.Execution.Caching;
using TorchSharp;

namespace Farm.Worker;

/// <summary>The machine's memory, from the kernel.</summary>
internal sealed class HostMemory : IHostMemory
{
    private const long KiB = 1024;

    /// <inheritdoc />
    public long Available => Read("MemAvailable:");

    /// <summary>All of it, in bytes.</summary>
    public static long Total => Read("MemTotal:");

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
