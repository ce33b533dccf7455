using System.Globalization;

namespace Farm.Stress.Chaos;

/// <summary>Holds the files that are there against those that history names: lost and fenced attempts must have left none.</summary>
internal sealed class FilesAudit(StressFarm farm, Invariants invariants)
{
    /// <summary>A worker that was thought dead learns of it at its next report, and then removes what it wrote.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Checks the output and temp folders of all tenants, and the journals.</summary>
    public async Task CheckAsync(IReadOnlyCollection<PromptRecord> prompts, IReadOnlyCollection<HistoryRecord> history)
    {
        var named = history.SelectMany(end => end.Files.Select(file => Path.Combine(farm.Output(end.Tenant), file))).ToArray();
        var distinct = named.ToHashSet(StringComparer.Ordinal);
        invariants.Check("no file is the output of two prompts", named.Length > 0 && distinct.Count == named.Length, () => $"{named.Length} names, {distinct.Count} of them different");
        var left = await UntilNoneAsync(() => Results().Where(path => !distinct.Contains(path)));
        invariants.Check("no lost attempt left a file", left.Length == 0, () => $"{left.Length} files: {string.Join(", ", left.Take(10))}");
        var last = prompts.ToDictionary(prompt => prompt.RunId, prompt => prompt.Attempt);
        var journals = await UntilNoneAsync(() => Journals().Where(path => IsFenced(path, last)));
        invariants.Check("no fenced attempt left its journal", journals.Length == 0, () => $"{journals.Length} journals: {string.Join(", ", journals.Take(10))}");
    }

    private static async Task<string[]> UntilNoneAsync(Func<IEnumerable<string>> find)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var found = find().ToArray();
            if (found.Length == 0 || TimeProvider.System.GetElapsedTime(start) > Patience)
                return found;
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }
    }

    /// <summary>All that lies in output and temp folders, what is only half written too.</summary>
    private IEnumerable<string> Results() => Tenants.All.SelectMany(tenant => new[] { farm.Output(tenant), Path.Combine(farm.Output(tenant), "..", "temp") }).SelectMany(Files);

    private IEnumerable<string> Journals() => Tenants.All.Select(tenant => tenant == Tenants.Default ? "" : Path.Combine("tenants", tenant)).SelectMany(own => Files(Path.Combine(farm.Data, ".farm", own, "runs")));

    private static IEnumerable<string> Files(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : [];

    /// <summary>A journal is named by its run and attempt.</summary>
    private static bool IsFenced(string journal, Dictionary<Guid, int> last) =>
        Guid.TryParse(Path.GetFileNameWithoutExtension(journal), out var run)
        && int.TryParse(Path.GetExtension(journal.AsSpan()).TrimStart('.'), CultureInfo.InvariantCulture, out var attempt)
        && last.TryGetValue(run, out var current) && attempt < current;
}
