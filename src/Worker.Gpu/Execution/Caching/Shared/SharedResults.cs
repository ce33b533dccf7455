using System.Security.Cryptography;
using System.Text;
using Farm.Contracts.Caching;
using Farm.Nodes;
using Farm.Worker.Execution.Graph;
using Microsoft.Extensions.Options;

namespace Farm.Worker.Execution.Caching.Shared;

/// <summary>
/// Small results that all workers of the farm share by their content. Whatever goes wrong with them is a miss: the node runs. Safe for
/// several threads.
/// </summary>
/// <param name="farm">Where they are kept.</param>
/// <param name="format">How they are written.</param>
/// <param name="models">Model files.</param>
/// <param name="numerics">What results are computed with.</param>
/// <param name="options">Limits.</param>
/// <param name="clock">The one clock.</param>
/// <param name="instruments">Counts.</param>
/// <param name="logger">For warnings.</param>
internal sealed class SharedResults(
    IFarmResults farm, ResultFormat format, IModelIdentities models, NumericContext numerics, IOptions<SharedResultOptions> options,
    TimeProvider clock, SharedResultInstruments instruments, ILogger<SharedResults> logger)
{
    private long _awayUntil;

    private SharedResultOptions Options => options.Value;

    /// <summary>What the outputs of a node of a reproducible class are made of; null when something among its inputs is not known.</summary>
    public Origin? OriginOf(string tenant, RunNode node, NodePlan plan, NodeInputs inputs, IEnumerable<ModelFile> files) =>
        Options.Enabled ? new OriginWriter(models, tenant).Write(node, plan, inputs, files) : null;

    /// <summary>Asks the farm for a node's outputs; may wait for a worker that computes them at this moment.</summary>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    public SharedLookup Find(Origin? origin, string tenant, string classType, CancellationToken interrupted)
    {
        if (!Options.Enabled)
            return default;
        if (clock.GetUtcNow().Ticks < Volatile.Read(ref _awayUntil))
            return Miss(classType, MissReason.Unavailable);
        if (origin is null || Wait(origin.HashAsync(), interrupted) is not { } hash)
            return Miss(classType, MissReason.Unnamed);
        var key = new ResultKey(tenant, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{ResultFormat.Version}\n{numerics.Text}\n{hash}"))));
        SharedResult? found;
        try
        {
            found = farm.FindAsync(key, Options.Patience).WaitAsync(Options.Patience + Options.Timeout, clock, interrupted).GetAwaiter().GetResult();
        }
        catch (Exception failure) when (!interrupted.IsCancellationRequested)
        {
            Away(failure);
            return Miss(classType, MissReason.Unavailable);
        }
        if (found is null)
            return Miss(classType, MissReason.Absent, key);
        return Read(key, classType, found.Bytes);
    }

    /// <summary>Gives a result to the farm, if it is small enough and can be written. Does not wait for it.</summary>
    public void Store(ResultKey claim, string classType, IReadOnlyList<IReadOnlyList<object?>> outputs)
    {
        if (format.Write(outputs) is not { } bytes || bytes.Length > Options.MaxEntryBytes)
        {
            GiveUp(claim);
            return;
        }
        instruments.Stored(classType, bytes.Length);
        _ = TellAsync(() => farm.StoreAsync(claim, new SharedResult(bytes)));
    }

    /// <summary>A result will not be stored: another worker is to compute it.</summary>
    public void GiveUp(ResultKey claim) => _ = TellAsync(() => farm.GiveUpAsync(claim));

    private SharedLookup Read(ResultKey key, string classType, byte[] bytes)
    {
        try
        {
            var outputs = format.Read(bytes);
            instruments.Hit(classType, bytes.Length);
            return new SharedLookup(outputs, Claim: null);
        }
        catch (InvalidDataException damage)
        {
            logger.SharedResultUnreadable(key.Hash, classType, damage.Message);
            return Miss(classType, MissReason.Unreadable, key);
        }
    }

    private SharedLookup Miss(string classType, MissReason reason, ResultKey? claim = null)
    {
        instruments.Miss(classType, reason);
        return new SharedLookup(Outputs: null, claim);
    }

    private string? Wait(Task<string?> hash, CancellationToken interrupted)
    {
        try
        {
            return hash.WaitAsync(Options.HashPatience, clock, interrupted).GetAwaiter().GetResult();
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async Task TellAsync(Func<Task> tell)
    {
        try
        {
            await Task.Run(tell).WaitAsync(Options.Patience + Options.Timeout, clock);
        }
        catch (Exception failure)
        {
            Away(failure);
        }
    }

    private void Away(Exception failure)
    {
        Volatile.Write(ref _awayUntil, (clock.GetUtcNow() + Options.RetryDelay).Ticks);
        logger.SharedResultsAway(failure.Message, Options.RetryDelay);
    }
}

/// <summary>An answer of the farm.</summary>
/// <param name="Outputs">The outputs, one list a slot, now the caller's to own; null when the node has to run.</param>
/// <param name="Claim">Then what other workers wait for: to be stored or given up. Null when nobody waits.</param>
internal readonly record struct SharedLookup(IReadOnlyList<IReadOnlyList<object?>>? Outputs, ResultKey? Claim);

/// <summary>What numbers depend on beside the nodes: only workers of one kind share results.</summary>
/// <param name="Text">Device kind, precision, version of the engine.</param>
internal sealed record NumericContext(string Text);
