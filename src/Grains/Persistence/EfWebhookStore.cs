using Farm.Grains.Persistence.Rows;
using Farm.Grains.Prompts;
using Farm.Grains.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Farm.Grains.Persistence;

/// <summary>Messages in the database. The number of tries fences: who raises it sends.</summary>
internal sealed class EfWebhookStore(IDbContextFactory<FarmDb> contexts, GroupCommit commits) : IWebhookStore
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<WebhookMessage>> DueAsync(DateTimeOffset now, int most)
    {
        var time = now.ToUnixTimeMilliseconds();
        await using var db = await contexts.CreateDbContextAsync();
        var rows = await db.Webhooks.AsNoTracking().Where(w => w.NextAt != null && w.NextAt <= time).OrderBy(w => w.NextAt).Take(most).ToListAsync();
        return rows.ConvertAll(ToMessage);
    }

    /// <inheritdoc/>
    public async Task<bool> TakeAsync(WebhookMessage message, DateTimeOffset until)
    {
        try
        {
            await commits.WriteAsync(db =>
            {
                var entry = db.Webhooks.Attach(new WebhookRow { Id = message.Id, Tries = message.Tries });
                entry.Entity.Tries = message.Tries + 1;
                entry.Entity.NextAt = until.ToUnixTimeMilliseconds();
                entry.Property(w => w.NextAt).IsModified = true;
            });
            return true;
        }
        catch (StaleWriteException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public Task EndTryAsync(WebhookMessage message, DateTimeOffset now, string? error, DateTimeOffset? again)
    {
        var (next, delivered) = (again?.ToUnixTimeMilliseconds(), error is null ? now.ToUnixTimeMilliseconds() : (long?)null);
        // Another silo that took it meanwhile has raised the tries: its end counts.
        return commits.WriteAsync(db => db.Webhooks.Where(w => w.Id == message.Id && w.Tries == message.Tries).ExecuteUpdateAsync(
            w => w.SetProperty(x => x.NextAt, next).SetProperty(x => x.DeliveredAt, delivered).SetProperty(x => x.Error, error)));
    }

    /// <inheritdoc/>
    public async Task<(string? Error, bool Delivered)?> FindAsync(Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Webhooks.AsNoTracking().FirstOrDefaultAsync(w => w.Id == id) is { } row ? (row.Error, row.DeliveredAt is not null) : null;
    }

    /// <summary>The row of a new message, due at once.</summary>
    public static WebhookRow ToRow(WebhookMessage message) => new()
    {
        Id = message.Id,
        Tenant = message.Tenant,
        Url = message.Url,
        Event = message.Event,
        Body = message.Body,
        CreatedAt = message.CreatedAt.ToUnixTimeMilliseconds(),
        NextAt = message.CreatedAt.ToUnixTimeMilliseconds(),
    };

    private static WebhookMessage ToMessage(WebhookRow row) => new()
    {
        Id = row.Id,
        Tenant = row.Tenant,
        Url = row.Url,
        Event = row.Event,
        Body = row.Body,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt),
        Tries = row.Tries,
    };
}
