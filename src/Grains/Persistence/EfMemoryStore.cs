using Farm.Grains.Persistence.Rows;
using Farm.Grains.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>Measured memory in the database.</summary>
internal sealed class EfMemoryStore(IDbContextFactory<FarmDb> contexts, GroupCommit commits) : IMemoryStore
{
    /// <summary>Names in one statement at the most.</summary>
    private const int MaxNames = 500;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MemoryFigure>> LoadAsync(CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        return await db.MemoryFigures.AsNoTracking().Select(m => new MemoryFigure(m.Name, m.Bytes, m.SeenAt)).ToListAsync(cancellation);
    }

    /// <inheritdoc/>
    public Task SaveAsync(IReadOnlyCollection<MemoryFigure> changed, IReadOnlyCollection<string> removed) => commits.WriteAsync(async db =>
    {
        foreach (var names in changed.Select(figure => figure.Name).Concat(removed).Chunk(MaxNames))
            await db.MemoryFigures.Where(m => names.Contains(m.Name)).ExecuteDeleteAsync();
        db.MemoryFigures.AddRange(changed.Select(figure => new MemoryRow { Name = figure.Name, Bytes = figure.Bytes, SeenAt = figure.SeenAt }));
    });
}
