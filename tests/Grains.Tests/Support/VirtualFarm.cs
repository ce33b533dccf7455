using Farm.Contracts.Scheduling;
using Farm.Grains.Scheduling;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Farm.Grains.Tests.Support;

/// <summary>The scheduler's queue with workers that take what they are given and a clock that jumps from end to end of their runs.</summary>
internal sealed class VirtualFarm
{
    private readonly FakeTimeProvider _clock = new(Samples.Start);
    private readonly PriorityQueue<(Guid Run, KnownWorker Worker), DateTimeOffset> _ends = new();
    private readonly Dictionary<Guid, (QueueEntry Entry, TimeSpan Time)> _prompts = [];
    private readonly Queue<KnownWorker> _idle = new();
    private readonly Placement _placement;
    private int _submitted;

    public VirtualFarm(int workers, TenantOptions? tenants = null, SchedulingOptions? scheduling = null)
    {
        Queue = NewQueue(_clock, tenants, scheduling);
        Roster = new WorkerRoster(_clock, TimeSpan.FromDays(365));
        Memory = KeptFigures.Needs(_clock, options: scheduling);
        _placement = new Placement(Roster, Memory, Options.Create(scheduling ?? new SchedulingOptions()), _clock);
        for (var i = 0; i < workers; i++) Add($"w{i}");
    }

    public FarmQueue Queue { get; }

    public WorkerRoster Roster { get; }

    public MemoryNeeds Memory { get; }

    /// <summary>Seconds since the start.</summary>
    public double Now => (_clock.GetUtcNow() - Samples.Start).TotalSeconds;

    /// <summary>Prompts in the order in which they began, with worker and time.</summary>
    public List<(string PromptId, string Worker, double At)> Begun { get; } = [];

    /// <summary>When prompts ended.</summary>
    public Dictionary<string, double> Ended { get; } = [];

    public static FarmQueue NewQueue(TimeProvider clock, TenantOptions? tenants = null, SchedulingOptions? scheduling = null)
    {
        var quotas = new TenantQuotas(Options.Create(tenants ?? new TenantOptions()));
        return new FarmQueue(new FairShares(quotas), new RankPolicy(Options.Create(scheduling ?? new SchedulingOptions())), quotas, clock);
    }

    /// <summary>A worker that is idle.</summary>
    public void Add(string name, string pool = "", string[]? labels = null, string[]? resident = null, long memory = 0, string[]? lacked = null)
    {
        var claim = FarmCluster.Claim(name, TimeSpan.Zero) with { ResidentModels = [.. resident ?? []], TotalMemory = memory, LackedFiles = [.. lacked ?? []] };
        _idle.Enqueue(Roster.Claims(claim, new WorkerProfile(["A"], pool, [.. labels ?? []])));
    }

    /// <summary>A prompt of the tenant, of its next number unless one is given.</summary>
    public void Submit(string tenant, string promptId, double seconds = 1, PromptNeeds? needs = null, double? number = null)
    {
        var entry = new QueueEntry
        {
            RunId = Guid.NewGuid(),
            Tenant = tenant,
            PromptId = promptId,
            Number = number ?? _submitted,
            Attempt = 1,
            ClassTypes = ["A"],
            Needs = needs ?? PromptNeeds.None,
            CreatedAt = _clock.GetUtcNow(),
        };
        _submitted++;
        _prompts.Add(entry.RunId, (entry, TimeSpan.FromSeconds(seconds)));
        Queue.Enqueue(entry);
    }

    /// <summary>Lets everything run that began by then, and the clock come to it.</summary>
    public void RunUntil(double seconds)
    {
        Serve();
        while (_ends.TryPeek(out _, out var end) && end <= Samples.Start.AddSeconds(seconds)) Step();
        if (Now < seconds) _clock.SetUtcNow(Samples.Start.AddSeconds(seconds));
        Serve();
    }

    /// <summary>Lets everything run to its end.</summary>
    public void RunAll()
    {
        Serve();
        while (_ends.Count > 0) Step();
    }

    private void Step()
    {
        _ends.TryDequeue(out var ended, out var end);
        if (_clock.GetUtcNow() < end) _clock.SetUtcNow(end);
        Queue.Remove(ended.Run, succeeded: true);
        Ended.Add(_prompts[ended.Run].Entry.PromptId, Now);
        ended.Worker.FreeAt = null;
        // It asks at once, before those that wait are looked at again.
        if (!Serve(ended.Worker)) _idle.Enqueue(ended.Worker);
        Serve();
    }

    private void Serve()
    {
        for (var i = _idle.Count; i > 0; i--)
        {
            var worker = _idle.Dequeue();
            if (!Serve(worker)) _idle.Enqueue(worker);
        }
    }

    private bool Serve(KnownWorker worker)
    {
        if (Queue.First(item => _placement.Gives(item, worker), item => _placement.IsTooLarge(item, worker)) is not { } item) return false;
        Queue.HandOut(item, worker.Id, _clock.GetUtcNow().AddDays(1));
        Roster.Takes(worker.Id, item.Shape.Expected);
        Begun.Add((item.PromptId, worker.Id, Now));
        _ends.Enqueue((item.RunId, worker), _clock.GetUtcNow() + _prompts[item.RunId].Time);
        return true;
    }
}
