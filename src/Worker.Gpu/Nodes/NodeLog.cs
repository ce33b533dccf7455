using Farm.Nodes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Farm.Worker.Nodes;

/// <summary>What nodes tell operators.</summary>
internal static partial class NodeLog
{
    /// <summary>The log of a call's node class.</summary>
    public static ILogger Of(NodeCall call) => (call.Context.Services.GetService(typeof(ILoggerFactory)) as ILoggerFactory ?? NullLoggerFactory.Instance).CreateLogger(typeof(NodeLog));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Adapter file {File}: {Count} tensors fit nothing in the model, such as {Names}.")]
    public static partial void AdapterKeysUnmatched(this ILogger logger, string file, int count, string names);
}
