using System.Text;
using System.Text.Json;
using Farm.Contracts.Batches;
using Farm.Gateway.Catalog;
using Farm.Gateway.Http;
using Farm.Gateway.Identity;
using Farm.Gateway.Prompts;
using Farm.Storage;
using Microsoft.Extensions.Options;

namespace Farm.Gateway.Batches;

/// <summary>Takes a posted batch to its grain: the first index goes through all rules of a prompt, the values of the others through those for inputs.</summary>
internal sealed class BatchSubmitter(
    IGrainFactory grains, PromptSubmitter prompts, ValueChecks checks, IFarmFiles files, IOptions<BatchLimitOptions> limits, IOptions<GatewayOptions> options)
{
    /// <summary>Validates and hands over; the answer says how the batch stands, or why its first index is refused.</summary>
    public async Task<BatchReceipt> SubmitAsync(JsonElement body, RequestIdentity identity, CancellationToken cancel)
    {
        using var span = SubmitTracing.Start(identity.Tenant);
        if ((body.Member("workflow") ?? body.Member("prompt")) is not { } workflow)
            throw RequestRefusedException.Field("workflow", "must be a graph in API format");
        if (workflow.GetRawText().Length > limits.Value.MaxBytes)
            throw RequestRefusedException.Field("workflow", $"must not be longer than {limits.Value.MaxBytes} bytes");
        var graph = PromptGraph.Read(workflow, options.Value.MaxNodes);
        var plan = BatchReader.Plan(body, new ParameterReader(graph, limits.Value).Read(body.Member("parameters")), limits.Value);
        foreach (var axis in plan.Axes)
            SetFirst(graph, axis);
        var request = PromptRequest.Read(body, options.Value.MaxIdLength) with
        {
            Prompt = JsonText.Parse(Encoding.UTF8.GetBytes(graph.ToJson()), options.Value.MaxJsonDepth), ClientId = null, Secrets = null,
        };
        var prepared = await prompts.PrepareAsync(request, identity, cancel);
        if (prepared.Submission is not { } template)
            return new BatchReceipt(null, prepared);
        // One after the other: each puts its values into the one graph.
        var combos = new FileCombos(files.Of(identity.Tenant));
        var axes = new List<BatchAxis>(plan.Axes.Length);
        foreach (var axis in plan.Axes)
            axes.Add(await checks.CheckAsync(axis, prepared.Graph!, prepared.View!, combos, cancel));
        plan = plan with { Axes = [.. axes] };
        var byCode = ValueChecks.ByCode(plan, prepared.Graph!, prepared.View!);
        var own = byCode.Select(check => check.NodeId).ToHashSet(StringComparer.Ordinal);
        var submission = BatchReader.Complete(
            new BatchSubmission
            {
                Template = template with
                {
                    DeferredChecks = [.. template.DeferredChecks.Where(check => !own.Contains(check.NodeId))], TraceParent = span.TraceParent(),
                },
                Plan = plan,
                Checks = byCode,
                Concurrency = 1,
            },
            body,
            limits.Value);
        await CheckPredecessorsAsync(submission, identity.Tenant);
        return new BatchReceipt(await grains.GetGrain<IBatchGrain>(Guid.NewGuid()).SubmitAsync(submission), prepared);
    }

    private async Task CheckPredecessorsAsync(BatchSubmission submission, string tenant)
    {
        for (var i = 0; i < submission.After.Length; i++)
        {
            if (await grains.GetGrain<IBatchGrain>(submission.After[i]).GetAsync(tenant) is null)
                throw RequestRefusedException.Field($"after[{i}]", "there is no such batch");
        }
    }

    private static void SetFirst(PromptGraph graph, BatchAxis axis)
    {
        var row = JsonDocument.Parse(axis.Rows[0]).RootElement;
        for (var i = 0; i < axis.Targets.Length; i++)
            graph.Find(axis.Targets[i].NodeId)!.Inputs![axis.Targets[i].Input] = row[i];
    }
}

/// <summary>What the poster of a batch is told.</summary>
/// <param name="Info">How the batch stands; null for a refused one.</param>
/// <param name="First">What the rules said of its first index.</param>
internal sealed record BatchReceipt(BatchInfo? Info, PreparedPrompt First);
