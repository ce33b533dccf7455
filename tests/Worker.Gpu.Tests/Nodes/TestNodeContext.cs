using Farm.Contracts.Prompts;
using Farm.Nodes;
using Farm.Worker.Gpu.Tests.Fixtures;
using Farm.Worker.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace Farm.Worker.Gpu.Tests.Nodes;

/// <summary>Surroundings of one node: recorded input files, files kept in memory, what it sent.</summary>
internal sealed class TestNodeContext : INodeContext
{
    private readonly CancellationTokenSource _interrupt = new();

    public string PromptId => "p";

    public NodeIdentity Node { get; } = new("1", "1", "1", "1");

    public CancellationToken Interrupted => _interrupt.Token;

    public IServiceProvider Services { get; init; } = ServicesWith(new NodeLimitOptions());

    public TestNodeFiles Written => (TestNodeFiles)Files;

    public INodeFiles Files { get; init; } = new TestNodeFiles();

    public IReadOnlyDictionary<string, object?> Prompt { get; init; } = new Dictionary<string, object?>();

    public object? ExtraPngInfo => null;

    public IGraphView Graph => throw new NotSupportedException();

    public string? PreviewMethod { get; init; }

    public List<NodePreview> Images { get; } = [];

    public List<(double Value, double Total, NodePreview? Preview)> Progress { get; } = [];

    public static IServiceProvider ServicesWith(NodeLimitOptions limits) =>
        new ServiceCollection().AddSingleton(TimeProvider.System).AddSingleton(limits).BuildServiceProvider();

    public ProgressBar StartProgress(double total, string? nodeId = null) => new Bar(this, total);

    public void SetProgress(double value, double max, NodePreview? preview = null) => Progress.Add((value, max, preview));

    public void SendText(string text)
    {
    }

    public void SendImage(NodePreview image) => Images.Add(image);

    public GraphBuilder NewGraph() => new("1.0.0.");

    public void Interrupt() => _interrupt.Cancel();

    private sealed class Bar(TestNodeContext context, double total) : ProgressBar(total)
    {
        protected override void Report(double value, double total, NodePreview? preview)
        {
            context.Interrupted.ThrowIfCancellationRequested();
            context.SetProgress(value, total, preview);
        }
    }
}

/// <summary>Reads the recorded input files; keeps what is written.</summary>
internal sealed class TestNodeFiles : INodeFiles
{
    public List<(SavedFile File, byte[] Bytes)> All { get; } = [];

    public Dictionary<string, byte[]> Uploaded { get; } = [];

    public Dictionary<string, string> Models { get; } = [];

    public async ValueTask<SavedFile> WriteNextAsync(
        NodeFolder folder, string subfolder, string prefix, string suffix, Func<Stream, CancellationToken, Task> write, long lowest = 1,
        CancellationToken cancel = default)
    {
        var stream = new MemoryStream();
        await write(stream, cancel);
        var number = Math.Max(lowest, 1 + All.Count(saved => saved.File.Folder == folder && saved.File.Subfolder == subfolder && saved.File.FileName.StartsWith(prefix + "_", StringComparison.Ordinal)));
        var file = new SavedFile($"{prefix}_{number:D5}_{suffix}", subfolder, folder);
        All.Add((file, stream.ToArray()));
        return file;
    }

    public ValueTask<SavedFile?> WriteNewAsync(
        NodeFolder folder, string subfolder, string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancel = default) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<FolderFile>> ListAsync(string subfolder, NodeFolder folder = NodeFolder.Input, CancellationToken cancel = default) =>
        throw new NotSupportedException();

    public ValueTask<Stream> OpenReadAsync(string name, NodeFolder folder = NodeFolder.Input, CancellationToken cancel = default) =>
        Uploaded.TryGetValue(name, out var bytes) ? new(new MemoryStream(bytes)) : Recorded.HasInputFile(name) ? new(new MemoryStream(Recorded.InputFile(name))) : throw NodeFailedException.FileNotFound(name);

    public ValueTask<bool> ExistsAsync(string name, NodeFolder folder = NodeFolder.Input, CancellationToken cancel = default) =>
        new(Recorded.HasInputFile(name));

    public ValueTask<string> HashAsync(string name, NodeFolder folder = NodeFolder.Input, CancellationToken cancel = default) => new(name);

    public ValueTask<string> ModelPathAsync(string kind, string name, CancellationToken cancel = default) =>
        new(Models.GetValueOrDefault($"{kind}/{name}") ?? throw NodeFailedException.FileNotFound(name));
}
