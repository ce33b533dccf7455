using System.Text;
using System.Text.Json;
using Farm.Contracts.Catalog;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Gateway.Prompts;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Operations;

/// <summary>What operators see and do: <c>/farm/api/workers</c>, the retry of a prompt, and the page at <c>/farm</c>.</summary>
internal sealed class OperationsEndpoints(
    IGrainFactory grains, PromptSubmitter submitter, IdentityResolver identities, IOptions<GatewayOptions> options) : IResource
{
    private const string Page = "operations.html";

    public bool IsUnderApi => false;

    private ISchedulerGrain Scheduler => grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/farm", PageAsync);
        routes.MapRead("/farm/api/workers", WorkersAsync);
        routes.MapSend("/farm/api/workers/{id}/bring-back", BringBackAsync);
        routes.MapSend("/farm/api/prompts/{id}/retry", RetryAsync);
    }

    private static Task<IResult> PageAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Task.FromResult<IResult>(TypedResults.Stream(typeof(OperationsEndpoints).Assembly.GetManifestResourceStream(Page)!, "text/html; charset=utf-8"));
    }

    private async Task<IResult> WorkersAsync(HttpContext context)
    {
        identities.Operator(context);
        var living = grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key).WorkersAsync();
        var setAside = await Scheduler.SetAsideAsync();
        var workers = await living;
        return Answers.Json(writer => WorkerWriter.Write(writer, workers, setAside));
    }

    private async Task<IResult> BringBackAsync(HttpContext context)
    {
        identities.Operator(context);
        return await Scheduler.BringBackAsync(context.PathValue("id")) ? BroughtBack() : Answers.Error("The worker is not set aside", StatusCodes.Status409Conflict);
    }

    private static IResult BroughtBack() => Answers.Json(static writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("brought_back", value: true);
        writer.WriteEndObject();
    });

    /// <summary>Submits an ended prompt once more, as a new one, through all rules.</summary>
    private async Task<IResult> RetryAsync(HttpContext context)
    {
        var identity = identities.Of(context);
        var id = QueryValues.NoNul("id", context.PathValue("id"));
        if (await grains.GetGrain<IHistoryGrain>(identity.Tenant).GetAsync(id) is not { Submission: var submission })
            return Answers.Error("Prompt not found in history", StatusCodes.Status404NotFound);
        var targets = JsonSerializer.Serialize(submission.Targets);
        var body = $$"""{"prompt":{{submission.Prompt}},"extra_data":{{submission.ExtraData}},"partial_execution_targets":{{targets}}}""";
        var request = PromptRequest.Read(JsonText.Parse(Encoding.UTF8.GetBytes(body), options.Value.MaxJsonDepth), options.Value.MaxIdLength);
        var answer = await submitter.SubmitAsync(request, identity, context.RequestAborted);
        return answer.Receipt is null ? PromptEndpoints.Refused(answer) : PromptEndpoints.Queued(answer);
    }
}
