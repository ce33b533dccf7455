namespace Farm.Grains.Scheduling;

/// <summary>Where <see cref="MemoryNeeds"/> lasts.</summary>
internal interface IMemoryStore
{
    /// <summary>All figures.</summary>
    Task<IReadOnlyList<MemoryFigure>> LoadAsync(CancellationToken cancellation);

    /// <summary>Stores figures that are new or have changed and removes others, in one commit.</summary>
    Task SaveAsync(IReadOnlyCollection<MemoryFigure> changed, IReadOnlyCollection<string> removed);
}

/// <summary>A measured figure.</summary>
/// <param name="Name">What it is of, as <see cref="MemoryNeeds"/> writes it.</param>
/// <param name="Bytes">Bytes of device memory.</param>
/// <param name="SeenAt">When it was measured last, in milliseconds since 1970.</param>
internal sealed record MemoryFigure(string Name, long Bytes, long SeenAt);
