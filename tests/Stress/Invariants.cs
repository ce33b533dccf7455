namespace Farm.Stress;

/// <summary>Counts what was checked and what was found violated; names the first violations of each kind.</summary>
internal sealed class Invariants
{
    private const int NamedOfAKind = 5;

    private readonly Dictionary<string, (long Checked, long Violated)> _kinds = new(StringComparer.Ordinal);

    /// <summary>Whether any is violated, or none was checked.</summary>
    public bool AreViolated => _kinds.Count == 0 || _kinds.Values.Any(kind => kind.Violated > 0);

    /// <summary>Checks one case of a kind.</summary>
    public void Check(string kind, bool holds, Func<string> otherwise)
    {
        var (before, violated) = _kinds.GetValueOrDefault(kind);
        if (!holds && violated < NamedOfAKind)
            Console.WriteLine($"VIOLATED {kind}: {otherwise()}");
        _kinds[kind] = (before + 1, violated + (holds ? 0 : 1));
    }

    /// <summary>Prints every kind and the sum.</summary>
    /// <returns>The exit status: 0 when something was checked and nothing is violated.</returns>
    public int Print()
    {
        foreach (var (kind, (count, violated)) in _kinds)
            Console.WriteLine($"  {kind}: {count} checked, {violated} violated");
        var (all, bad) = (_kinds.Values.Sum(k => k.Checked), _kinds.Values.Sum(k => k.Violated));
        Console.WriteLine($"invariants: {all} checked, {bad} violated");
        return AreViolated ? 1 : 0;
    }
}
