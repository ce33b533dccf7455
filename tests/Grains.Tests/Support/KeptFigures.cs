using Farm.Grains.Scheduling;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Farm.Grains.Tests.Support;

/// <summary>A store of measured memory that can be away.</summary>
internal sealed class KeptFigures : IMemoryStore
{
    public Dictionary<string, MemoryFigure> Figures { get; } = [];

    public bool IsAway { get; set; }

    public int Saves { get; private set; }

    public static MemoryNeeds Needs(TimeProvider clock, KeptFigures? store = null, SchedulingOptions? options = null) =>
        new(store ?? new KeptFigures(), Options.Create(options ?? new SchedulingOptions()), clock, NullLogger<MemoryNeeds>.Instance);

    public Task<IReadOnlyList<MemoryFigure>> LoadAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<MemoryFigure>>([.. Figures.Values]);

    public Task SaveAsync(IReadOnlyCollection<MemoryFigure> changed, IReadOnlyCollection<string> removed)
    {
        if (IsAway) throw new IOException("away");
        Saves++;
        foreach (var name in removed) Figures.Remove(name);
        foreach (var figure in changed) Figures[figure.Name] = figure;
        return Task.CompletedTask;
    }
}
