using Farm.Contracts.Batches;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Gateway.Prompts;

namespace Farm.Gateway.Batches;

/// <summary><c>/farm/api/batches</c>: a graph with parameters as one order of many prompts.</summary>
internal sealed class BatchEndpoints(IGrainFactory grains, BatchSubmitter submitter, JsonBody body, IdentityResolver identities) : IResource
{
    private const int MostRows = 1000;

    public bool IsUnderApi => false;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapSend("/farm/api/batches", SubmitAsync);
        routes.MapRead("/farm/api/batches", ListAsync);
        routes.MapRead("/farm/api/batches/{id}", OneAsync);
        routes.MapRead("/farm/api/batches/{id}/items", ItemsAsync);
        routes.MapSend("/farm/api/batches/{id}/pause", PauseAsync);
        routes.MapSend("/farm/api/batches/{id}/resume", ResumeAsync);
        routes.MapSend("/farm/api/batches/{id}/retry", RetryAsync);
        routes.MapSend("/farm/api/batches/{id}/cancel", CancelAsync);
    }

    private async Task<IResult> SubmitAsync(HttpContext context)
    {
        var given = await body.ReadAsync(context.Request);
        if (given.ValueKind is not System.Text.Json.JsonValueKind.Object)
            throw RequestRefusedException.Field("body", "must be a JSON object");
        var receipt = await submitter.SubmitAsync(given, identities.Of(context), context.RequestAborted);
        return receipt.Info is { } info
            ? Answers.Json(writer => BatchWriter.WriteBatch(writer, info), StatusCodes.Status201Created)
            : PromptEndpoints.Refused(new PromptAnswer(null, receipt.First.Result, NumberIsFloat: false));
    }

    private async Task<IResult> ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var (offset, limit) = (query.Number("offset", 0, 0, int.MaxValue - MostRows), query.Number("limit", 100, 1, MostRows));
        var page = await grains.GetGrain<IBatchesGrain>(identities.Of(context).Tenant).ListAsync(offset, limit);
        return Answers.Json(writer => BatchWriter.WritePage(writer, page, offset, limit));
    }

    private async Task<IResult> OneAsync(HttpContext context) =>
        Id(context) is { } id && await grains.GetGrain<IBatchGrain>(id).GetAsync(identities.Of(context).Tenant) is { } info
            ? Answers.Json(writer => BatchWriter.WriteBatch(writer, info))
            : NotFound();

    private async Task<IResult> ItemsAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var (offset, limit) = (query.Number("offset", 0, 0, int.MaxValue - MostRows), query.Number("limit", 100, 1, MostRows));
        var status = query.Text("status") is { } name ? BatchWriter.StatusOf(name) : (BatchItemStatus?)null;
        return Id(context) is { } id && await grains.GetGrain<IBatchesGrain>(identities.Of(context).Tenant).ItemsAsync(id, status, offset, limit) is { } page
            ? Answers.Json(writer => BatchWriter.WriteItems(writer, page, offset, limit))
            : NotFound();
    }

    private Task<IResult> PauseAsync(HttpContext context) => ChangeAsync(context, (batch, tenant) => batch.PauseAsync(tenant));

    private Task<IResult> ResumeAsync(HttpContext context) => ChangeAsync(context, (batch, tenant) => batch.ResumeAsync(tenant));

    private Task<IResult> RetryAsync(HttpContext context) => ChangeAsync(context, (batch, tenant) => batch.RetryFailedAsync(tenant));

    private Task<IResult> CancelAsync(HttpContext context) => ChangeAsync(context, (batch, tenant) => batch.CancelAsync(tenant));

    private async Task<IResult> ChangeAsync(HttpContext context, Func<IBatchGrain, string, Task<BatchAnswer?>> change)
    {
        if (Id(context) is not { } id || await change(grains.GetGrain<IBatchGrain>(id), identities.Of(context).Tenant) is not { } answer)
            return NotFound();
        return answer.Refusal is { } refusal
            ? Answers.Error(refusal, StatusCodes.Status409Conflict)
            : Answers.Json(writer => BatchWriter.WriteBatch(writer, answer.Info));
    }

    private static Guid? Id(HttpContext context) => Guid.TryParse(context.PathValue("id"), out var id) ? id : null;

    private static IResult NotFound() => Answers.Error("Batch not found", StatusCodes.Status404NotFound);
}
