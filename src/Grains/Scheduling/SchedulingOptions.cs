using Microsoft.Extensions.Options;

namespace Farm.Grains.Scheduling;

/// <summary>How prompts are handed out: section <c>Farm:Scheduling</c>.</summary>
public sealed class SchedulingOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Farm:Scheduling";

    /// <summary>
    /// How long a lease lives without being renewed; workers renew at a third of it. 8 s by default, so that a killed worker's
    /// prompt starts elsewhere within 10 s.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// How long runs that were in progress when the scheduler started have to be renewed by their workers. As long as a lease by
    /// default; zero where the workers died with the scheduler, as in one process.
    /// </summary>
    public TimeSpan? RecoveryGrace { get; set; }

    /// <summary>How often ended leases are looked for. 500 ms by default.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How often the store is asked for prompts whose silo died between committing and queueing them. 1 min by default.
    /// </summary>
    public TimeSpan StrayInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How much waiting a class of priority is worth: so much later a prompt of the class below may come. 10 min by default.</summary>
    public TimeSpan AgingTime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long before its deadline, less the time it should take, a prompt comes first in its tenant. 10 min by default.</summary>
    public TimeSpan DeadlineLead { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a prompt waits for a worker that has its models in memory and should soon be free, though another is free now. 2 s by
    /// default, less than loading a model takes; 0 for not at all.
    /// </summary>
    public TimeSpan WarmWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a prompt whose earlier runs took more memory than a worker has waits for a larger one that lives; then any that has its classes
    /// and files may take it. 10 min by default; 0 for not at all.
    /// </summary>
    public TimeSpan MemoryWait { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How many shapes of prompts and models have their measured memory kept. 10,000 by default.</summary>
    public int MemoryFigures { get; set; } = 10_000;

    /// <summary>How often measured memory is stored. 10 s by default.</summary>
    public TimeSpan MemoryStoreInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a worker counts as alive after it asked for work or renewed a lease. 30 s by default.</summary>
    public TimeSpan WorkerLife { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a prompt that a worker lost waits for another one to take it. 30 s by default; 0 for not at all.</summary>
    public TimeSpan AvoidTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many times in a row a worker may fail the same way (its lease ends, its device fails or runs out of memory) before it is set aside and gets no more prompts; 0: any number. 3 by default.</summary>
    public int FaultLimit { get; set; } = 3;

    /// <summary>The longest a claim may wait, whatever patience it has; below the response timeout of grain calls. 25 s by default.</summary>
    public TimeSpan MaxPatience { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How many tenants, and how many pools, metrics name; those that come later count as <c>other</c>. 50 by default.</summary>
    public int MeasuredTenants { get; set; } = 50;
}

/// <summary>Checks <see cref="SchedulingOptions"/> at start.</summary>
internal sealed class SchedulingOptionsValidator : IValidateOptions<SchedulingOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SchedulingOptions options)
    {
        var failures = new List<string>();
        Above(nameof(options.LeaseDuration), options.LeaseDuration, TimeSpan.FromSeconds(1));
        Above(nameof(options.RecoveryGrace), options.RecoveryGrace ?? TimeSpan.Zero, TimeSpan.Zero);
        Above(nameof(options.SweepInterval), options.SweepInterval, TimeSpan.FromMilliseconds(10));
        Above(nameof(options.StrayInterval), options.StrayInterval, options.LeaseDuration);
        Above(nameof(options.AgingTime), options.AgingTime, TimeSpan.Zero);
        Above(nameof(options.DeadlineLead), options.DeadlineLead, TimeSpan.Zero);
        Above(nameof(options.WarmWait), options.WarmWait, TimeSpan.Zero);
        Above(nameof(options.MemoryWait), options.MemoryWait, TimeSpan.Zero);
        Above(nameof(options.MemoryStoreInterval), options.MemoryStoreInterval, TimeSpan.FromMilliseconds(10));
        Above(nameof(options.WorkerLife), options.WorkerLife, options.LeaseDuration);
        Above(nameof(options.AvoidTime), options.AvoidTime, TimeSpan.Zero);
        Above(nameof(options.MaxPatience), options.MaxPatience, TimeSpan.FromMilliseconds(10));
        if (options.FaultLimit is < 0 or > 1000) failures.Add($"{SchedulingOptions.Section}:FaultLimit is {options.FaultLimit}; it must be 0 to 1000.");
        if (options.MemoryFigures < 1) failures.Add($"{SchedulingOptions.Section}:{nameof(options.MemoryFigures)} is {options.MemoryFigures}; it must be 1 or more.");
        if (options.MeasuredTenants < 1) failures.Add($"{SchedulingOptions.Section}:{nameof(options.MeasuredTenants)} is {options.MeasuredTenants}; it must be 1 or more.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Above(string option, TimeSpan value, TimeSpan least)
        {
            if (value < least) failures.Add($"{SchedulingOptions.Section}:{option} is {value}; it must be {least} or more.");
        }
    }
}
