using Farm.Contracts.Workers;

namespace Farm.Worker;

/// <summary>Whether the worker asks for work. An operator may have it stop, for a while or for good; what runs goes on either way.</summary>
internal sealed class DrainSwitch
{
    private readonly Lock _lock = new();
    private Order _order = new(WorkerDrain.None);

    /// <summary>What the operator ordered.</summary>
    public WorkerDrain State => Volatile.Read(ref _order).State;

    /// <summary>Fires when another order comes, so that a request for work that waits ends with it.</summary>
    public CancellationToken Changed => Volatile.Read(ref _order).Over.Token;

    /// <summary>Gives an order; false when it stands already.</summary>
    public bool Set(WorkerDrain state)
    {
        Order before;
        lock (_lock)
        {
            before = _order;
            if (before.State == state)
                return false;
            Volatile.Write(ref _order, new Order(state));
        }
        before.Over.Cancel();
        return true;
    }

    /// <summary>An order, and what fires when it is over. Nothing needs the source disposed of: it has no timer.</summary>
    private sealed record Order(WorkerDrain State)
    {
        public CancellationTokenSource Over { get; } = new();
    }
}
