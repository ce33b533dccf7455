using System.Text;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Gateway.Catalog;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Gateway.Replacements;
using Farm.Gateway.Validation;
using Farm.Storage;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Prompts;

/// <summary>Takes a posted prompt from its envelope to its grain.</summary>
internal sealed partial class PromptSubmitter(
    IGrainFactory grains, CatalogCache catalog, IFarmFiles files, NodeReplacements replacements, PromptValidator validator, PoolAccess pools, TimeProvider time,
    IOptions<GatewayOptions> options, ILogger<PromptSubmitter> logger)
{
    private static readonly PromptError NoPrompt = new("no_prompt", "No prompt provided", "No prompt provided");

    private ISchedulerGrain Scheduler => grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.Key);

    /// <summary>
    /// Validates and queues; the answer says either the id and number, or why not. What was taken before is answered as then, also where it would be
    /// refused now: many wait, or a file has gone.
    /// </summary>
    public async Task<PromptAnswer> SubmitAsync(PromptRequest request, RequestIdentity identity, CancellationToken cancel)
    {
        var key = SubmissionKey.Of(request, identity);
        try
        {
            var answer = await TakeAsync(request, identity, key, cancel);
            return answer.Receipt is null ? await RepeatedAsync(request, key) ?? answer : answer;
        }
        catch (RequestRefusedException)
        {
            if (await RepeatedAsync(request, key) is { } repeated) return repeated;
            throw;
        }
    }

    /// <summary>Validates; the answer has a submission without a number, or says why there is none.</summary>
    public async Task<PreparedPrompt> PrepareAsync(PromptRequest request, RequestIdentity identity, CancellationToken cancel)
    {
        if (request.Prompt is not { } posted)
            return new PreparedPrompt(null, new ValidationResult(NoPrompt, [], [], []), null, null);
        pools.Check(request.Needs.Pool, identity.Tenant);
        var graph = PromptGraph.Read(posted, options.Value.MaxNodes);
        var classes = await catalog.CurrentAsync(cancel);
        replacements.Apply(graph, classes);
        var own = files.Of(identity.Tenant);
        var view = await CatalogView.LoadAsync(classes, new FileCombos(own), graph, cancel);
        var result = await validator.ValidateAsync(graph, view, request.Targets);
        if (result.Refusal is not null)
            return new PreparedPrompt(null, result, graph, view);
        var (names, bytes) = await ModelFiles.InAsync(graph, view, own, cancel);
        var needs = request.Needs with { Files = names, FileBytes = bytes, Shape = WorkflowShape.Of(graph, names) };
        return new PreparedPrompt(Build(request, identity, graph, result, number: 0) with { Needs = needs }, result, graph, view);
    }

    private async Task<PromptAnswer> TakeAsync(PromptRequest request, RequestIdentity identity, SubmissionKey key, CancellationToken cancel)
    {
        using var span = SubmitTracing.Start(identity.Tenant);
        // The counter moves with every post that brings no number, the refused ones included.
        var admission = Scheduler.AdmitAsync(identity.Tenant);
        var number = request.Number ?? await DrawAsync(request, identity);
        if (await admission is { } wait)
            throw OverQuota(wait);
        var prepared = await PrepareAsync(request, identity, cancel);
        if (prepared.Submission is not { } submission)
            return PromptAnswer.Refused(prepared.Result);
        var receipt = await AskAsync(key, prompt => prompt.SubmitAsync(submission with { Number = number, Fingerprint = key.Fingerprint, TraceParent = span.TraceParent() }));
        Accepted(logger, receipt.PromptId);
        return new PromptAnswer(receipt, prepared.Result, request.Number is not null);
    }

    private static RequestRefusedException OverQuota(TimeSpan wait) => new(
        "too_many_pending", "Too many prompts wait", "as many prompts of the tenant wait as its quota allows", StatusCodes.Status429TooManyRequests) { RetryAfter = wait };

    /// <summary>The answer to what was submitted before under the same id; null where nothing was, or the id may repeat.</summary>
    private async Task<PromptAnswer?> RepeatedAsync(PromptRequest request, SubmissionKey key) =>
        key.Fingerprint is { } fingerprint && await AskAsync(key, prompt => prompt.RepeatAsync(fingerprint)) is { } receipt
            ? new PromptAnswer(receipt, ValidationResult.None, request.Number is not null)
            : null;

    private async Task<T> AskAsync<T>(SubmissionKey key, Func<IPromptGrain, Task<T>> ask)
    {
        try
        {
            return await ask(grains.GetGrain<IPromptGrain>(key.RunId));
        }
        catch (PromptConflictException)
        {
            throw new RequestRefusedException(
                "prompt_id_conflict", "The prompt_id was submitted before with another body", "A UUID stands for one submission: repeat it unchanged, or draw another.",
                StatusCodes.Status409Conflict);
        }
    }

    private async Task<double> DrawAsync(PromptRequest request, RequestIdentity identity)
    {
        var drawn = await Scheduler.DrawNumberAsync(identity.Tenant);
        return request.Front ? -drawn : drawn;
    }

    private PromptSubmission Build(PromptRequest request, RequestIdentity identity, PromptGraph graph, ValidationResult result, double number)
    {
        var now = time.GetUtcNow();
        return new PromptSubmission
        {
            Tenant = identity.Tenant,
            User = identity.User,
            PromptId = request.PromptId ?? Guid.NewGuid().ToString(),
            Number = number,
            Prompt = graph.ToJson(),
            ExtraData = WriteExtraData(request, now),
            Secrets = request.Secrets,
            ClientId = request.ClientId,
            Targets = result.Targets,
            ClassTypes = [.. graph.Nodes.Select(n => n.ClassType).Distinct(StringComparer.Ordinal)],
            CreatedAt = now,
            DeferredChecks = result.Deferred,
            WorkflowId = request.WorkflowId,
        };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "got prompt {PromptId}")]
    private static partial void Accepted(ILogger logger, string promptId);

    private static string WriteExtraData(PromptRequest request, DateTimeOffset now) => Encoding.UTF8.GetString(JsonText.Write(writer =>
    {
        writer.WriteStartObject();
        foreach (var (name, value) in request.ExtraData)
        {
            if (name == "create_time")
                continue;
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
        writer.WriteNumber("create_time", now.ToUnixTimeMilliseconds());
        writer.WriteEndObject();
    }).Span);
}

/// <summary>A validated prompt that is not queued yet.</summary>
/// <param name="Submission">The submission, its number still to be drawn; null for a refused one.</param>
/// <param name="Result">What the rules said.</param>
/// <param name="Graph">The graph with its literals coerced; null where none was posted.</param>
/// <param name="View">Classes and files that it was checked against; null where none was posted.</param>
internal sealed record PreparedPrompt(PromptSubmission? Submission, ValidationResult Result, PromptGraph? Graph, CatalogView? View);

/// <summary>What the poster is told.</summary>
/// <param name="Receipt">Id and number of a queued prompt; null for a refused one.</param>
/// <param name="Result">What the rules said.</param>
/// <param name="NumberIsFloat">Whether the client gave the number, which ComfyUI then writes as a float.</param>
internal sealed record PromptAnswer(SubmitReceipt? Receipt, ValidationResult Result, bool NumberIsFloat)
{
    public static PromptAnswer Refused(ValidationResult result) => new(null, result, NumberIsFloat: false);
}
