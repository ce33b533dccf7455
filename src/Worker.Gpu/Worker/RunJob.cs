using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using Farm.Contracts.Prompts;
using Farm.Contracts.Workers;
using Farm.Storage;
using Farm.Worker.Execution;
using Microsoft.Extensions.Options;

namespace Farm.Worker;

/// <summary>Runs attempts: executes the prompt, reports on the way, hands in the result, and sees to its files.</summary>
internal sealed class RunJob(
    IGrainFactory grains, IFarmFiles farm, IEnumerable<INodeChecker> checkers, DeviceFaults device, RecentErrors errors, RunMeter meter,
    WorkerInstruments instruments, IOptions<WorkerOptions> options, TimeProvider clock, ILogger<RunJob> logger)
{
    /// <summary>
    /// Executes an attempt. The result is handed in by the task that <see cref="Ran.HandInAsync"/> starts, so that the caller can ask for
    /// more work meanwhile.
    /// </summary>
    public async Task<Ran> ExecuteAsync(PromptJob job, WorkerLane lane, Action<RunReporter> started)
    {
        var attempt = new RunAttempt(job.RunId, job.Attempt);
        using var span = RunTracing.Start(job, options.Value.Name);
        var own = farm.Of(job.Submission.Tenant);
        if (job.Attempt > 1)
            await own.Runs.DiscardEarlierAsync(attempt);
        var prompt = grains.GetGrain<IPromptGrain>(job.RunId);
        var files = new AttemptFiles(attempt, own);
        var reporter = new RunReporter(prompt, job.Attempt, options.Value, clock, logger);
        started(reporter);
        var reporting = reporter.RunAsync();
        var measure = meter.Begin(job.Submission);
        var end = await ExecuteAsync(job, files, lane, reporter, span);
        var (usage, hashes) = await meter.EndAsync(measure);
        // What comes later finds a whole result, and only the prompt's grain knows whether it counts: a lease that is gone may be one whose
        // result was committed and whose answer was lost.
        var cutShort = reporter.IsGivenBack ? "its worker was stopped" : reporter.Order == RunOrder.Abandon ? "its lease was gone" : null;
        if (cutShort is null)
        {
            instruments.Ended(end.Outcome);
            errors.Take(job.RunId, end.Closing);
        }
        else
        {
            instruments.CutShort();
        }
        span?.SetTag("farm.outcome", cutShort ?? end.Outcome.ToString());
        var events = await reporter.FinishAsync(reporting, end.Closing);
        var result = new RunResult
        {
            Attempt = job.Attempt,
            Outcome = end.Outcome,
            Completed = end.Completed,
            Events = events,
            Outputs = end.Outputs,
            Fault = device.FaultOf(end.Closing),
            Usage = usage,
            ModelHashes = hashes,
        };
        return new Ran(prompt, attempt, result, cutShort, files.HasWritten ? own.Runs : null, options.Value.RetryDelay, clock, logger);
    }

    private async Task<RunEnd> ExecuteAsync(PromptJob job, AttemptFiles files, WorkerLane lane, RunReporter reporter, Activity? span)
    {
        try
        {
            if (await FirstFailedCheckAsync(job.Submission.DeferredChecks) is { } failed)
                return Fail(failed.Check.NodeId, failed.Check.ClassType, failed.Result.ExceptionType ?? "ValueError", Describe(failed.Result));
            return await lane.ExecuteAsync(Request(job.Submission, files) with { Trace = span?.Context ?? default }, reporter, reporter.Stopped);
        }
        catch (Exception failure)
        {
            logger.RunBroke(failure, job.RunId, job.Attempt);
            var message = failure is JsonException ? $"The prompt cannot be read: {failure.Message}" : failure.Message;
            return Fail("", "", Failures.TypeOf(failure), message);
        }
    }

    private static RunRequest Request(PromptSubmission submission, AttemptFiles files) => new()
    {
        Tenant = submission.Tenant,
        PromptId = submission.PromptId,
        Prompt = submission.Prompt,
        ExtraData = submission.ExtraData,
        Secrets = submission.Secrets,
        HasClient = submission.ClientId is not null,
        Targets = submission.Targets,
        Files = files,
    };

    private async Task<(NodeCheck Check, NodeCheckResult Result)?> FirstFailedCheckAsync(ImmutableArray<NodeCheck> checks)
    {
        foreach (var check in checks)
        {
            foreach (var checker in checkers)
            {
                var result = await checker.CheckAsync(check);
                if (result.Outcome is NodeCheckOutcome.Invalid or NodeCheckOutcome.Failed)
                    return (check, result);
            }
        }
        return null;
    }

    private static string Describe(NodeCheckResult result) =>
        result.Text is { } reason ? $"Custom validation failed for node: {reason}" : "Custom validation failed for node";

    private RunEnd Fail(string nodeId, string classType, string type, string message)
    {
        var failure = new ExecutionFailure
        {
            NodeId = nodeId,
            NodeType = classType,
            Executed = [],
            Message = message + "\n",
            Type = type,
            Traceback = [],
            CurrentInputs = "{}",
            CurrentOutputs = [],
        };
        return new RunEnd(RunOutcome.Error, Completed: false, new ExecutionError(failure, clock.GetUtcNow().ToUnixTimeMilliseconds()), []);
    }
}

/// <summary>An attempt that has run and is to be handed in, or was cut short for a reason and is to be given back.</summary>
internal sealed class Ran(
    IPromptGrain prompt, RunAttempt attempt, RunResult result, string? cutShort, IRunFiles? files, TimeSpan retryDelay, TimeProvider clock, ILogger logger)
{
    /// <summary>
    /// Hands the result in, again and again until the farm has it, or gives the attempt back or up; then keeps or removes its files. Never
    /// throws; ends early only when <paramref name="cancel"/> fires.
    /// </summary>
    public async Task HandInAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await SettleAsync(cancel);
                return;
            }
            catch (Exception failure)
            {
                logger.StepFailed(failure, attempt.RunId, attempt.Attempt, "handing in the result");
                await Task.Delay(retryDelay, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task SettleAsync(CancellationToken cancel)
    {
        if (cutShort is null && await prompt.CompleteAsync(result))
        {
            if (files is not null)
                await files.KeepAsync(attempt, cancel);
            return;
        }
        if (files is not null)
            await files.DiscardAsync(attempt, cancel);
        if (cutShort is null)
        {
            logger.Abandoned(attempt.RunId, attempt.Attempt);
            return;
        }
        // Changes nothing where another attempt has taken its place.
        await prompt.LoseAttemptAsync(attempt.Attempt, cutShort, givenBack: true);
        logger.GivenBack(attempt.RunId, attempt.Attempt, cutShort);
    }
}
