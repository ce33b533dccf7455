using System.Collections.Immutable;
using Farm.Contracts.Jobs;

namespace Farm.Grains.Jobs;

/// <summary>Lists a tenant's prompts by what has become of them.</summary>
internal interface IJobStore
{
    /// <summary>
    /// A page in order. Sorting by duration looks at the newest <paramref name="depth"/> of a status only; so many are also the most
    /// that a page without a limit holds.
    /// </summary>
    Task<ImmutableArray<Job>> PageAsync(string tenant, JobQuery query, int depth);

    /// <summary>How many jobs of a status there are, counted up to <paramref name="most"/>.</summary>
    Task<int> CountAsync(string tenant, JobStatus status, string? workflowId, int most);
}
