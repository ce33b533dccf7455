using Farm.Contracts.Scheduling;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Prompts;

/// <summary><c>/prompt</c>: how many wait, and the way in.</summary>
internal sealed class PromptEndpoints(
    IGrainFactory grains, PromptSubmitter submitter, JsonBody body, IdentityResolver identities, IOptions<GatewayOptions> options) : IResource
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/prompt", InfoAsync);
        routes.MapSend("/prompt", SubmitAsync);
    }

    private async Task<IResult> InfoAsync(HttpContext context)
    {
        var count = await grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key).CountAsync(identities.Of(context).Tenant);
        return Answers.Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("exec_info");
            writer.WriteNumber("queue_remaining", count);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    private async Task<IResult> SubmitAsync(HttpContext context)
    {
        var request = PromptRequest.Read(await body.ReadAsync(context.Request), options.Value.MaxIdLength);
        if (options.Value.StrictPromptIds && request.PromptId is { } id && !SubmissionKey.IsCanonical(id))
            throw new RequestRefusedException("invalid_prompt_id", "Invalid prompt_id", "prompt_id must be a UUID in its canonical form");
        var answer = await submitter.SubmitAsync(request, identities.Of(context), context.RequestAborted);
        return answer.Receipt is null ? Refused(answer) : Queued(answer);
    }

    /// <summary>The answer to a prompt that is queued.</summary>
    internal static IResult Queued(PromptAnswer answer) => Answers.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("prompt_id", answer.Receipt!.PromptId);
        writer.WritePropertyName("number");
        QueueNumber.Write(writer, answer.Receipt.Number, answer.NumberIsFloat);
        writer.WritePropertyName("node_errors");
        answer.Result.WriteNodeErrors(writer);
        writer.WriteEndObject();
    });

    /// <summary>The answer to a prompt that cannot run.</summary>
    internal static IResult Refused(PromptAnswer answer) => Answers.Json(
        writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("error");
            answer.Result.Refusal!.Write(writer);
            writer.WritePropertyName("node_errors");
            answer.Result.WriteNodeErrors(writer);
            writer.WriteEndObject();
        },
        StatusCodes.Status400BadRequest);
}
