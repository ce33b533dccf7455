using System.Collections.Immutable;
using Farm.Contracts.Prompts;
using Farm.Engine.Memory;
using Microsoft.Extensions.Options;
using TorchSharp;

namespace Farm.Worker;

/// <summary>
/// Measures what runs take of the device. Its memory is looked at again and again while they run, for torch's own figures cannot be asked from
/// here: the device's used memory with a GPU, the process's resident memory on the processor. Where several run at a time, no peak is any one's.
/// </summary>
internal sealed class RunMeter(ModelMemory models, ModelHashes hashes, IOptions<WorkerOptions> options, TimeProvider clock)
{
    private int _open;
    private int _begun;

    /// <summary>A run begins.</summary>
    public RunMeasure Begin(PromptSubmission submission)
    {
        var over = new CancellationTokenSource();
        return new RunMeasure(
            IsAlone: Interlocked.Increment(ref _open) == 1, Number: Interlocked.Increment(ref _begun), models.Uses, over, WatchAsync(over.Token),
            hashes.OfAsync(submission.Tenant, submission.Needs.Files));
    }

    /// <summary>The run is over: what it took, and the hashes that are known of the models it named.</summary>
    public async Task<(RunUsage Usage, ImmutableArray<ModelHash> Hashes)> EndAsync(RunMeasure run)
    {
        await run.Over.CancelAsync();
        var peak = await run.Peak;
        run.Over.Dispose();
        Interlocked.Decrement(ref _open);
        var isOwn = run.IsAlone && run.Number == Volatile.Read(ref _begun) && models.Uses > run.ModelUses;
        return (new RunUsage { PeakMemory = isOwn ? peak : 0, Models = Sizes(models.Residents) }, await run.Hashes);
    }

    /// <summary>What the networks of each file take in memory; of several versions of one network, as adapters make them, the largest.</summary>
    internal static ImmutableArray<ModelSize> Sizes(IEnumerable<ResidentModel> residents) =>
        [.. residents.GroupBy(resident => resident.Name, StringComparer.Ordinal).Select(versions => (Part: versions.Key, Bytes: versions.Max(version => version.Bytes)))
            .GroupBy(network => network.Part.LastIndexOf(' ') is > 0 and var end ? network.Part[..end] : network.Part, StringComparer.Ordinal)
            .Select(file => new ModelSize(file.Key, file.Sum(network => network.Bytes)))];

    private async Task<long> WatchAsync(CancellationToken over)
    {
        await Task.Yield();
        var most = UsedNow();
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(options.Value.MemorySampleInterval, clock, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            most = Math.Max(most, UsedNow());
        }
        return most;
    }

    private long UsedNow() => models.Device.type == DeviceType.CPU
        ? Environment.WorkingSet
        : NvidiaMemory.Read(Math.Max(models.Device.index, 0)) is { } gpu ? gpu.Total - gpu.Free : 0;
}

/// <summary>A run that is being measured.</summary>
/// <param name="IsAlone">Whether no other ran when it began.</param>
/// <param name="Number">Counts the runs.</param>
/// <param name="ModelUses">How often networks had been used before it.</param>
/// <param name="Over">Fires at its end.</param>
/// <param name="Peak">The most memory seen, known after its end.</param>
/// <param name="Hashes">Hashes of the models that it names.</param>
internal sealed record RunMeasure(bool IsAlone, int Number, long ModelUses, CancellationTokenSource Over, Task<long> Peak, Task<ImmutableArray<ModelHash>> Hashes);
