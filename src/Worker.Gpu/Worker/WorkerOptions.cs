using Farm.Worker.Execution.Caching;
using Farm.Worker.Nodes;
using Microsoft.Extensions.Options;

namespace Farm.Worker;

/// <summary>Options of a worker, <c>Farm:Worker</c>.</summary>
public sealed class WorkerOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Worker";

    /// <summary>The worker's name, unique in the farm. Default: the machine's name and the process id.</summary>
    public string Name { get; set; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>Labels that the operator gives it; placement may ask for them. Default: none.</summary>
    public IList<string> Labels { get; } = [];

    /// <summary>The pool it belongs to: it then runs the prompts that ask for the pool, and no others. Default: none.</summary>
    public string Pool { get; set; } = "";

    /// <summary>
    /// Whether the process is the worker's own, so that it ends when an operator drains the worker. Default: true; false where the whole farm is
    /// one process.
    /// </summary>
    public bool OwnsProcess { get; set; } = true;

    /// <summary>Prompts that run at a time, each on a thread with a cache of its own; 1 to 64. Default: 1.</summary>
    public int Parallelism { get; set; } = 1;

    /// <summary>
    /// How long one request for work waits; under the response timeout of grain calls (30 s). A silo that stops waits as long for the
    /// request to end. Default: 2 s.
    /// </summary>
    public TimeSpan ClaimPatience { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the worker says how it does. Default: 5 s.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often it renews its leases; well under the scheduler's lease duration (8 s). Default: 2 s.</summary>
    public TimeSpan RenewInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest time between two reports of a run, and so until it hears of an interrupt. Default: 500 ms.</summary>
    public TimeSpan ReportInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The pause before a call to the farm that failed is tried again. Default: 1 s.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a prompt may go on when the worker is told to stop, before it is given back. Default: 20 s.</summary>
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Bytes of memory that the process may take for data, so that a node which allocates without bound fails instead of the machine; 0
    /// for no limit. Mapped model files do not count, nor does a GPU's memory; memory that is asked for but not touched does. Linux only.
    /// Default: none with a GPU, whose driver maps host memory at will; on the CPU nine tenths of memory and swap, or of the container's limit.
    /// </summary>
    public long? MemoryLimitBytes { get; set; }

    /// <summary>
    /// How often a worker without work asks which models the next prompt needs that waits only for its tenant's quota, to read them ahead; 0 for
    /// never. Default: 10 s.
    /// </summary>
    public TimeSpan LookAheadInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a run's memory is looked at, for the peak that placement goes by. Default: 200 ms.</summary>
    public TimeSpan MemorySampleInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Bytes of model files that are hashed in a second while a prompt runs, for the ledger; while none runs it goes as fast as the disk. 0 for no
    /// hashes. Default: 67108864 (64 MiB).
    /// </summary>
    public long HashBytesPerSecond { get; set; } = 64 << 20;

    /// <summary>Results kept between prompts.</summary>
    public CacheOptions Cache { get; } = new();

    /// <summary>How large a single value of a node may be.</summary>
    public NodeLimitOptions Limits { get; } = new();
}

/// <summary>Checks the options at start.</summary>
internal sealed class WorkerOptionsValidator : IValidateOptions<WorkerOptions>
{
    private const int MostLanes = 64;
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, WorkerOptions options)
    {
        string[] errors = [.. Broken(options)];
        return errors.Length > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> Broken(WorkerOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Name))
            yield return Rule(nameof(options.Name), options.Name, "it must not be empty");
        if (options.Parallelism is < 1 or > MostLanes)
            yield return Rule(nameof(options.Parallelism), options.Parallelism, $"it must be 1 to {MostLanes}");
        if (options.ClaimPatience <= TimeSpan.Zero || options.ClaimPatience >= ResponseTimeout)
            yield return Rule(nameof(options.ClaimPatience), options.ClaimPatience, $"it must be more than 0 and less than {ResponseTimeout}");
        (string Name, TimeSpan Value)[] times =
        [
            (nameof(options.HeartbeatInterval), options.HeartbeatInterval), (nameof(options.RenewInterval), options.RenewInterval),
            (nameof(options.MemorySampleInterval), options.MemorySampleInterval), (nameof(options.ReportInterval), options.ReportInterval), (nameof(options.RetryDelay), options.RetryDelay),
        ];
        foreach (var time in times.Where(t => t.Value <= TimeSpan.Zero))
            yield return Rule(time.Name, time.Value, "it must be more than 0");
        if (options.MemoryLimitBytes is { } limit and < 0)
            yield return Rule(nameof(options.MemoryLimitBytes), limit, "it must not be negative");
        if (options.LookAheadInterval < TimeSpan.Zero)
            yield return Rule(nameof(options.LookAheadInterval), options.LookAheadInterval, "it must not be negative");
        if (options.HashBytesPerSecond < 0)
            yield return Rule(nameof(options.HashBytesPerSecond), options.HashBytesPerSecond, "it must not be negative");
        if (options.ShutdownGrace < TimeSpan.Zero)
            yield return Rule(nameof(options.ShutdownGrace), options.ShutdownGrace, "it must not be negative");
        if (!Enum.IsDefined(options.Cache.Kind))
            yield return Rule("Cache:Kind", options.Cache.Kind, $"it must be one of {string.Join(", ", Enum.GetNames<CacheKind>())}");
        if (options.Cache.LruSize < 1)
            yield return Rule("Cache:LruSize", options.Cache.LruSize, "it must be at least 1");
        if (options.Cache.RamHeadroomBytes is { } headroom and < 0)
            yield return Rule("Cache:RamHeadroomBytes", headroom, "it must not be negative");
        if (options.Limits.MaxTensorBytes < 1)
            yield return Rule("Limits:MaxTensorBytes", options.Limits.MaxTensorBytes, "it must be at least 1");
        if (options.Limits.MaxImagePixels is < 1 or > NodeLimitOptions.MostPixels)
            yield return Rule("Limits:MaxImagePixels", options.Limits.MaxImagePixels, $"it must be 1 to {NodeLimitOptions.MostPixels}");
        if (options.Limits.MaxUiBytes is < 1 or > NodeLimitOptions.MostUiBytes)
            yield return Rule("Limits:MaxUiBytes", options.Limits.MaxUiBytes, $"it must be 1 to {NodeLimitOptions.MostUiBytes}");
        if (options.Limits.MaxCaptionBytes < 1)
            yield return Rule("Limits:MaxCaptionBytes", options.Limits.MaxCaptionBytes, "it must be at least 1");
    }

    private static string Rule(string option, object value, string rule) => $"{WorkerOptions.Section}:{option} is {value}; {rule}.";
}
