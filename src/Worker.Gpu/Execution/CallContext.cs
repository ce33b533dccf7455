using System.Globalization;
using Farm.Contracts.Prompts;
using Farm.Nodes;
using Farm.Worker.Execution.Graph;

namespace Farm.Worker.Execution;

/// <summary>The surroundings of one call of a node.</summary>
internal sealed class CallContext(PromptRun run, RunNode node, int slice) : INodeContext
{
    private int _graphs;

    /// <inheritdoc />
    public string PromptId => run.Request.PromptId;

    /// <inheritdoc />
    public NodeIdentity Node => node.Identity;

    /// <inheritdoc />
    public CancellationToken Interrupted => run.Interrupted;

    /// <inheritdoc />
    public IServiceProvider Services => run.Services;

    /// <inheritdoc />
    public INodeFiles Files => run.Request.Files;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, object?> Prompt => run.Graph.PromptValue;

    /// <inheritdoc />
    public object? ExtraPngInfo => run.Extra.PngInfo;

    /// <inheritdoc />
    public IGraphView Graph => run.Graph;

    /// <inheritdoc />
    public string? PreviewMethod => run.Extra.PreviewMethod;

    /// <inheritdoc />
    public ProgressBar StartProgress(double total, string? nodeId = null) =>
        run.Progress.StartBar(nodeId is null ? Node : run.Graph.Find(nodeId)?.Identity ?? NodeIdentity.Of(nodeId), total, Interrupted, run.StepsOf(node));

    /// <inheritdoc />
    public void SetProgress(double value, double max, NodePreview? preview = null) =>
        run.Progress.Set(Node, value, max, finished: false, preview);

    /// <inheritdoc />
    public void SendText(string text) => run.Sink.Emit(new ProgressText(node.Id, text));

    /// <inheritdoc />
    public void SendImage(NodePreview image) => run.Sink.Emit(new ImagePreview(Node, image.MimeType, image.Data, IsResult: true));

    /// <inheritdoc />
    public GraphBuilder NewGraph() =>
        new(string.Create(CultureInfo.InvariantCulture, $"{node.Id}.{slice}.{Interlocked.Increment(ref _graphs) - 1}."));
}
