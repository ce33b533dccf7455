using System.Diagnostics;
using System.Diagnostics.Metrics;
using Farm.Contracts.Prompts;
using Farm.Grains.Scheduling;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Prompts;

/// <summary>Measures of prompts, meter <c>Farm.Prompts</c>; also counts the waiting ones whose grains are in memory.</summary>
internal sealed class PromptInstruments
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Farm.Prompts";

    private const int MaxModels = 100;

    private static readonly string[] ModelFolders = ["checkpoints/", "diffusion_models/", "unet/", "unet_gguf/"];

    private readonly LabelSet _models = new(MaxModels);
    private readonly LabelSet _tenants;
    private readonly Counter<long> _submitted;
    private readonly Counter<long> _begun;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _lost;
    private readonly Histogram<double> _duration;
    private int _residentWaiting;

    public PromptInstruments(IMeterFactory meters, IOptions<SchedulingOptions> options)
    {
        _tenants = new LabelSet(options.Value.MeasuredTenants);
        var meter = meters.Create(MeterName);
        _submitted = meter.CreateCounter<long>("farm.prompts.submitted", "{prompt}", "Prompts committed, by tenant.");
        _begun = meter.CreateCounter<long>("farm.prompts.attempts", "{attempt}", "Attempts begun.");
        _ended = meter.CreateCounter<long>("farm.prompts.ended", "{prompt}", "Prompts that ended, by outcome and tenant.");
        _lost = meter.CreateCounter<long>("farm.prompts.attempts_lost", "{attempt}", "Attempts whose worker went silent.");
        _duration = meter.CreateHistogram<double>("farm.prompts.duration", "s", "From the start of the last attempt to the end, by outcome and model.");
        meter.CreateObservableGauge("farm.prompts.resident_waiting", () => ResidentWaiting, "{prompt}", "Waiting prompts in memory.");
        // Shows as 0 before the first one: alerts compare with it.
        _lost.Add(0);
    }

    /// <summary>Waiting prompts whose grains are in memory of this silo.</summary>
    public int ResidentWaiting => Volatile.Read(ref _residentWaiting);

    /// <summary>A prompt was committed.</summary>
    public void Submitted(string tenant) => _submitted.Add(1, new KeyValuePair<string, object?>("tenant", _tenants.Of(tenant)));

    /// <summary>A worker began an attempt.</summary>
    public void Begun() => _begun.Add(1);

    /// <summary>An attempt was lost.</summary>
    public void Lost() => _lost.Add(1);

    /// <summary>A prompt ended.</summary>
    public void Ended(PromptState ended, RunOutcome outcome)
    {
        var name = outcome.ToString();
        _ended.Add(1, new TagList { { "outcome", name }, { "tenant", _tenants.Of(ended.Submission.Tenant) } });
        if (ended.EndedAt - ended.StartedAt is { } time)
            _duration.Record(time.TotalSeconds, new TagList { { "outcome", name }, { "model", ModelOf(ended.Submission) } });
    }

    /// <summary>A waiting prompt's grain came into memory (+1) or left or is waiting no more (-1).</summary>
    public void Resident(int change) => Interlocked.Add(ref _residentWaiting, change);

    /// <summary>The first of the prompt's networks by its file's name; so many different ones, then <c>other</c>.</summary>
    private string ModelOf(PromptSubmission submission)
    {
        if (submission.Needs.Files.FirstOrDefault(f => ModelFolders.Any(m => f.StartsWith(m, StringComparison.Ordinal))) is not { } file) return "none";
        return _models.Of(file[(file.IndexOf('/', StringComparison.Ordinal) + 1)..]);
    }
}
