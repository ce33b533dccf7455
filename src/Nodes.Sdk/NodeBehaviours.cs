using System.Collections.Immutable;

namespace Farm.Nodes;

/// <summary>A node whose result depends on more than its inputs, such as a file: ComfyUI's IS_CHANGED.</summary>
public interface IFingerprintedNode
{
    /// <summary>
    /// A value that changes when the result would: called once a prompt, with literal inputs only (a linked input is null).
    /// <see cref="double.NaN"/> or an exception means: never reuse a result. Numbers, texts, booleans, null and lists of them.
    /// </summary>
    ValueTask<object?> FingerprintAsync(NodeCall call, CancellationToken cancel);
}

/// <summary>
/// A node whose outputs depend on nothing but its inputs and files: equal ones give equal outputs on every worker of one kind. Its
/// class promises that; what it and those before it were given then names its outputs in the whole farm.
/// </summary>
public interface IReproducibleNode
{
    /// <summary>
    /// The model files that a call reads beside those that its file combos name. A file that is not there counts too, as one that is not.
    /// </summary>
    IEnumerable<ModelFile> FilesOf(NodeCall call) => [];
}

/// <summary>
/// A reproducible node with small outputs that take long to make, such as an encoded text: a worker first asks whether any other has
/// made them. Only values that the worker can write down are shared: numbers, texts, lists and dictionaries of them, tensors in the
/// machine's memory, CONDITIONING.
/// </summary>
public interface ISharedNode : IReproducibleNode;

/// <summary>A model file as nodes name it.</summary>
/// <param name="Kind"><c>checkpoints</c>, <c>embeddings</c>, …</param>
/// <param name="Name">Its name in the folders of that kind.</param>
public readonly record struct ModelFile(string Kind, string Name);

/// <summary>A node that decides which of its lazy inputs it needs.</summary>
public interface ILazyNode
{
    /// <summary>
    /// Names the lazy inputs that are missing and needed; called before every run until it names no more. Inputs not evaluated yet
    /// are null.
    /// </summary>
    ValueTask<IReadOnlyList<string>> NeededInputsAsync(NodeCall call, CancellationToken cancel);
}

/// <summary>A node that checks inputs by code when a prompt is submitted.</summary>
public interface IValidatedNode
{
    /// <summary>
    /// The inputs that the check takes; their built-in range and choice tests are off. One entry <c>*</c> stands for all, and
    /// <c>input_types</c> for the types of linked inputs, a <see cref="LinkTypes"/>; the built-in test of types is then off.
    /// </summary>
    ImmutableArray<string> ValidatedInputs { get; }

    /// <summary>Judges the literals; linked inputs are null.</summary>
    ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel);
}

/// <summary>The outcome of a node's own check.</summary>
public readonly record struct InputVerdict
{
    private InputVerdict(bool isValid, string? reason) => (IsValid, Reason) = (isValid, reason);

    /// <summary>Whether the inputs will do.</summary>
    public bool IsValid { get; }

    /// <summary>Why not, for people; null when it says no more than no.</summary>
    public string? Reason { get; }

    /// <summary>The inputs will do.</summary>
    public static InputVerdict Valid { get; } = new(true, null);

    /// <summary>The inputs will not do.</summary>
    public static InputVerdict Invalid(string? reason = null) => new(false, reason);
}
