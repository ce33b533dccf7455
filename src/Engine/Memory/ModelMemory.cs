using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Farm.Engine.Memory;

/// <summary>A network that is loaded.</summary>
/// <param name="Name">File and part, such as <c>v1-5.safetensors unet</c>; the part has no space.</param>
/// <param name="Bytes">Size of its weights in the compute type; of those it keeps, where it does not fit.</param>
/// <param name="InUse">Whether a run holds it right now.</param>
public sealed record ResidentModel(string Name, long Bytes, bool InUse);

/// <summary>
/// Keeps networks loaded up to a budget of bytes. A network is loaded when it is first used and stays until others need its room (the one
/// longest unused goes first) or all are unloaded. One in use never goes, so several at once may exceed the budget. A network that alone exceeds it
/// keeps as many of its blocks as fit and brings the others in for each pass. Safe for several threads.
/// </summary>
public sealed class ModelMemory : IDisposable
{
    private const double ShareOfMachine = 0.6;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Resident> _residents = new(StringComparer.Ordinal);
    private long _clock;

    /// <summary>Creates an empty memory.</summary>
    /// <param name="device">Where networks are loaded to.</param>
    /// <param name="budgetBytes">Most bytes of weights that stay; 0 chooses by device as <see cref="TorchOptions.ModelBudgetBytes"/> says.</param>
    public ModelMemory(Device device, long budgetBytes = 0)
    {
        Device = device;
        BudgetBytes = budgetBytes > 0 ? budgetBytes
            : device.type == DeviceType.CPU ? (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * ShareOfMachine)
            : long.MaxValue;
    }

    /// <summary>Where networks are loaded to.</summary>
    public Device Device { get; }

    /// <summary>Most bytes of weights that stay loaded.</summary>
    public long BudgetBytes { get; }

    /// <summary>Told the name of a network whose load begins; what it gives is disposed when the load is over, successful or not. Default: nothing is told.</summary>
    public Func<string, IDisposable>? Loading { get; init; }

    /// <summary>How many times networks were asked for.</summary>
    public long Uses => Interlocked.Read(ref _clock);

    /// <summary>Bytes of all networks that are loaded or being loaded.</summary>
    public long ResidentBytes
    {
        get
        {
            lock (_gate) return _residents.Values.Sum(resident => resident.Bytes);
        }
    }

    /// <summary>The networks that are loaded, the latest used first.</summary>
    public IReadOnlyList<ResidentModel> Residents
    {
        get
        {
            lock (_gate)
                return [.. _residents.Values.OrderByDescending(resident => resident.LastUse).Select(resident => new ResidentModel(resident.Name, resident.Bytes, resident.Uses > 0))];
        }
    }

    /// <summary>Frees every network that no run holds now, and the others as soon as their runs end. What is freed goes back to the system.</summary>
    public void UnloadAll()
    {
        lock (_gate)
        {
            foreach (var resident in _residents.Values.ToArray())
            {
                resident.Doomed = true;
                RemoveIfDone(resident);
            }
        }
        NativeHeap.Trim();
    }

    /// <summary>Runs work; if memory runs out, frees every network not in use and runs it once more.</summary>
    /// <exception cref="DeviceMemoryException">It does not fit even then.</exception>
    public T Run<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ExternalException e) when (IsOutOfMemory(e))
        {
            UnloadUnused();
        }
        try
        {
            return work();
        }
        catch (ExternalException e) when (IsOutOfMemory(e))
        {
            throw new DeviceMemoryException($"{Device} has not enough memory for this step, with every model unloaded that is not needed for it. Use a smaller size or batch.", e);
        }
    }

    /// <summary>Frees every network.</summary>
    public void Dispose() => UnloadAll();

    internal Lease<T> Use<T>(ModelSlot<T> slot) where T : class, IDisposable
    {
        Resident resident;
        lock (_gate) resident = Reserve(slot.Key, slot.Name, Math.Min(slot.Bytes, BudgetBytes));
        try
        {
            lock (resident.Loading) resident.Network ??= Load(slot);
            return new Lease<T>((T)resident.Network, () => Release(resident));
        }
        catch
        {
            Release(resident);
            throw;
        }
    }

    /// <summary>Whole if it fits the budget and the device; else with the blocks that fit, or none.</summary>
    private T Load<T>(ModelSlot<T> slot) where T : class, IDisposable
    {
        using var watched = Loading?.Invoke(slot.Name);
        try
        {
            return Run(() => slot.Load(slot.Bytes > BudgetBytes ? BudgetBytes : long.MaxValue));
        }
        catch (DeviceMemoryException)
        {
            return Run(() => slot.Load(0));
        }
    }

    private static bool IsOutOfMemory(ExternalException e) =>
        e.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase) || e.Message.Contains("can't allocate memory", StringComparison.Ordinal);

    private Resident Reserve(string key, string name, long bytes)
    {
        if (!_residents.TryGetValue(key, out var resident))
        {
            while (_residents.Values.Sum(other => other.Bytes) > BudgetBytes - bytes && LongestUnused() is { } oldest) Remove(oldest);
            _residents.Add(key, resident = new Resident(key, name, bytes));
        }
        resident.Uses++;
        resident.LastUse = ++_clock;
        return resident;
    }

    private void Release(Resident resident)
    {
        lock (_gate)
        {
            resident.Uses--;
            RemoveIfDone(resident);
            if (resident.Uses > 0 || !resident.Doomed) return;
        }
        NativeHeap.Trim();
    }

    private void UnloadUnused()
    {
        lock (_gate)
        {
            while (LongestUnused() is { } resident) Remove(resident);
        }
        NativeHeap.Trim();
    }

    private Resident? LongestUnused() => _residents.Values.Where(resident => resident.Uses == 0).MinBy(resident => resident.LastUse);

    /// <summary>Drops what nobody uses and either is to go or failed to load.</summary>
    private void RemoveIfDone(Resident resident)
    {
        if (resident.Uses == 0 && (resident.Doomed || resident.Network is null)) Remove(resident);
    }

    private void Remove(Resident resident)
    {
        _residents.Remove(resident.Key);
        resident.Network?.Dispose();
    }

    private sealed class Resident(string key, string name, long bytes)
    {
        public string Key { get; } = key;

        public string Name { get; } = name;

        public long Bytes { get; } = bytes;

        public Lock Loading { get; } = new();

        public IDisposable? Network { get; set; }

        public int Uses { get; set; }

        public long LastUse { get; set; }

        public bool Doomed { get; set; }
    }
}
