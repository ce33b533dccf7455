using System.Collections.Concurrent;
using System.Text.Json;
using Farm.Contracts.Catalog;
using Farm.Contracts.Workers;
using Farm.Nodes;
using Farm.Worker.Execution;
using Farm.Worker.Execution.Graph;
using Farm.Worker.Execution.Values;
using Microsoft.Extensions.Options;

namespace Farm.Worker.Packs;

/// <summary>
/// Runs validators of node classes, each on a thread of its own and within a time limit. A class whose validator does not end is refused
/// until it does, so that it takes one thread at the most.
/// </summary>
internal sealed class NodeChecker(
    NodeTable table, IServiceProvider services, IOptions<PackOptions> options, TimeProvider time, ILogger<NodeChecker> logger) : INodeChecker, IDisposable
{
    private readonly TimeSpan _limit = options.Value.ValidateTimeout;
    private readonly SemaphoreSlim _places = new(options.Value.MaxParallelChecks);
    private readonly ConcurrentDictionary<string, Task> _stuck = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public async Task<NodeCheckResult> CheckAsync(NodeCheck check)
    {
        if (table.Find(check.ClassType) is not { } plan)
            return new NodeCheckResult { Outcome = NodeCheckOutcome.UnknownClass };
        if (plan.Type.Definition.ValidatedInputs is null)
            return new NodeCheckResult { Outcome = NodeCheckOutcome.Valid };
        if (_stuck.TryGetValue(check.ClassType, out var stuck) && !stuck.IsCompleted)
            return TimedOut($"An earlier check by the validator of {check.ClassType} has not ended yet; it has no more than {_limit.TotalSeconds:0.###} seconds.");
        using var patience = new CancellationTokenSource(_limit, time);
        try
        {
            await _places.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            return TimedOut($"The worker is busy with other checks; this one of {check.ClassType} could not start.");
        }
        return await RunAsync(check, plan);
    }

    /// <inheritdoc />
    public void Dispose() => _places.Dispose();

    private async Task<NodeCheckResult> RunAsync(NodeCheck check, NodePlan plan)
    {
        var verdict = PackCall.WithLimit(cancel => JudgeAsync(check, plan, cancel), _limit, time, out var running);
        _ = running.ContinueWith(_ => _places.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            var (isValid, reason) = await verdict;
            return new NodeCheckResult { Outcome = isValid ? NodeCheckOutcome.Valid : NodeCheckOutcome.Invalid, Text = reason };
        }
        catch (TimeoutException) when (!running.IsCompleted)
        {
            _stuck[check.ClassType] = running;
            logger.ValidatorStuck(check.ClassType, _limit);
            return TimedOut($"The validator of {check.ClassType} did not end within {_limit.TotalSeconds:0.###} seconds.");
        }
        catch (TimeoutException)
        {
            return TimedOut($"The validator of {check.ClassType} did not end within {_limit.TotalSeconds:0.###} seconds.");
        }
        catch (Exception failure)
        {
            logger.ValidatorFailed(failure, check.ClassType);
            return new NodeCheckResult { Outcome = NodeCheckOutcome.Failed, Text = failure.Message, ExceptionType = Failures.TypeOf(failure) };
        }
    }

    private async ValueTask<(bool IsValid, string? Reason)> JudgeAsync(NodeCheck check, NodePlan plan, CancellationToken cancel)
    {
        var (names, values) = Arguments(check, plan);
        var callee = $"{check.ClassType}.{(plan.Style is NodeStyle.V1 ? "VALIDATE_INPUTS" : "validate_inputs")}()";
        var call = new NodeCall(new CheckContext(check.NodeId, services, cancel), names, values, callee);
        var verdict = await ((IValidatedNode)plan.Type.Create()).ValidateAsync(call, cancel);
        return (verdict.IsValid, verdict.Reason);
    }

    // The prompt's inputs, then hidden ones, then the types of links: the order in which errors name them.
    private static (List<string> Names, List<object?> Values) Arguments(NodeCheck check, NodePlan plan)
    {
        var taken = plan.Type.Definition.ValidatedInputs!.Value;
        using var json = JsonDocument.Parse(check.Arguments);
        var arguments = JsonValues.ReadObject(json.RootElement);
        if (plan.Style is NodeStyle.V1)
        {
            foreach (var hidden in plan.Type.Definition.Hidden.Where(hidden => hidden.IsSupplied && (taken.Contains(hidden.Name) || taken.Contains(All))))
                arguments[hidden.Name] = Hidden(hidden.Kind, check.NodeId);
        }
        List<string> names = [.. arguments.Keys];
        List<object?> values = [.. arguments.Values.Select(value => plan.TakesLists ? new[] { value } : value)];
        if (taken.Contains(LinkTypesName))
        {
            names.Add(LinkTypesName);
            values.Add(new LinkTypes([.. check.Links.Select(ReadLink)]));
        }
        return (names, values);
    }

    private static LinkType ReadLink(LinkedInput link)
    {
        using var type = JsonDocument.Parse(link.Type);
        return new LinkType(link.Name, JsonValues.Read(type.RootElement) ?? "", link.SourceClass);
    }

    private static object? Hidden(string kind, string nodeId) => kind switch
    {
        "UNIQUE_ID" => nodeId,
        "PROMPT" => new Dictionary<string, object?>(),
        _ => null,
    };

    private static NodeCheckResult TimedOut(string text) => new() { Outcome = NodeCheckOutcome.Failed, Text = text, ExceptionType = "TimeoutError" };

    private const string LinkTypesName = "input_types";

    /// <summary>Stands among the inputs that a validator takes for all of them.</summary>
    private const string All = "*";
}
