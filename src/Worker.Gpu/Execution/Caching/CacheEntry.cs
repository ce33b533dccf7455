using Farm.Contracts.Prompts;
using Farm.Worker.Execution.Caching.Shared;
using Farm.Worker.Execution.Values;

namespace Farm.Worker.Execution.Caching;

/// <summary>The result of a node. Held by the cache and by consumers that wait; its values live as long as anybody holds it.</summary>
internal sealed class CacheEntry
{
    private readonly ValueLedger _ledger;
    private readonly IDisposable[] _values;
    private int _holders = 1;

    /// <summary>A result that its maker holds.</summary>
    public CacheEntry(UiRecord? ui, IReadOnlyList<IReadOnlyList<object?>> outputs, ValueLedger ledger)
    {
        (Ui, Outputs, _ledger) = (ui, outputs, ledger);
        _values = ledger.Hold(outputs.SelectMany(slot => slot));
    }

    /// <summary>What clients were shown, or null.</summary>
    public UiRecord? Ui { get; }

    /// <summary>One list of values an output slot.</summary>
    public IReadOnlyList<IReadOnlyList<object?>> Outputs { get; }

    /// <summary>What it was made of; null when only this worker knows.</summary>
    public Origin? Origin { get; init; }

    /// <summary>The disposable objects of the values, repetitions included.</summary>
    public IReadOnlyList<IDisposable> Values => _values;

    /// <summary>The list of a slot, negative ones counted from the end; null when there is no such slot.</summary>
    public IReadOnlyList<object?>? Slot(int slot)
    {
        var at = slot < 0 ? slot + Outputs.Count : slot;
        return at >= 0 && at < Outputs.Count ? Outputs[at] : null;
    }

    /// <summary>One holder more.</summary>
    public void Hold() => _holders++;

    /// <summary>One holder less; the last one lets go of the values.</summary>
    public void Release()
    {
        if (--_holders == 0)
            _ledger.Release(_values);
    }
}

/// <summary>A UI output with the names of the node that made it.</summary>
/// <param name="Meta">The node's names.</param>
/// <param name="Json">The output.</param>
internal sealed record UiRecord(NodeIdentity Meta, string Json);
