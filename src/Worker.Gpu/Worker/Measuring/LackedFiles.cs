using System.Collections.Concurrent;
using System.Collections.Immutable;
using Farm.Contracts.Prompts;
using Farm.Storage;

namespace Farm.Worker;

/// <summary>
/// Model files that prompts asked for and this worker does not have, where workers' model folders differ. It tells the scheduler with every request
/// for work, until they are there.
/// </summary>
internal sealed class LackedFiles(IFarmFiles farm)
{
    private const int MostKept = 1000;

    private readonly ConcurrentDictionary<string, string> _tenants = new(StringComparer.Ordinal);

    /// <summary>What is lacked now, as <c>folder/name</c>.</summary>
    public async ValueTask<ImmutableArray<string>> NowAsync()
    {
        if (_tenants.IsEmpty) return [];
        foreach (var lacked in _tenants.GroupBy(file => file.Value, StringComparer.Ordinal))
        {
            await farm.Of(lacked.Key).Catalog.RefreshAsync();
            foreach (var (file, tenant) in lacked.Where(file => Has(file.Value, file.Key))) _tenants.TryRemove(file, out _);
        }
        return [.. _tenants.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>
    /// A file of the prompt that is not here and that the scheduler was not told of; null where there is none. A prompt with one that it was told
    /// of it gives only where no other worker has it, and the node then says what is missing.
    /// </summary>
    public async ValueTask<string?> FindNewAsync(PromptSubmission submission)
    {
        if (_tenants.Count >= MostKept || submission.Needs.Files.All(file => Has(submission.Tenant, file))) return null;
        await farm.Of(submission.Tenant).Catalog.RefreshAsync();
        string[] found = [.. submission.Needs.Files.Where(file => !Has(submission.Tenant, file) && _tenants.TryAdd(file, submission.Tenant))];
        return found.FirstOrDefault();
    }

    private bool Has(string tenant, string file) =>
        file.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && farm.Of(tenant).Catalog.FindModel(file[..slash], file[(slash + 1)..]) is not null;
}
