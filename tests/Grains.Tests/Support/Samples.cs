using System.Collections.Immutable;
using Farm.Contracts.Catalog;
using Farm.Contracts.Prompts;
using Farm.Contracts.Workers;

namespace Farm.Grains.Tests.Support;

/// <summary>Small submissions, manifests and results that tests vary.</summary>
internal static class Samples
{
    public const string Hash = "manifest-1";

    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public const string Graph = """{"2":{"inputs":{"images":["1",0]},"class_type":"PreviewImage"},"1":{"class_type":"EmptyImage","inputs":{"width":8}}}""";

    public static PromptSubmission Submission(
        string promptId, double number = 0, string tenant = "default", string? clientId = null, params string[] classes) => new()
        {
            Tenant = tenant,
            User = "default",
            PromptId = promptId,
            Number = number,
            Prompt = Graph,
            ExtraData = """{"create_time":1767323045000}""",
            ClientId = clientId,
            Targets = ["2"],
            ClassTypes = classes.Length == 0 ? ["EmptyImage", "PreviewImage"] : [.. classes],
            CreatedAt = Start,
        };

    public static WorkerManifest Manifest(string workerId, string hash, params string[] classes) => new()
    {
        WorkerId = workerId,
        ManifestHash = hash,
        Definitions = [.. classes.Select(Definition)],
        Host = "host",
        TorchVersion = "2.10.0",
        Status = Status(workerId),
    };

    public static WorkerStatus Status(string workerId) => new()
    {
        WorkerId = workerId,
        Devices = [new WorkerDevice { Name = "cpu", Type = "cpu", MemoryTotal = 4, MemoryFree = 3, TorchTotal = 2, TorchFree = 1 }],
    };

    public static NodeDefinition Definition(string classType) => new()
    {
        ClassType = classType,
        Category = "image",
        PythonModule = "nodes",
        Required = [new InputDefinition { Name = "width", Type = "INT", Options = """{"default":512}""" }],
        Outputs = [new OutputDefinition("IMAGE", "IMAGE")],
        ValidatedInputs = ["width"],
        Traits = NodeTraits.OutputNode,
    };

    public static RunResult Success(int attempt, params NodeUi[] outputs) =>
        Result(attempt, RunOutcome.Success, new ExecutionSuccess(1767323046000), outputs);

    public static RunResult Result(int attempt, RunOutcome outcome, RunEvent closing, params NodeUi[] outputs) => new()
    {
        Attempt = attempt,
        Outcome = outcome,
        Completed = outcome == RunOutcome.Success,
        Events = [closing],
        Outputs = [.. outputs],
    };

    /// <summary>A run that failed by its worker's fault.</summary>
    public static RunResult Fault(int attempt, WorkerFault fault) => Result(attempt, RunOutcome.Error, new ExecutionError(
        new ExecutionFailure
        {
            NodeId = "1", NodeType = "EmptyImage", Executed = [], Message = "CUDA error: unspecified launch failure\n", Type = "RuntimeError",
            Traceback = [], CurrentInputs = "{}", CurrentOutputs = [],
        },
        1)) with { Fault = fault };

    public static NodeUi Ui(string node) => new()
    {
        NodeId = node,
        Meta = NodeIdentity.Of(node),
        Output = """{"images":[{"filename":"a_00001_.png","subfolder":"","type":"temp"}]}""",
    };

    public static NodeProgress Progress(string node, bool finished) =>
        new() { Node = NodeIdentity.Of(node), Value = finished ? 1 : 0, Max = 1, Finished = finished };

    public static ImmutableArray<string> Names(IEnumerable<RunEvent> events) => [.. events.Select(NameOf)];

    /// <summary>Events in the short notation of the recorded conformance suite.</summary>
    private static string NameOf(RunEvent happened) => happened switch
    {
        Farm.Contracts.Sessions.QueueStatus status => $"status:{status.QueueRemaining}",
        ExecutionStart => "execution_start",
        ExecutionCached cached => $"execution_cached:{string.Join(',', cached.Nodes)}",
        ProgressState state => "progress_state:" + string.Join(',', state.Nodes.Select(n => $"{n.Node.NodeId}={(n.Finished ? "finished" : "running")}")),
        NodeExecuting executing => $"executing:{executing.Node ?? "None"}",
        NodeExecuted executed => $"executed:{executed.Node}",
        NodeStepped => "progress",
        ExecutionSuccess => "execution_success",
        ExecutionError => "execution_error",
        ExecutionInterrupted => "execution_interrupted",
        _ => happened.GetType().Name,
    };
}
