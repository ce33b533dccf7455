using System.Collections.Immutable;
using System.Threading.Channels;
using Farm.Contracts.Prompts;
using Farm.Nodes;
using Farm.Worker.Execution.Events;

namespace Farm.Worker;

/// <summary>
/// Sends the events of a run to its prompt: at once while no report is under way, else together with the next; and an empty report
/// now and then, because the answers carry orders. Of previews that wait only a node's latest is sent.
/// </summary>
/// <param name="prompt">The prompt.</param>
/// <param name="attempt">Which run of it.</param>
/// <param name="options">Times and the limit of what nodes show.</param>
/// <param name="clock">The one clock.</param>
/// <param name="logger">For warnings.</param>
internal sealed class RunReporter(IPromptGrain prompt, int attempt, WorkerOptions options, TimeProvider clock, ILogger logger) : IRunSink
{
    /// <summary>Bytes of a report of several events; what is larger goes alone.</summary>
    private const long LargeReport = 4 << 20;

    private readonly Channel<RunEvent[]> _events = Channel.CreateUnbounded<RunEvent[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _finish = new();
    private readonly List<RunEvent> _unsent = [];
    private int _order = (int)RunOrder.Continue;
    private long _shown;

    /// <summary>Fires when the run is to stop, for whatever reason.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>The last order.</summary>
    public RunOrder Order => (RunOrder)Volatile.Read(ref _order);

    /// <inheritdoc />
    /// <exception cref="NodeFailedException">A node shows more than a message can carry.</exception>
    public void Emit(params ReadOnlySpan<RunEvent> together)
    {
        foreach (var happened in together)
        {
            Admit(happened);
            Track.Take(happened);
        }
        _events.Writer.TryWrite(together.ToArray());
    }

    /// <summary>Where the run stands.</summary>
    public RunTrack Track { get; } = new(prompt.GetPrimaryKey(), clock);

    /// <summary>Stops the run, as the farm or the worker itself orders.</summary>
    public void Stop(RunOrder order)
    {
        if (order == RunOrder.Continue || Order == RunOrder.Abandon)
            return;
        Volatile.Write(ref _order, (int)order);
        _stop.Cancel();
    }

    /// <summary>Whether the worker stops the run because it goes itself: the prompt is to run elsewhere.</summary>
    public bool IsGivenBack { get; private set; }

    /// <summary>Stops the run because the worker goes.</summary>
    public void GiveBack()
    {
        IsGivenBack = true;
        _stop.Cancel();
    }

    /// <summary>Reports until <see cref="FinishAsync"/>.</summary>
    public async Task RunAsync()
    {
        var pending = new List<RunEvent>();
        while (await WaitAsync(pending.Count))
        {
            Drain(pending);
            var report = pending[..LengthOfReport(pending)];
            if (await TryReportAsync(report))
                pending.RemoveRange(0, report.Count);
        }
        _unsent.AddRange(pending);
    }

    /// <summary>Ends reporting once the report under way has been answered; gives what was not sent, and the closing event.</summary>
    public async Task<ImmutableArray<RunEvent>> FinishAsync(Task running, RunEvent closing)
    {
        await _finish.CancelAsync();
        await running;
        Drain(_unsent);
        return [.. _unsent, closing];
    }

    // The result carries the UI outputs of all nodes once more: they are limited together.
    private void Admit(RunEvent happened)
    {
        var (size, most) = (EventSize.Of(happened), options.Limits.MaxUiBytes);
        if (size > most || (happened is NodeExecuted && Interlocked.Add(ref _shown, size) > most))
        {
            throw NodeFailedException.RuntimeError(
                $"The node shows {size} bytes, with which the prompt would show more than {most} ({WorkerOptions.Section}:{nameof(options.Limits)}:{nameof(options.Limits.MaxUiBytes)}).");
        }
    }

    // False at the end. What a failed report left is tried again at once: the pause was behind the failure.
    private async Task<bool> WaitAsync(int leftOver)
    {
        if (_finish.IsCancellationRequested || leftOver > 0)
            return !_finish.IsCancellationRequested;
        using var pause = new CancellationTokenSource(options.ReportInterval, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, _finish.Token);
        try
        {
            await _events.Reader.WaitToReadAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return !_finish.IsCancellationRequested;
        }
    }

    private void Drain(List<RunEvent> pending)
    {
        while (_events.Reader.TryRead(out var together))
        {
            foreach (var happened in together)
            {
                if (happened is ImagePreview { IsResult: false } preview)
                    pending.RemoveAll(e => e is ImagePreview { IsResult: false } older && older.Node.NodeId == preview.Node.NodeId);
                pending.Add(happened);
            }
        }
    }

    private static int LengthOfReport(List<RunEvent> pending)
    {
        var (count, size) = (0, 0L);
        while (count < pending.Count && (size += EventSize.Of(pending[count])) <= LargeReport)
            count++;
        return Math.Min(Math.Max(count, 1), pending.Count);
    }

    private async Task<bool> TryReportAsync(List<RunEvent> report)
    {
        try
        {
            Stop(await prompt.ReportAsync(attempt, report.ToImmutableArray()));
            return true;
        }
        catch (Exception failure)
        {
            logger.ReportFailed(failure, prompt.GetPrimaryKey(), attempt);
            await Task.Delay(options.RetryDelay, clock, _finish.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return false;
        }
    }
}
