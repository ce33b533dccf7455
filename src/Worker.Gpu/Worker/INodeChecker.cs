using Farm.Contracts.Workers;

namespace Farm.Worker;

/// <summary>Runs the validators that node classes bring along, beside whatever else runs.</summary>
internal interface INodeChecker
{
    /// <summary>Answers a check within a time limit; never throws.</summary>
    Task<NodeCheckResult> CheckAsync(NodeCheck check);
}
