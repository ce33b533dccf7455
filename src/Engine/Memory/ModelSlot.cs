namespace Farm.Engine.Memory;

/// <summary>A network that can be loaded. Slots of equal key share one loaded network; an unused slot costs nothing and needs no disposal.</summary>
/// <param name="Memory">What loads and keeps it.</param>
/// <param name="Key">Identifies file, part and compute type within this process.</param>
/// <param name="Name">For reports.</param>
/// <param name="Bytes">Size of its weights in the compute type.</param>
/// <param name="Load">Loads it with room for so many bytes of its weights (<see cref="long.MaxValue"/> for all); called at most once at a time.</param>
internal sealed record ModelSlot<T>(ModelMemory Memory, string Key, string Name, long Bytes, Func<long, T> Load) where T : class, IDisposable
{
    /// <summary>The network, loaded if it is not, and kept until the lease is disposed.</summary>
    public Lease<T> Use() => Memory.Use(this);

    /// <summary>Runs work with the network, unloading others if memory runs out.</summary>
    public TResult Run<TResult>(Func<T, TResult> work)
    {
        using var lease = Use();
        return Memory.Run(() => work(lease.Network));
    }
}

/// <summary>The right to use a loaded network until disposed.</summary>
internal sealed class Lease<T>(T network, Action release) : IDisposable
{
    private Action? _release = release;

    public T Network { get; } = network;

    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
