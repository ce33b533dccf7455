using Farm.Contracts.Prompts;

namespace Farm.Grains.Persistence;

/// <summary>
/// A call that failed because the database is away says so in words that callers know: a gateway answers 503, a worker tries again. What
/// the database's client threw stays here: no other process could read it.
/// </summary>
internal sealed class OutageFilter(ILogger<OutageFilter> logger) : IIncomingGrainCallFilter
{
    /// <inheritdoc/>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception error) when (error is StoreUnavailableException || Outage.IsBehind(error))
        {
            PersistenceLog.Away(logger, context.MethodName, error.GetBaseException().Message);
#pragma warning disable MA0054 // The inner exception has no codec.
            throw new StoreUnavailableException();
#pragma warning restore MA0054
        }
    }
}
