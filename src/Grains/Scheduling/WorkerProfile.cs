using System.Collections.Immutable;

namespace Farm.Grains.Scheduling;

/// <summary>What workers of one kind have, and which requirements that covers; workers of one build, pool and labels share one.</summary>
internal sealed class WorkerProfile(IEnumerable<string> classes, string pool, ImmutableArray<string> labels)
{
    private const int MaxAnswers = 10_000;

    private readonly HashSet<string> _classes = new(classes, StringComparer.Ordinal);
    private readonly HashSet<string> _labels = new(labels, StringComparer.Ordinal);
    private readonly Dictionary<Requirement, bool> _answers = [];

    /// <summary>Its pool; empty for none.</summary>
    public string Pool { get; } = pool;

    /// <summary>True for a manifest that the catalogue does not know.</summary>
    public bool IsEmpty => _classes.Count == 0;

    /// <summary>Whether such a worker has all that is required.</summary>
    public bool Has(Requirement requirement)
    {
        if (_answers.TryGetValue(requirement, out var known)) return known;
        if (_answers.Count >= MaxAnswers) _answers.Clear();
        return _answers[requirement] = IsIn(requirement.Pool) && MissingLabels(requirement).IsEmpty && MissingClasses(requirement).IsEmpty;
    }

    /// <summary>Whether it serves a pool. Workers of a pool run nothing else.</summary>
    public bool IsIn(string wanted) => string.Equals(Pool, wanted, StringComparison.Ordinal);

    /// <summary>Required labels that it lacks.</summary>
    public ImmutableArray<string> MissingLabels(Requirement requirement) => [.. requirement.Labels.Where(l => !_labels.Contains(l))];

    /// <summary>Required classes that it lacks.</summary>
    public ImmutableArray<string> MissingClasses(Requirement requirement) => [.. requirement.Classes.Where(c => !_classes.Contains(c))];
}
