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
