using System.Runtime.InteropServices;
using Farm.Engine.Memory;
using Microsoft.Extensions.Options;
using TorchSharp;

namespace Farm.Worker;

/// <summary>
/// Sets the process's limit of data memory (RLIMIT_DATA), which counts what the runtime and torch allocate. Beyond it an allocation
/// fails, as an exception of the node that asked, where without it the kernel would end the process. A lower limit that the process was
/// started with stays.
/// </summary>
internal sealed partial class MemoryLimit(IOptions<WorkerOptions> options, ModelMemory models, ILogger<MemoryLimit> logger) : IHostedService
{
    private const int Data = 2;

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || BytesFor(options.Value, models.Device.type) is var bytes && bytes == 0)
            return Task.CompletedTask;
        if (GetLimit(Data, out var limit) != 0)
            throw new InvalidOperationException($"The limit of data memory cannot be read: {Marshal.GetLastPInvokeErrorMessage()}.");
        limit.Current = Math.Min((ulong)bytes, limit.Current);
        if (SetLimit(Data, limit) != 0)
            throw new InvalidOperationException($"{WorkerOptions.Section}:{nameof(WorkerOptions.MemoryLimitBytes)} {bytes} cannot be set: {Marshal.GetLastPInvokeErrorMessage()}.");
        LimitSet(logger, limit.Current);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The limit for a worker whose networks run on a device; 0 for none.</summary>
    internal static long BytesFor(WorkerOptions options, DeviceType device) =>
        options.MemoryLimitBytes ?? (device == DeviceType.CPU ? HostMemory.Usable / 10 * 9 : 0);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, in Limit limit);

    [LoggerMessage(Level = LogLevel.Information, Message = "The process may take {Bytes} bytes for data")]
    private static partial void LimitSet(ILogger logger, ulong bytes);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limit
    {
        public ulong Current;
        public ulong Max;
    }
}
