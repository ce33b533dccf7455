using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Farm.Contracts.Assets;
using Farm.Contracts.Catalog;
using Farm.Contracts.Jobs;
using Farm.Contracts.Prompts;
using Farm.Contracts.Retention;
using Farm.Contracts.Scheduling;
using Farm.Contracts.Sessions;
using Farm.Contracts.Users;
using Farm.Contracts.Workers;

namespace Farm.Gateway.Tests.Fakes;

/// <summary>The grains behind the gateway, in memory: it accepts prompts and runs none.</summary>
internal sealed partial class FakeFarm : ICatalogGrain, ISchedulerGrain, IHistoryGrain, ITenantChannelGrain, IClientSessionGrain, IJobsGrain, IUsersGrain, ISettingsGrain
{
    private readonly TaskCompletionSource<IGatewayObserver> _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _number = -1;

    public IGrainFactory Grains { get; private init; } = null!;

    public ConcurrentQueue<PromptSubmission> Submitted { get; } = new();

    /// <summary>The first submission of each run.</summary>
    public ConcurrentDictionary<Guid, PromptSubmission> Runs { get; } = new();

    public ConcurrentQueue<string> Calls { get; } = new();

    public Exception? Failure { get; set; }

    /// <summary>How long the tenant's quota makes it wait; null where it does not.</summary>
    public TimeSpan? RetryAfter { get; set; }

    public List<PromptForecast> Forecasts { get; } = [];

    public string? CurrentNode { get; set; }

    public JobPage Jobs { get; set; } = new([], 0);

    public JobQuery? AskedJobs { get; private set; }

    public HistoryEntry? Ended { get; set; }

    public ConcurrentDictionary<string, FarmUser> Users { get; } = new(StringComparer.Ordinal);

    public FakeAssets Assets { get; } = new();

    public FakeRetention Retention { get; } = new();

    public FakeSecurity Security { get; } = new();

    public ConcurrentDictionary<(string User, string Key), string> Settings { get; } = new();

    public Task<IGatewayObserver> Subscribed => _subscribed.Task;

    public static FakeFarm Create()
    {
        var grains = DispatchProxy.Create<IGrainFactory, GrainProxy>();
        var farm = new FakeFarm { Grains = grains };
        ((GrainProxy)grains).Farm = farm;
        return farm;
    }

    Task<CatalogSnapshot> ICatalogGrain.GetAsync(long knownVersion) => knownVersion == 1
        ? new TaskCompletionSource<CatalogSnapshot>().Task
        : Task.FromResult(new CatalogSnapshot(1, [.. Definitions.All]));

    Task ICatalogGrain.LeaveAsync(string workerId) => throw new NotSupportedException();

    Task<ImmutableArray<WorkerInfo>> ICatalogGrain.WorkersAsync() => Task.FromResult<ImmutableArray<WorkerInfo>>([.. Workers]);

    Task<ImmutableArray<string>> ICatalogGrain.ClassesAsync(string manifestHash) => throw new NotSupportedException();

    Task ICatalogGrain.RegisterAsync(WorkerManifest manifest) => throw new NotSupportedException();

    Task<bool> ICatalogGrain.HeartbeatAsync(WorkerStatus status) => throw new NotSupportedException();

    Task<long> ISchedulerGrain.DrawNumberAsync(string tenant) =>
        Failure is null ? Task.FromResult(Interlocked.Increment(ref _number)) : Task.FromException<long>(Failure);

    Task<TimeSpan?> ISchedulerGrain.AdmitAsync(string tenant) => Task.FromResult(RetryAfter);

    Task<ImmutableArray<PromptForecast>> ISchedulerGrain.ForecastAsync(string tenant, ImmutableArray<string> promptIds) =>
        Task.FromResult<ImmutableArray<PromptForecast>>([.. Forecasts]);

    Task<int> ISchedulerGrain.CountAsync(string tenant) => Failure is null ? Task.FromResult(Submitted.Count) : Task.FromException<int>(Failure);

    Task ISchedulerGrain.ClearAsync(string tenant) => Note($"clear {tenant}");

    Task<ImmutableArray<QueuedRun>> ISchedulerGrain.FindAsync(string tenant, string promptId) =>
        Task.FromResult<ImmutableArray<QueuedRun>>([.. Queued.Where(q => q.Tenant == tenant && q.Run.PromptId == promptId).Select(q => q.Run)]);

    Task<QueueSnapshot> ISchedulerGrain.SnapshotAsync(string tenant) => Task.FromResult(new QueueSnapshot([], []));

    Task<ImmutableArray<Guid>> ISchedulerGrain.RunningAsync(string tenant) => Task.FromResult(ImmutableArray<Guid>.Empty);

    Task ISchedulerGrain.EnqueueAsync(QueueEntry entry) => throw new NotSupportedException();

    Task<Lease?> ISchedulerGrain.ClaimAsync(WorkerClaim claim) => throw new NotSupportedException();

    Task<ImmutableArray<Guid>> ISchedulerGrain.RenewAsync(string workerId, ImmutableArray<Lease> leases) => throw new NotSupportedException();

    Task<ImmutableArray<string>> ISchedulerGrain.NextFilesAsync(string workerId) => throw new NotSupportedException();

    Task ISchedulerGrain.ReleaseAsync(Guid runId, bool succeeded, RunUsage? usage) => throw new NotSupportedException();

    Task ISchedulerGrain.FaultAsync(string workerId, Guid runId, WorkerFault fault, string detail, int attempt) => throw new NotSupportedException();

    public ImmutableArray<SetAsideWorker> SetAside { get; set; } = [];

    Task<ImmutableArray<SetAsideWorker>> ISchedulerGrain.SetAsideAsync() => Task.FromResult(SetAside);

    Task<bool> ISchedulerGrain.BringBackAsync(string workerId)
    {
        var known = SetAside.Any(w => w.WorkerId == workerId);
        SetAside = SetAside.RemoveAll(w => w.WorkerId == workerId);
        return Task.FromResult(known);
    }

    Task<ImmutableArray<HistoryEntry>> IHistoryGrain.ListAsync(HistoryWindow window)
    {
        Calls.Enqueue($"history {window.MaxItems} {window.Offset}");
        return Task.FromResult<ImmutableArray<HistoryEntry>>([]);
    }

    Task<HistoryEntry?> IHistoryGrain.GetAsync(string promptId)
    {
        Calls.Enqueue($"history of {promptId}");
        return Task.FromResult(Ended?.Submission.PromptId == promptId ? Ended : null);
    }

    Task IHistoryGrain.DeleteAsync(ImmutableArray<string> promptIds) => Note($"forget {string.Join(',', promptIds)}");

    Task IHistoryGrain.ClearAsync() => Note("forget all");

    Task<ImmutableArray<StoredSubmission>> IHistoryGrain.SubmissionsAsync(ImmutableArray<Guid> runs) =>
        Task.FromResult<ImmutableArray<StoredSubmission>>([.. runs.Where(Stored.ContainsKey).Select(run => Stored[run])]);

    Task ITenantChannelGrain.SubscribeAsync(IGatewayObserver gateway)
    {
        _subscribed.TrySetResult(gateway);
        return Task.CompletedTask;
    }

    async Task ITenantChannelGrain.BroadcastAsync(ImmutableArray<ClientEvent> events)
    {
        if (_subscribed.Task.IsCompletedSuccessfully)
            await (await _subscribed.Task).BroadcastAsync("default", events);
    }

    Task<SessionState> IClientSessionGrain.AttachAsync(IGatewayObserver gateway, string connectionId, long? afterSequence)
    {
        Calls.Enqueue($"attach {connectionId}");
        return Task.FromResult(new SessionState(CurrentNode, []));
    }

    Task IClientSessionGrain.DetachAsync(string connectionId, long sent) => Note($"detach {connectionId}");

    Task IClientSessionGrain.PublishAsync(string promptId, ImmutableArray<RunEvent> events) => throw new NotSupportedException();

    Task<JobPage> IJobsGrain.ListAsync(JobQuery query)
    {
        AskedJobs = query;
        return Task.FromResult(Jobs);
    }

    Task<ImmutableArray<FarmUser>> IUsersGrain.ListAsync() => Task.FromResult<ImmutableArray<FarmUser>>([.. Users.Values]);

    Task<bool> IUsersGrain.AddAsync(FarmUser user) => Task.FromResult(Users.Values.All(u => u.Name != user.Name) && Users.TryAdd(user.Id, user));

    Task<bool> IUsersGrain.ExistsAsync(string userId) => Task.FromResult(Users.ContainsKey(userId));

    Task<ImmutableArray<Setting>> ISettingsGrain.ListAsync(string userId) => Task.FromResult<ImmutableArray<Setting>>(
        [.. Settings.Where(s => s.Key.User == userId).OrderBy(s => s.Key.Key, StringComparer.Ordinal).Select(s => new Setting(s.Key.Key, s.Value))]);

    Task<string?> ISettingsGrain.GetAsync(string userId, string key) => Task.FromResult(Settings.GetValueOrDefault((userId, key)));

    Task<bool> ISettingsGrain.PutAsync(string userId, ImmutableArray<Setting> settings)
    {
        foreach (var (key, value) in settings)
            Settings[(userId, key)] = value;
        return Task.FromResult(true);
    }

    private Task Note(string call)
    {
        Calls.Enqueue(call);
        return Task.CompletedTask;
    }

    private sealed class PromptGrain(FakeFarm farm, Guid run) : IPromptGrain
    {
        public Task<SubmitReceipt> SubmitAsync(PromptSubmission submission)
        {
            if (!farm.Runs.TryAdd(run, submission) && farm.Runs[run].Fingerprint != submission.Fingerprint)
                throw new PromptConflictException();
            farm.Submitted.Enqueue(submission);
            return Task.FromResult(new SubmitReceipt { PromptId = submission.PromptId, Number = submission.Number });
        }

        public Task<SubmitReceipt?> RepeatAsync(string fingerprint)
        {
            if (!farm.Runs.TryGetValue(run, out var first)) return Task.FromResult<SubmitReceipt?>(null);
            if (first.Fingerprint != fingerprint) throw new PromptConflictException();
            return Task.FromResult<SubmitReceipt?>(new SubmitReceipt { PromptId = first.PromptId, Number = first.Number });
        }

        public Task<PromptJob?> BeginAsync(int attempt, string workerId) => throw new NotSupportedException();

        public Task<RunOrder> ReportAsync(int attempt, IReadOnlyList<RunEvent> events) => throw new NotSupportedException();

        public Task<bool> CompleteAsync(RunResult result) => throw new NotSupportedException();

        public Task<bool> InterruptAsync() => throw new NotSupportedException();

        public Task<bool> DeleteAsync() => throw new NotSupportedException();

        public Task<PromptPlace?> MoveAsync(PromptMove move) => farm.MoveAsync(run, move);

        public Task ForgetAsync() => throw new NotSupportedException();

        public Task LoseAttemptAsync(int attempt, string reason, bool givenBack) => throw new NotSupportedException();
    }

    /// <summary>Hands out the one object that plays all grains, and the prompts.</summary>
    public class GrainProxy : DispatchProxy
    {
        internal virtual FakeFarm Farm { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
        {
            nameof(IGrainFactory.CreateObjectReference) => args![0],
            nameof(IGrainFactory.GetGrain) when targetMethod.GetGenericArguments()[0] == typeof(IPromptGrain) => new PromptGrain(Farm, (Guid)args![0]!),
            nameof(IGrainFactory.GetGrain) when targetMethod.GetGenericArguments()[0] == typeof(IAssetGrain) => Farm.Assets,
            nameof(IGrainFactory.GetGrain) when targetMethod.GetGenericArguments()[0] == typeof(IRetentionGrain) => Farm.Retention,
            nameof(IGrainFactory.GetGrain) when targetMethod.GetGenericArguments()[0] is var grain && grain.IsAssignableFrom(typeof(FakeSecurity)) => Farm.Security,
            nameof(IGrainFactory.GetGrain) => Farm,
            _ => throw new NotSupportedException(targetMethod.Name),
        };
    }
}
