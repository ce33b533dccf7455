using System.Collections.Immutable;
using Farm.Contracts.Scheduling;

namespace Farm.Grains.Scheduling;

/// <summary>The workers that were heard of lately, and what is warm where. Used from one grain's turns only.</summary>
internal sealed class WorkerRoster(TimeProvider clock, TimeSpan life)
{
    private readonly Dictionary<string, KnownWorker> _workers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<KnownWorker>> _byModel = new(StringComparer.Ordinal);

    /// <summary>Those that live.</summary>
    public IEnumerable<KnownWorker> Living
    {
        get
        {
            var now = clock.GetUtcNow();
            return _workers.Values.Where(w => w.LastSeen + life > now);
        }
    }

    /// <summary>A worker asks for work.</summary>
    public KnownWorker Claims(WorkerClaim claim, WorkerProfile profile)
    {
        if (!_workers.TryGetValue(claim.WorkerId, out var worker)) _workers.Add(claim.WorkerId, worker = new KnownWorker(claim.WorkerId));
        worker.Profile = profile;
        worker.LastSeen = clock.GetUtcNow();
        worker.FreeAt = null;
        (worker.FreeMemory, worker.TotalMemory) = (claim.FreeMemory, claim.TotalMemory);
        worker.Device = claim.Device ?? ""; // what an older worker does not say
        worker.Lacked = claim.LackedFiles.IsDefaultOrEmpty ? [] : [.. claim.LackedFiles];
        if (worker.Resident != claim.ResidentModels) SetModels(worker, claim.ResidentModels);
        return worker;
    }

    /// <summary>The worker of that name; null when it was not heard of lately.</summary>
    public KnownWorker? Find(string workerId) => _workers.GetValueOrDefault(workerId);

    /// <summary>A worker renews what it holds.</summary>
    public void Renews(string workerId)
    {
        if (_workers.TryGetValue(workerId, out var worker)) worker.LastSeen = clock.GetUtcNow();
    }

    /// <summary>A worker was given a prompt that should take so long.</summary>
    public void Takes(string workerId, TimeSpan expected)
    {
        if (_workers.TryGetValue(workerId, out var worker)) worker.FreeAt = clock.GetUtcNow() + expected;
    }

    /// <summary>Forgets those that were not heard of for long.</summary>
    public void Sweep()
    {
        var now = clock.GetUtcNow();
        foreach (var (name, worker) in _workers)
        {
            if (worker.LastSeen + life > now) continue;
            SetModels(worker, []);
            _workers.Remove(name);
        }
    }

    /// <summary>Workers that have any of the models in memory.</summary>
    public IEnumerable<KnownWorker> WithAnyOf(ImmutableArray<string> models) =>
        models.SelectMany(m => _byModel.GetValueOrDefault(m) ?? Enumerable.Empty<KnownWorker>());

    private void SetModels(KnownWorker worker, ImmutableArray<string> resident)
    {
        foreach (var model in worker.Models)
        {
            if (_byModel[model].Remove(worker) && _byModel[model].Count == 0) _byModel.Remove(model);
        }
        worker.SetModels(resident);
        foreach (var model in worker.Models)
        {
            if (!_byModel.TryGetValue(model, out var workers)) _byModel.Add(model, workers = []);
            workers.Add(worker);
        }
    }
}

/// <summary>A worker as the scheduler knows it.</summary>
internal sealed class KnownWorker(string id)
{
    /// <summary>Its name.</summary>
    public string Id { get; } = id;

    /// <summary>What it can run.</summary>
    public WorkerProfile Profile { get; set; } = new([], "", []);

    /// <summary>When it was heard of last.</summary>
    public DateTimeOffset LastSeen { get; set; }

    /// <summary>When it should be free, if it holds to the measured times; null while it asks for work.</summary>
    public DateTimeOffset? FreeAt { get; set; }

    /// <summary>Whether it gets no prompts: it is set aside, or its pool is paused.</summary>
    public bool Rests { get; set; }

    /// <summary>Bytes of device memory that were free when it asked.</summary>
    public long FreeMemory { get; set; }

    /// <summary>Bytes of device memory; 0 where that is not known.</summary>
    public long TotalMemory { get; set; }

    /// <summary>The kind of its device.</summary>
    public string Device { get; set; } = "";

    /// <summary>Model files that it said it does not have, as <c>folder/name</c>.</summary>
    public HashSet<string> Lacked { get; set; } = [];

    /// <summary>What it said is resident.</summary>
    public ImmutableArray<string> Resident { get; private set; } = [];

    /// <summary>Names of the files whose networks are in its memory.</summary>
    public HashSet<string> Models { get; private set; } = [];

    /// <summary>How many of the models a prompt needs are in its memory.</summary>
    public int Warmth(Requirement requirement) => requirement.Models.Count(Models.Contains);

    /// <summary>Residents are named by file and part: <c>v1-5.safetensors unet</c>.</summary>
    public void SetModels(ImmutableArray<string> resident)
    {
        Resident = resident;
        Models = [.. resident.Select(name => name.LastIndexOf(' ') is > 0 and var end ? name[..end] : name)];
    }
}
