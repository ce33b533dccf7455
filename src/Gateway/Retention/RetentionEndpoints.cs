using Farm.Contracts.Retention;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;

namespace Farm.Gateway.Retention;

/// <summary><c>/farm/api/retention</c>: what is kept how long, what the next run would remove, and a run now. For operators.</summary>
internal sealed class RetentionEndpoints(IGrainFactory grains, IdentityResolver identities) : IResource
{
    public bool IsUnderApi => false;

    private IRetentionGrain Retention => grains.GetGrain<IRetentionGrain>(IRetentionGrain.Key);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/farm/api/retention", StatusAsync);
        routes.MapSend("/farm/api/retention/run", RunAsync);
    }

    private async Task<IResult> StatusAsync(HttpContext context)
    {
        identities.Operator(context);
        var status = await Retention.StatusAsync();
        return Answers.Json(writer => RetentionWriter.Write(writer, status));
    }

    private async Task<IResult> RunAsync(HttpContext context)
    {
        identities.Operator(context);
        return await Retention.RunAsync() ? Answers.Json(RetentionWriter.WriteStarted, StatusCodes.Status202Accepted) : Answers.Error("A run is under way", StatusCodes.Status409Conflict);
    }
}
