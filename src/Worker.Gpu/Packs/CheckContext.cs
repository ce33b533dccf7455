using Farm.Contracts.Prompts;
using Farm.Nodes;

namespace Farm.Worker.Packs;

/// <summary>The surroundings of a validator: there is a node and nothing else yet, neither graph nor files nor anybody to show progress to.</summary>
internal sealed class CheckContext(string nodeId, IServiceProvider services, CancellationToken cancel) : INodeContext
{
    /// <inheritdoc />
    public string PromptId => "";

    /// <inheritdoc />
    public NodeIdentity Node { get; } = NodeIdentity.Of(nodeId);

    /// <inheritdoc />
    public CancellationToken Interrupted => cancel;

    /// <inheritdoc />
    public IServiceProvider Services => services;

    /// <inheritdoc />
    public INodeFiles Files => throw Unavailable();

    /// <inheritdoc />
    public IReadOnlyDictionary<string, object?> Prompt { get; } = new Dictionary<string, object?>();

    /// <inheritdoc />
    public object? ExtraPngInfo => null;

    /// <inheritdoc />
    public IGraphView Graph => throw Unavailable();

    /// <inheritdoc />
    public string? PreviewMethod => null;

    /// <inheritdoc />
    public ProgressBar StartProgress(double total, string? nodeId = null) => throw Unavailable();

    /// <inheritdoc />
    public void SetProgress(double value, double max, NodePreview? preview = null) => throw Unavailable();

    /// <inheritdoc />
    public void SendText(string text) => throw Unavailable();

    /// <inheritdoc />
    public void SendImage(NodePreview image) => throw Unavailable();

    /// <inheritdoc />
    public GraphBuilder NewGraph() => throw Unavailable();

    private static NotSupportedException Unavailable() => new("not available to a validator: it judges inputs, and nothing else");
}
