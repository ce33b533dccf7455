using System.Text.Json;
using Farm.Contracts.Prompts;
using Farm.Nodes;
using Farm.Worker.Execution;
using Farm.Worker.Execution.Caching;
using Farm.Worker.Execution.Caching.Shared;
using Farm.Worker.Execution.Events;
using Farm.Worker.Execution.Graph;
using Microsoft.Extensions.Logging.Abstractions;

namespace Farm.Worker.Tests.Execution;

/// <summary>
/// An executor with test nodes. Runs are read as traces in the notation of execution-semantics, section 22: <c>&gt;x</c> executing x,
/// <c>Ux</c> executed x, <c>Ux0</c> executed without output, <c>C[…]</c> execution_cached.
/// </summary>
internal sealed class ExecutorHarness : IServiceProvider
{
    private readonly PromptExecutor _executor;

    public ExecutorHarness(
        CacheOptions? cache = null, INodeInvoker? invoker = null, TimeProvider? clock = null, SharedResults? shared = null, params IEnumerable<NodeType> nodes)
    {
        var table = new NodeTable(StandardNodes.All.Concat(nodes));
        _executor = new PromptExecutor(
            table, (cache ?? new CacheOptions()).Create(Memory), invoker ?? new PlainInvoker(), this, clock ?? TimeProvider.System, NullLogger<PromptExecutor>.Instance) { Shared = shared };
    }

    public Gates Gates { get; } = new();

    public FakeMemory Memory { get; } = new();

    public PromptExecutor Executor => _executor;

    public bool HasClient { get; set; } = true;

    public string ExtraData { get; init; } = "{}";

    public string? Secrets { get; init; }

    public string Tenant { get; set; } = "default";

    /// <summary>Values that somebody still holds.</summary>
    public int HeldValues => _executor.Ledger.Count;

    public Recorded Run(string prompt, params string[] targets) => Run(prompt, CancellationToken.None, null, targets);

    public Recorded Run(string prompt, CancellationToken interrupted, Action<RunEvent>? seen, params string[] targets)
    {
        var recorded = new Recorded { Seen = seen };
        var request = new RunRequest
        {
            Tenant = Tenant,
            PromptId = "p",
            Prompt = Json(prompt),
            HasClient = HasClient,
            ExtraData = ExtraData,
            Secrets = Secrets,
            Targets = [.. targets],
            Files = new NoFiles(),
        };
        recorded.End = _executor.Execute(request, recorded, interrupted);
        recorded.Emit(recorded.End.Closing);
        return recorded;
    }

    object? IServiceProvider.GetService(Type serviceType) => serviceType == typeof(Gates) ? Gates : null;

    // Prompts are written id:Class(name=value,…), values as JSON with links as @id or @id.slot.
    public static string Json(string prompt)
    {
        if (prompt.StartsWith('{'))
            return prompt;
        var nodes = prompt.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line =>
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var open = line.IndexOf('(', StringComparison.Ordinal);
            var inputs = line[(open + 1)..^1].Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Input);
            return $"{Quote(line[..colon])}: {{\"class_type\": {Quote(line[(colon + 1)..open])}, \"inputs\": {{{string.Join(", ", inputs)}}}}}";
        });
        return "{" + string.Join(", ", nodes) + "}";
    }

    private static string Input(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var (name, value) = (text[..equals], text[(equals + 1)..]);
        if (!value.StartsWith('@'))
            return $"{Quote(name)}: {value}";
        var parts = value[1..].Split('/');
        return $"{Quote(name)}: [{Quote(parts[0])}, {(parts.Length > 1 ? parts[1] : "0")}]";
    }

    private static string Quote(string text) => JsonSerializer.Serialize(text);
}

/// <summary>What happened in a run.</summary>
internal sealed class Recorded : IRunSink
{
    private readonly List<RunEvent> _events = [];
    private readonly Lock _lock = new();

    public Action<RunEvent>? Seen { get; init; }

    public RunEnd End { get; set; } = null!;

    public IReadOnlyList<RunEvent> Events => _events;

    /// <summary>The nodes in short notation.</summary>
    public string Trace => string.Join(' ', _events.Select(Short).Where(s => s.Length > 0));

    public ExecutionFailure Failure => _events.OfType<ExecutionError>().Last().Failure;

    public string Output(string node) => End.Outputs.Single(o => o.NodeId == node).Output;

    public void Emit(params ReadOnlySpan<RunEvent> together)
    {
        foreach (var happened in together)
        {
            lock (_lock)
                _events.Add(happened);
            Seen?.Invoke(happened);
        }
    }

    private static string Short(RunEvent happened) => happened switch
    {
        NodeExecuting executing => $">{executing.Node}",
        NodeExecuted executed => $"U{executed.Node}{(executed.Output is null ? "0" : "")}",
        ExecutionCached { Nodes.IsEmpty: false } cached => $"C[{string.Join(',', cached.Nodes)}]",
        ExecutionError { Timestamp: null } blocked => $"B{blocked.Failure.NodeId}",
        ExecutionError error => $"E{error.Failure.NodeId}",
        ExecutionInterrupted interrupted => $"I{interrupted.NodeId}",
        _ => "",
    };
}

/// <summary>Calls nodes as they are.</summary>
internal sealed class PlainInvoker : INodeInvoker
{
    public int Frees { get; private set; }

    public NodeResult? Invoke(Node node, NodeCall call) => node.Invoke(call);

    public ValueTask<NodeResult?> InvokeAsync(AsyncNode node, NodeCall call, CancellationToken cancel) => node.InvokeAsync(call, cancel);

    public void FreeDeviceMemory() => Frees++;
}

/// <summary>Memory as a test says.</summary>
internal sealed class FakeMemory : IHostMemory
{
    public long Total => long.MaxValue;

    public Func<long> Free { get; set; } = () => long.MaxValue;

    public long Available => Free();

    public Func<IDisposable, long> Size { get; set; } = _ => 0;

    public long SizeOf(IDisposable value) => Size(value);
}

/// <summary>No files at all.</summary>
internal sealed class NoFiles : INodeFiles
{
    public ValueTask<SavedFile> WriteNextAsync(
        NodeFolder folder, string subfolder, string prefix, string suffix, Func<Stream, CancellationToken, Task> write, long lowest = 1,
        CancellationToken cancel = default) =>
        throw new NotSupportedException();

    public ValueTask<SavedFile?> WriteNewAsync(
        NodeFolder folder, string subfolder, string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancel = default) =>
        throw new NotSupportedException();

    public ValueTask<IReadOnlyList<FolderFile>> ListAsync(string subfolder, NodeFolder folder = NodeFolder.Input, CancellationToken cancel = default) =>
        throw new NotSupportedException();

    public ValueTask<Stream> OpenReadAsync(string name, NodeFolder folder = NodeFolder.Input, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<bool> ExistsAsync(string name, NodeFolder folder = NodeFolder.Input, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<string> HashAsync(string name, NodeFolder folder = NodeFolder.Input, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask<string> ModelPathAsync(string kind, string name, CancellationToken cancel = default) => throw new NotSupportedException();
}
