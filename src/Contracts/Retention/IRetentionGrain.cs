using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Farm.Contracts.Retention;

/// <summary>
/// Removes what the rules of <c>Farm:Retention</c> let go, from time to time and when asked to. The key is <see cref="Key"/>; there is one in the farm, so that two
/// runs never meet.
/// </summary>
[Alias("farm.IRetentionGrain")]
public interface IRetentionGrain : IGrainWithStringKey
{
    /// <summary>The only key.</summary>
    const string Key = "farm";

    /// <summary>The rules, the last run, and what the next would remove: looked for now, and not told yet where that takes more than some seconds; then it is asked again.</summary>
    [Alias("Status"), AlwaysInterleave]
    Task<RetentionStatus> StatusAsync();

    /// <summary>Begins a run; false when one is under way.</summary>
    [Alias("Run")]
    Task<bool> RunAsync();

    /// <summary>Begins a run where one is due.</summary>
    [Alias("Wake")]
    Task WakeAsync();
}

/// <summary>How retention stands.</summary>
[GenerateSerializer, Immutable, Alias("farm.RetentionStatus")]
public sealed record RetentionStatus
{
    /// <summary>What is kept how long, the farm's rules first.</summary>
    [Id(0)] public required ImmutableArray<RetentionRuleInfo> Rules { get; init; }

    /// <summary>Whether runs only tell what they would remove.</summary>
    [Id(1)] public required bool DryRun { get; init; }

    /// <summary>Whether a run is under way.</summary>
    [Id(2)] public required bool IsRunning { get; init; }

    /// <summary>When the next run begins by itself; null where none does.</summary>
    [Id(3)] public required DateTimeOffset? NextRunAt { get; init; }

    /// <summary>The run under way, or the last that this silo knows of; null before.</summary>
    [Id(4)] public RetentionRun? LastRun { get; init; }

    /// <summary>What the next run would remove; null while that is looked for.</summary>
    [Id(5)] public RetentionRun? Next { get; init; }
}

/// <summary>How long things of a kind are kept.</summary>
/// <param name="Kind">The kind, such as <c>history</c>.</param>
/// <param name="Tenant">The tenant it is for; null for every tenant that has none of its own.</param>
/// <param name="Age">How long they are kept; null for ever.</param>
/// <param name="Count">How many of a tenant are kept, the newest; null for any number.</param>
[GenerateSerializer, Immutable, Alias("farm.RetentionRuleInfo")]
public sealed record RetentionRuleInfo(string Kind, string? Tenant, TimeSpan? Age, long? Count);

/// <summary>A run, or a look at what one would do.</summary>
/// <param name="StartedAt">When it began.</param>
/// <param name="EndedAt">When it was over; null while it is under way.</param>
/// <param name="DryRun">Whether it only looked.</param>
/// <param name="Found">What it removed, or would.</param>
/// <param name="Error">Why it ended early; null where it did not.</param>
[GenerateSerializer, Immutable, Alias("farm.RetentionRun")]
public sealed record RetentionRun(DateTimeOffset StartedAt, DateTimeOffset? EndedAt, bool DryRun, ImmutableArray<RetentionFound> Found, string? Error);

/// <summary>What the rules let go of a kind.</summary>
[GenerateSerializer, Immutable, Alias("farm.RetentionFound")]
public sealed record RetentionFound
{
    /// <summary>The kind.</summary>
    [Id(0)] public required string Kind { get; init; }

    /// <summary>How many.</summary>
    [Id(1)] public long Count { get; init; }

    /// <summary>Bytes of files; 0 for what has none.</summary>
    [Id(2)] public long Bytes { get; init; }

    /// <summary>How many are old enough and stay, because something holds them.</summary>
    [Id(3)] public long Held { get; init; }

    /// <summary>How many could not be removed; the next run tries again.</summary>
    [Id(4)] public long Failed { get; init; }

    /// <summary>The time of the oldest.</summary>
    [Id(5)] public DateTimeOffset? Oldest { get; init; }

    /// <summary>The time of the newest.</summary>
    [Id(6)] public DateTimeOffset? Newest { get; init; }

    /// <summary>Some of their names, the oldest first.</summary>
    [Id(7)] public ImmutableArray<string> Samples { get; init; } = [];

    /// <summary>Whether there are more than were looked at.</summary>
    [Id(8)] public bool HasMore { get; init; }

    /// <summary>Why nothing of it is removed this time; null where that is not so.</summary>
    [Id(9)] public string? Note { get; init; }
}
