using Farm.Nodes;

namespace Farm.Worker.Execution.Values;

/// <summary>
/// Counts who holds which disposable object, by reference, and disposes of each once when nobody does. Values may share objects:
/// an image passed through by a node, tensors of two conditionings. Belongs to the engine thread.
/// </summary>
internal sealed class ValueLedger
{
    private readonly Dictionary<IDisposable, int> _holders = new(ReferenceEqualityComparer.Instance);
    private readonly List<IDisposable> _found = [];

    /// <summary>Objects that somebody holds.</summary>
    public int Count => _holders.Count;

    /// <summary>Holds what the values are made of, until <see cref="Release"/> gets the result.</summary>
    public IDisposable[] Hold(IEnumerable<object?> values)
    {
        _found.Clear();
        foreach (var value in values)
            ValueParts.Collect(value, _found);
        if (_found.Count == 0)
            return [];
        var held = _found.ToArray();
        _found.Clear();
        foreach (var item in held)
            _holders[item] = _holders.GetValueOrDefault(item) + 1;
        return held;
    }

    /// <summary>Lets go; what nobody holds any more is disposed of.</summary>
    public void Release(IDisposable[] held)
    {
        foreach (var item in held)
        {
            if (_holders[item] > 1)
            {
                _holders[item]--;
                continue;
            }
            _holders.Remove(item);
            item.Dispose();
        }
    }
}
