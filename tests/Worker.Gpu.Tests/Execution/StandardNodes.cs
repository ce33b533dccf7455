using Farm.Nodes;

namespace Farm.Worker.Tests.Execution;

/// <summary>The nodes that the vectors of execution-semantics, section 22, use.</summary>
internal static class StandardNodes
{
    public static IEnumerable<NodeType> All =>
    [
        Of(() => new ScriptNode(
            n => n.V1().Named("StubInt").In("test").Int("value", 0).Output("INT"),
            call => NodeResult.Of(call.Value("value")))),
        Of(() => new ScriptNode(DefineShow("T", hasId: true), Show)),
        Of(() => new ScriptNode(DefineShow("t", hasId: false), Show)),
        Of(() => new ScriptNode(
            n => n.V1().Named("List").In("test").Int("n", 0).Output("*", isList: true),
            call => NodeResult.Of(Enumerable.Range(0, call.Get<int>("n")).Select(i => (object?)(long)i).ToList()))),
        Of(() => new ScriptNode(
            n => n.V1().Named("Pass").In("test").Input("v", "*").OptionalInputs().Input("l", "*").Output("*"),
            call => NodeResult.Of(call.Value("v")))),
        Of(() => new AsyncScriptNode(
            n => n.V1().Named("Sleep").In("test").Input("value", "*").OptionalInputs().String("gate").Output("*"),
            async (call, cancel) =>
            {
                await call.Service<Gates>().WaitAsync(call.Get("gate", "open"), cancel);
                return NodeResult.Of(call.Value("value"));
            })),
        Of(() => new LazyScriptNode(
            n => n.V1().Named("Lazy").In("test").String("want").OptionalInputs().Input("a", "*", o => o.Lazy()).Input("b", "*", o => o.Lazy()).Output("*"),
            call => [.. call.Get("want", "").Split(',', StringSplitOptions.RemoveEmptyEntries).Where(name => call.Value(name) is null)],
            call => NodeResult.Of(new object?[] { call.Value("a"), call.Value("b") }.ToList()))),
        Of(() => new ScriptNode(
            n => n.V1().Named("Block").In("test").Input("v", "*").OptionalInputs().String("message").Boolean("on").Output("*"),
            call => call.Get("on", true) ? NodeResult.Of(new ExecutionBlocker(call.GetOptional<string>("message"))) : NodeResult.Of(call.Value("v")))),
        Of(() => new ScriptNode(
            n => n.V1().Named("BlockOne").In("test").Input("v", "*").Output("*"),
            call => call.Get<long>("v") == 1 ? NodeResult.Block("boo") : NodeResult.Of(call.Value("v")))),
        Of(() => new ScriptNode(
            n => n.V1().Named("Fail").In("test").Input("value", "*").Output("*"),
            _ => throw NodeFailedException.RuntimeError("one"))),
        Of(() => new ScriptNode(
            n => n.V1().Named("TakesList").In("test").OutputNode().InputIsList().Input("v", "*").OptionalInputs().Input("w", "*").Output("*"),
            call => NodeResult.WithUi(new UiOutput().AddText(PythonValue.Repr(call.Value("v"))), call.Value("v")))),
    ];

    private static NodeType Of(Func<NodeClass> create) => NodeType.Of(create);

    private static Action<NodeBuilder> DefineShow(string name, bool hasId) => node =>
    {
        node.V1().Named(name).In("test").OutputNode().Input("v", "*").OptionalInputs().Input("w", "*");
        if (hasId)
            node.Hidden("uid", "UNIQUE_ID");
    };

    private static NodeResult Show(NodeCall call)
    {
        var text = PythonValue.Str(call.Get<object?>("v"));
        return NodeResult.WithUi(new UiOutput().AddText(call.Names.Contains("w") ? $"{text},{PythonValue.Str(call.Value("w"))}" : text));
    }
}

/// <summary>Lets asynchronous nodes wait for a test: a node waits at a named gate until the test opens it.</summary>
internal sealed class Gates
{
    private readonly Dictionary<string, TaskCompletionSource> _gates = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public void Open(string name) => Of(name).TrySetResult();

    public void Fail(string name, Exception failure) => Of(name).TrySetException(failure);

    public async Task WaitAsync(string name, CancellationToken cancel)
    {
        if (name == "open")
            return;
        await Of(name).Task.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
    }

    private TaskCompletionSource Of(string name)
    {
        lock (_lock)
        {
            if (!_gates.TryGetValue(name, out var gate))
                _gates.Add(name, gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            return gate;
        }
    }

}
