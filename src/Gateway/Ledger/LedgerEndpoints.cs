using Farm.Contracts.Ledger;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;

namespace Farm.Gateway.Ledger;

/// <summary><c>/farm/api/ledger</c> and <c>/farm/api/prompts/{id}</c>: what became of prompts, kept when history is cleared: of all tenants for operators, else of the own.</summary>
internal sealed class LedgerEndpoints(IGrainFactory grains, IdentityResolver identities) : IResource
{
    public bool IsUnderApi => false;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/farm/api/ledger", ListAsync);
        routes.MapRead("/farm/api/prompts/{id}", OneAsync);
    }

    private ILedgerGrain Ledger => grains.GetGrain<ILedgerGrain>(ILedgerGrain.Key);

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var query = LedgerQueryReader.Read(context.Request.Query);
        query = query with { Tenant = TenantOf(context, query.Tenant) };
        var page = await Ledger.ListAsync(query);
        return Answers.Json(writer => LedgerWriter.WritePage(writer, page, query));
    }

    private async Task<IResult> OneAsync(HttpContext context)
    {
        var tenant = context.Request.Query["tenant"] is [{ Length: > 0 } given] ? given : null;
        var entries = await Ledger.FindAsync(QueryValues.NoNul("id", context.PathValue("id")), TenantOf(context, QueryValues.NoNul("tenant", tenant)));
        return entries.IsEmpty
            ? Answers.Error("Prompt not found", StatusCodes.Status404NotFound)
            : Answers.Json(writer => LedgerWriter.WritePrompt(writer, entries));
    }

    /// <summary>Whose prompts a request may see of those it asks for; null for all. Refuses another tenant's with a 403.</summary>
    private string? TenantOf(HttpContext context, string? asked)
    {
        var own = identities.Of(context).Tenant;
        return identities.IsOperator(context) ? asked : asked is null || asked == own ? own : identities.Operator(context).Tenant;
    }
}
