using Farm.Contracts.Ledger;
using Farm.Gateway.Http;

namespace Farm.Gateway.Ledger;

/// <summary><c>/farm/api/ledger</c> and <c>/farm/api/prompts/{id}</c>: what became of prompts, for operators, kept when history is cleared.</summary>
internal sealed class LedgerEndpoints(IGrainFactory grains) : IResource
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
        var page = await Ledger.ListAsync(query);
        return Answers.Json(writer => LedgerWriter.WritePage(writer, page, query));
    }

    private async Task<IResult> OneAsync(HttpContext context)
    {
        var tenant = context.Request.Query["tenant"] is [{ Length: > 0 } given] ? given : null;
        var entries = await Ledger.FindAsync(QueryValues.NoNul("id", context.PathValue("id")), QueryValues.NoNul("tenant", tenant));
        return entries.IsEmpty
            ? Answers.Error("Prompt not found", StatusCodes.Status404NotFound)
            : Answers.Json(writer => LedgerWriter.WritePrompt(writer, entries));
    }
}
