using Farm.Contracts.Security;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Gateway.Security.Audit;

namespace Farm.Gateway.Security.Keys;

/// <summary><c>/farm/api/keys</c>: operators make and revoke keys; <c>/farm/api/session</c> tells a caller who he is.</summary>
internal sealed class KeyEndpoints(IGrainFactory grains, KeyDirectory known, JsonBody body, IdentityResolver identities, SecurityMode mode, TimeProvider clock) : IResource
{
    private const int MostKeys = 1000;

    public bool IsUnderApi => false;

    private IKeysGrain Keys => grains.GetGrain<IKeysGrain>(IKeysGrain.Key);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/farm/api/session", context => Task.FromResult(Session(context)));
        routes.MapRead("/farm/api/keys", ListAsync);
        routes.MapSend("/farm/api/keys", AddAsync);
        routes.MapRemove("/farm/api/keys/{id}", RevokeAsync);
    }

    private IResult Session(HttpContext context)
    {
        var (caller, tenant) = (Caller.Of(context.User), identities.Of(context).Tenant);
        const AccessScopes all = AccessScopes.Read | AccessScopes.Submit | AccessScopes.Operate;
        return Answers.Json(writer => KeyJson.WriteSession(writer, mode.IsClosed, caller ?? new Caller("open", tenant, all), identities.IsOperator(context)));
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        identities.Operator(context);
        var query = context.Request.Query;
        var (offset, limit) = (query.Number("offset", 0, 0, int.MaxValue - MostKeys), query.Number("limit", 100, 1, MostKeys));
        var page = await Keys.ListAsync(offset, limit);
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("keys");
            foreach (var key in page.Keys)
                KeyJson.Write(writer, key);
            writer.WriteEndArray();
            Pages.Write(writer, offset, limit, page.Total);
            writer.WriteEndObject();
        });
    }

    private async Task<IResult> AddAsync(HttpContext context)
    {
        identities.Operator(context);
        var now = clock.GetUtcNow();
        var wish = KeyJson.Read(await body.ReadAsync(context.Request), now);
        var (id, text) = KeySecret.Create();
        var key = new ApiKey
        {
            Id = id, Hash = KeySecret.Hash(text), Tenant = wish.Tenant, Name = wish.Name, Scopes = wish.Scopes, ExpiresAt = wish.ExpiresAt, CreatedAt = now,
            CreatedBy = Caller.Of(context.User)?.Actor ?? "open",
        };
        if (!await Keys.AddAsync(key))
            throw new RequestRefusedException("too_many_keys", "There are as many keys as there may be", "Farm:Keys:MaxCount", StatusCodes.Status409Conflict);
        OperatorAudit.Target(context, $"key {id} of {key.Tenant} for {KeyJson.Names(key.Scopes)}");
        context.Response.Headers.CacheControl = "no-store";
        return Answers.Json(writer => KeyJson.Write(writer, key, text), StatusCodes.Status201Created);
    }

    private async Task<IResult> RevokeAsync(HttpContext context)
    {
        identities.Operator(context);
        var id = QueryValues.NoNul("id", context.PathValue("id"));
        if (!await Keys.RevokeAsync(id))
            return Answers.Error("Key not found", StatusCodes.Status404NotFound);
        known.Forget(id);
        return Answers.Empty(StatusCodes.Status204NoContent);
    }
}
