using Farm.Contracts.Prompts;

namespace Farm.Grains.Persistence;

/// <summary>
/// A call that failed because the database is away says so in words that callers know: a gateway answers 503, a worker tries again.
/// </summary>
internal sealed class OutageFilter : IIncomingGrainCallFilter
{
    /// <inheritdoc/>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception error) when (error is not StoreUnavailableException && Outage.IsBehind(error))
        {
            throw new StoreUnavailableException("The database does not answer.", error);
        }
    }
}
