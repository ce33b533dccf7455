using System.Text.Json;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;

namespace Farm.Gateway.Interrupts;

/// <summary><c>/interrupt</c>: stops one running prompt, or all of the tenant.</summary>
internal sealed class InterruptEndpoints(IGrainFactory grains, JsonBody body, IdentityResolver identities) : IResource
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapSend("/interrupt", InterruptAsync);

    private async Task<IResult> InterruptAsync(HttpContext context)
    {
        var tenant = identities.Of(context).Tenant;
        var given = await body.ReadIfAnyAsync(context.Request);
        if (given is { ValueKind: not JsonValueKind.Object })
            throw RequestRefusedException.Field("body", "must be a JSON object");
        var id = given?.Member("prompt_id");
        var runs = id is { } named && named.IsTruthy() ? await FindAsync(tenant, named) : await RunningAsync(tenant);
        await Task.WhenAll(runs.Select(run => grains.GetGrain<IPromptGrain>(run).InterruptAsync()));
        return Answers.Empty();
    }

    private async Task<IEnumerable<Guid>> FindAsync(string tenant, JsonElement id)
    {
        if (id.ValueKind is not JsonValueKind.String)
            return [];
        var runs = await grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key).FindAsync(tenant, id.GetString()!);
        return runs.Where(run => run.Running).Select(run => run.RunId);
    }

    private async Task<IEnumerable<Guid>> RunningAsync(string tenant) =>
        await grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key).RunningAsync(tenant);
}
