using System.Collections.Immutable;

namespace Farm.Contracts.Catalog;

/// <summary>
/// A node class as clients see it in <c>/object_info</c>, as the gateway validates it and as the executor runs it. It lives
/// beside the code of the node and reaches the farm in the worker's manifest.
/// </summary>
[GenerateSerializer, Immutable, Alias("farm.NodeDefinition")]
public sealed record NodeDefinition
{
    /// <summary>The name prompts use.</summary>
    [Id(0)] public required string ClassType { get; init; }

    /// <summary>The name people read; null where ComfyUI gives none.</summary>
    [Id(1)] public string? DisplayName { get; init; }

    /// <summary>What the node does.</summary>
    [Id(2)] public string Description { get; init; } = "";

    /// <summary>Menu path, parts joined by <c>/</c>.</summary>
    [Id(3)] public required string Category { get; init; }

    /// <summary>Where ComfyUI keeps the class, for clients that show it; packs give their own name.</summary>
    [Id(4)] public required string PythonModule { get; init; }

    /// <summary>Inputs that must be given, in order.</summary>
    [Id(5)] public ImmutableArray<InputDefinition> Required { get; init; } = [];

    /// <summary>Inputs that may be left out, in order. No default is filled in for a missing one.</summary>
    [Id(6)] public ImmutableArray<InputDefinition> Optional { get; init; } = [];

    /// <summary>Values the executor supplies, in order.</summary>
    [Id(7)] public ImmutableArray<HiddenInput> Hidden { get; init; } = [];

    /// <summary>Outputs in slot order.</summary>
    [Id(8)] public ImmutableArray<OutputDefinition> Outputs { get; init; } = [];

    /// <summary>Which of ComfyUI's two ways of writing nodes the class follows; they differ in details of listing and execution.</summary>
    [Id(9)] public NodeStyle Style { get; init; }

    /// <summary>Behaviour flags.</summary>
    [Id(10)] public NodeTraits Traits { get; init; }

    /// <summary>
    /// The inputs that the class's own validator takes: their built-in range and choice tests are left to it. Null when the
    /// class has no validator.
    /// </summary>
    [Id(11)] public ImmutableArray<string>? ValidatedInputs { get; init; }

    /// <summary>
    /// More members of the <c>/object_info</c> entry (search_aliases, price_badge, …) as a JSON object, or null. They take the place of
    /// usual members of the same name.
    /// </summary>
    [Id(12)] public string? More { get; init; }

    /// <summary>Whether a trait is set.</summary>
    public bool Is(NodeTraits trait) => (Traits & trait) == trait;
}

/// <summary>The two generations of ComfyUI's node classes.</summary>
public enum NodeStyle
{
    /// <summary>Static tables (INPUT_TYPES, RETURN_TYPES, …).</summary>
    V1,

    /// <summary>A schema.</summary>
    V3,
}

/// <summary>What the executor and clients must know of a class beyond its inputs and outputs.</summary>
[Flags]
public enum NodeTraits
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>Its execution is a goal in itself.</summary>
    OutputNode = 1 << 0,

    /// <summary>It takes whole lists in one call instead of one call an element.</summary>
    InputIsList = 1 << 1,

    /// <summary>Its UI output is sent again when it is cached.</summary>
    IntermediateOutput = 1 << 2,

    /// <summary>Equal inputs do not mean equal outputs: its id belongs to the cache key.</summary>
    NotIdempotent = 1 << 3,

    /// <summary>Runs asynchronously: others may run while it waits.</summary>
    Async = 1 << 4,

    /// <summary>Has a fingerprint (IS_CHANGED).</summary>
    Fingerprint = 1 << 5,

    /// <summary>Says which lazy inputs it needs.</summary>
    LazyCheck = 1 << 6,

    /// <summary>Its validator wants the types of linked inputs; the built-in type check is off.</summary>
    ValidatesTypes = 1 << 7,

    /// <summary>Takes inputs it does not declare.</summary>
    AcceptsAllInputs = 1 << 8,

    /// <summary>May expand into a graph.</summary>
    Expands = 1 << 9,

    /// <summary>Listed as deprecated.</summary>
    Deprecated = 1 << 10,

    /// <summary>Listed as experimental.</summary>
    Experimental = 1 << 11,

    /// <summary>Calls a paid service.</summary>
    ApiNode = 1 << 12,

    /// <summary>For developers only.</summary>
    DevOnly = 1 << 13,

    /// <summary>Its outputs depend on nothing but its inputs and model files.</summary>
    Reproducible = 1 << 14,

    /// <summary>Its outputs are shared by all workers of the farm.</summary>
    Shared = 1 << 15,
}

/// <summary>One declared input.</summary>
[GenerateSerializer, Immutable, Alias("farm.InputDefinition")]
public sealed record InputDefinition
{
    /// <summary>The key in the prompt's <c>inputs</c>.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary><c>INT</c>, <c>IMAGE</c>, <c>COMBO</c>, <c>*</c>, a union joined by commas, …</summary>
    [Id(1)] public required string Type { get; init; }

    /// <summary>
    /// The option object as <c>/object_info</c> prints it (default, min, max, step, tooltip, lazy, …), JSON text. Null for none: a V1
    /// class is then listed as <c>["IMAGE"]</c>, a V3 class as <c>["IMAGE", {}]</c>, as both are with an empty object.
    /// </summary>
    [Id(2)] public string? Options { get; init; }

    /// <summary>
    /// For an old-style combo, whose type is printed as the list of its choices: that list as JSON text. Null otherwise; a new
    /// combo has <c>options</c> among its options.
    /// </summary>
    [Id(3)] public string? Choices { get; init; }

    /// <summary>Where the choices are files of the farm's file catalogue: which; the list is then filled in when it is asked for.</summary>
    [Id(4)] public FileChoices? Files { get; init; }
}

/// <summary>A combo whose choices are files.</summary>
/// <param name="Folder">A model folder (<c>checkpoints</c>, <c>vae</c>, …), <see cref="Input"/> or <see cref="InputFolders"/>.</param>
/// <param name="MediaTypes">For <c>input</c>: <c>image</c>, <c>audio</c>, <c>video</c>, …; empty for all files.</param>
/// <param name="Extra">Choices after the files that are no files (<c>pixel_space</c>, …).</param>
/// <param name="MustExist">
/// True when the gateway refuses a name that is no existing file with ComfyUI's <c>custom_validation_failed</c>
/// (<c>Invalid image file: …</c>) instead of testing the list.
/// </param>
[GenerateSerializer, Immutable, Alias("farm.FileChoices")]
public sealed record FileChoices(string Folder, ImmutableArray<string> MediaTypes, ImmutableArray<string> Extra, bool MustExist = false)
{
    /// <summary>The files of the input folder.</summary>
    public const string Input = "input";

    /// <summary>The folders inside the input folder.</summary>
    public const string InputFolders = "input/";
}

/// <summary>A value that the executor supplies.</summary>
/// <param name="Name">The argument's name.</param>
/// <param name="Kind"><c>PROMPT</c>, <c>DYNPROMPT</c>, <c>EXTRA_PNGINFO</c>, <c>UNIQUE_ID</c>, <c>AUTH_TOKEN_COMFY_ORG</c>, <c>API_KEY_COMFY_ORG</c>, or another type; one that starts with <c>[</c> is listed as the JSON it is.</param>
[GenerateSerializer, Immutable, Alias("farm.HiddenInput")]
public sealed record HiddenInput(string Name, string Kind)
{
    /// <summary>Whether the executor fills it; an input of another kind has a value only where a prompt gives one under its name.</summary>
    public bool IsSupplied => Kind is "PROMPT" or "DYNPROMPT" or "EXTRA_PNGINFO" or "UNIQUE_ID" or "AUTH_TOKEN_COMFY_ORG" or "API_KEY_COMFY_ORG";
}

/// <summary>One output slot.</summary>
/// <param name="Name">The slot's name; the type where none is given.</param>
/// <param name="Type">The type that links are checked against.</param>
/// <param name="IsList">True when the node gives a list here.</param>
/// <param name="Tooltip">Help text, or null.</param>
/// <param name="Choices">For an output whose type is a list of choices: the list as JSON text.</param>
/// <param name="MatchTemplate">For a match-type output: its template id.</param>
[GenerateSerializer, Immutable, Alias("farm.OutputDefinition")]
public sealed record OutputDefinition(
    string Name, string Type, bool IsList = false, string? Tooltip = null, string? Choices = null, string? MatchTemplate = null);
