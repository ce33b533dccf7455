using System.Collections.Immutable;
using Farm.Contracts.Prompts;

namespace Farm.Contracts.Assets;

/// <summary>Keeps a tenant's assets in step with the files of the store. The key is the tenant; there is one a tenant.</summary>
[Alias("farm.IAssetScanGrain")]
public interface IAssetScanGrain : IGrainWithStringKey
{
    /// <summary>Begins to make assets of all files below some roots that are none yet; false when a scan runs already.</summary>
    /// <param name="roots"><c>models</c>, <c>input</c>, <c>output</c>.</param>
    [Alias("Start")]
    Task<bool> StartAsync(ImmutableArray<string> roots);

    /// <summary>How the scan stands.</summary>
    [Alias("Status")]
    Task<AssetScanStatus> StatusAsync();

    /// <summary>Answers when no scan runs any more, or after some seconds: then it is asked again.</summary>
    [Alias("Wait")]
    Task<AssetScanStatus> WaitAsync();

    /// <summary>Asks the scan to stop; false when none runs.</summary>
    [Alias("Cancel")]
    Task<bool> CancelAsync();

    /// <summary>Hides assets whose files are gone and says how many; null when a scan runs.</summary>
    [Alias("Prune")]
    Task<int?> PruneAsync();

    /// <summary>Files that a prompt saved; returns before they are assets.</summary>
    /// <param name="user">Whose prompt it was.</param>
    /// <param name="jobId">Its prompt_id.</param>
    /// <param name="files">The files.</param>
    [Alias("Saved")]
    Task SavedAsync(string user, string jobId, ImmutableArray<AssetPlace> files);
}

/// <summary>How a scan stands.</summary>
/// <param name="State">What it does.</param>
/// <param name="Progress">How far it is; null before the first.</param>
/// <param name="Errors">Files that could not be read, and why; the first ones.</param>
[GenerateSerializer, Immutable, Alias("farm.AssetScanStatus")]
public sealed record AssetScanStatus(AssetScanState State, AssetScanProgress? Progress, ImmutableArray<string> Errors);

/// <summary>What a scan does.</summary>
[GenerateSerializer, Alias("farm.AssetScanState")]
public enum AssetScanState
{
    /// <summary>Nothing.</summary>
    Idle,

    /// <summary>It reads files.</summary>
    Running,

    /// <summary>It was asked to stop.</summary>
    Cancelling,
}

/// <summary>How far a scan is.</summary>
/// <param name="Scanned">Files looked at.</param>
/// <param name="Total">Files found.</param>
/// <param name="Created">Files that became assets.</param>
/// <param name="Skipped">Files that were assets already.</param>
[GenerateSerializer, Immutable, Alias("farm.AssetScanProgress")]
public sealed record AssetScanProgress(int Scanned, int Total, int Created, int Skipped);

/// <summary>A scan began: ComfyUI's <c>assets.seed.started</c>.</summary>
/// <param name="Roots">The roots.</param>
/// <param name="Total">Files found.</param>
[GenerateSerializer, Immutable, Alias("farm.AssetScanStarted")]
public sealed record AssetScanStarted(ImmutableArray<string> Roots, int Total) : RunEvent;

/// <summary>A scan ended: ComfyUI's <c>assets.seed.completed</c>, or <c>assets.seed.cancelled</c>.</summary>
/// <param name="Progress">How far it came.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Cancelled">Whether it was stopped.</param>
[GenerateSerializer, Immutable, Alias("farm.AssetScanEnded")]
public sealed record AssetScanEnded(AssetScanProgress Progress, double Seconds, bool Cancelled) : RunEvent;
