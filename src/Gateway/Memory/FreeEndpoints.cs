using System.Text.Json;
using Farm.Contracts.Catalog;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Gateway.Workers;

namespace Farm.Gateway.Memory;

/// <summary><c>/free</c>: every living worker unloads models or drops cached results before its next prompt. For operators.</summary>
internal sealed partial class FreeEndpoints(IGrainFactory grains, JsonBody body, IdentityResolver identities, ILogger<FreeEndpoints> logger) : IResource
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapSend("/free", FreeAsync);

    private async Task<IResult> FreeAsync(HttpContext context)
    {
        // What is unloaded is unloaded for every tenant.
        identities.Operator(context);
        var given = await body.ReadAsync(context.Request);
        if (given.ValueKind is not JsonValueKind.Object)
            throw RequestRefusedException.Field("body", "must be a JSON object");
        var unload = given.Member("unload_models") is { } models && models.IsTruthy();
        var drop = given.Member("free_memory") is { } memory && memory.IsTruthy();
        if (unload || drop)
            await Task.WhenAll((await grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key).WorkersAsync()).Select(w => FreeAsync(w.WorkerId, unload, drop)));
        return Answers.Empty();
    }

    private async Task FreeAsync(string worker, bool unload, bool drop)
    {
        try
        {
            await grains.Worker(worker).FreeAsync(unload, drop);
        }
        catch (Exception failure) when (failure is Orleans.Runtime.OrleansException or TimeoutException)
        {
            // A worker that cannot be reached has nothing to free; the others are not held up.
            NotFreed(logger, worker, failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Worker {Worker} could not be told to free memory")]
    private static partial void NotFreed(ILogger logger, string worker, Exception failure);
}
