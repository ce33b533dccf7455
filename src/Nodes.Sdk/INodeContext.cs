using Farm.Contracts.Prompts;

namespace Farm.Nodes;

/// <summary>The surroundings of a running node. Usable from any thread while the node runs.</summary>
public interface INodeContext
{
    /// <summary>The prompt's id as clients know it.</summary>
    string PromptId { get; }

    /// <summary>The node's names; <see cref="NodeIdentity.NodeId"/> is the hidden input UNIQUE_ID.</summary>
    NodeIdentity Node { get; }

    /// <summary>Fires when the prompt is interrupted or its attempt is given up.</summary>
    CancellationToken Interrupted { get; }

    /// <summary>The worker's services.</summary>
    IServiceProvider Services { get; }

    /// <summary>Files of the farm.</summary>
    INodeFiles Files { get; }

    /// <summary>The submitted graph (PROMPT): id → node with class_type, inputs, and is_changed where its class has a fingerprint.</summary>
    IReadOnlyDictionary<string, object?> Prompt { get; }

    /// <summary>What clients want written into files (EXTRA_PNGINFO), such as the workflow; null when they sent none.</summary>
    object? ExtraPngInfo { get; }

    /// <summary>The graph as it stands (DYNPROMPT).</summary>
    IGraphView Graph { get; }

    /// <summary>extra_data.preview_method: <c>none</c>, <c>latent2rgb</c>, <c>taesd</c>, …; null for the worker's own choice.</summary>
    string? PreviewMethod { get; }

    /// <summary>Throws when <see cref="Interrupted"/> has fired.</summary>
    void ThrowIfInterrupted() => Interrupted.ThrowIfCancellationRequested();

    /// <summary>
    /// A progress bar of <paramref name="total"/> steps, at this node or at <paramref name="nodeId"/>. Each update tests for an
    /// interrupt; updates too close to each other are not sent.
    /// </summary>
    ProgressBar StartProgress(double total, string? nodeId = null);

    /// <summary>Sets the node's progress without a bar and without testing for an interrupt.</summary>
    void SetProgress(double value, double max, NodePreview? preview = null);

    /// <summary>Shows a text at the node while it runs.</summary>
    void SendText(string text);

    /// <summary>Sends an image that is a result in itself to the prompt's client.</summary>
    void SendImage(NodePreview image);

    /// <summary>A builder for an expansion, with ids of this node's own.</summary>
    GraphBuilder NewGraph();
}

/// <summary>An encoded image.</summary>
/// <param name="MimeType"><c>image/png</c> or <c>image/jpeg</c>.</param>
/// <param name="Data">The file's bytes.</param>
/// <param name="IsResult">True when it must arrive; a preview of work in progress may be dropped for a newer one.</param>
public sealed record NodePreview(string MimeType, byte[] Data, bool IsResult = false);

/// <summary>Steps of a node that clients see.</summary>
/// <param name="total">Steps in all.</param>
public abstract class ProgressBar(double total)
{
    private double _value;

    /// <summary>Steps in all.</summary>
    public double Total { get; private set; } = total;

    /// <summary>Goes on by some steps.</summary>
    /// <exception cref="OperationCanceledException">The prompt was interrupted.</exception>
    public void Advance(double steps = 1) => Update(_value + steps);

    /// <summary>Stands at <paramref name="value"/> steps, no more than there are; may show a preview and correct the total.</summary>
    /// <exception cref="OperationCanceledException">The prompt was interrupted.</exception>
    public void Update(double value, double? total = null, NodePreview? preview = null)
    {
        Total = total ?? Total;
        _value = Math.Min(value, Total);
        Report(_value, Total, preview);
    }

    /// <summary>Passes an update on.</summary>
    protected abstract void Report(double value, double total, NodePreview? preview);
}
