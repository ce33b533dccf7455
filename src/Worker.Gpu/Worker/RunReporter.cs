using System.Collections.Immutable;
using System.Threading.Channels;
using Farm.Contracts.Prompts;
using Farm.Worker.Execution.Events;

namespace Farm.Worker;

/// <summary>
/// Sends the events of a run to its prompt: at once while no report is under way, else together with the next; and an empty report
/// now and then, because the answers carry orders. Of previews that wait only a node's latest is sent.
/// </summary>
internal sealed class RunReporter(IPromptGrain prompt, int attempt, TimeSpan interval, TimeSpan retryDelay, TimeProvider clock, ILogger logger)
    : IRunSink
{
    private readonly Channel<RunEvent[]> _events = Channel.CreateUnbounded<RunEvent[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _finish = new();
    private readonly List<RunEvent> _unsent = [];
    private int _order = (int)RunOrder.Continue;

    /// <summary>Fires when the run is to stop, for whatever reason.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>The last order.</summary>
    public RunOrder Order => (RunOrder)Volatile.Read(ref _order);

    /// <inheritdoc />
    public void Emit(params ReadOnlySpan<RunEvent> together)
    {
        foreach (var happened in together)
            Track.Take(happened);
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
            if (await TryReportAsync(pending))
                pending.Clear();
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

    // False at the end. What a failed report left is tried again at once: the pause was behind the failure.
    private async Task<bool> WaitAsync(int leftOver)
    {
        if (_finish.IsCancellationRequested || leftOver > 0)
            return !_finish.IsCancellationRequested;
        using var pause = new CancellationTokenSource(interval, clock);
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

    private async Task<bool> TryReportAsync(List<RunEvent> pending)
    {
        try
        {
            Stop(await prompt.ReportAsync(attempt, pending.ToImmutableArray()));
            return true;
        }
        catch (Exception failure)
        {
            logger.ReportFailed(failure, prompt.GetPrimaryKey(), attempt);
            await Task.Delay(retryDelay, clock, _finish.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return false;
        }
    }
}
