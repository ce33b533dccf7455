using Farm.Contracts.Catalog;
using Farm.Contracts.Workers;
using Farm.Gateway.Workers;

namespace Farm.Gateway.Validation;

/// <summary>Finds a living worker to run the validator of a class.</summary>
internal sealed partial class NodeCheckWorkers(IGrainFactory grains, ILogger<NodeCheckWorkers> logger)
{
    /// <summary>The answer of the first worker that has the class; null when no living worker could answer.</summary>
    public async ValueTask<NodeCheckResult?> AskAsync(NodeCheck check)
    {
        foreach (var worker in await grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key).WorkersAsync())
        {
            try
            {
                var result = await grains.Worker(worker.WorkerId).ValidateAsync(check);
                if (result.Outcome is not NodeCheckOutcome.UnknownClass)
                    return result;
            }
            catch (Exception failure) when (failure is Orleans.Runtime.OrleansException or TimeoutException)
            {
                NoAnswer(logger, worker.WorkerId, check.ClassType, failure);
            }
        }
        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Worker {Worker} gave no answer to the check of a {ClassType}")]
    private static partial void NoAnswer(ILogger logger, string worker, string classType, Exception failure);
}
