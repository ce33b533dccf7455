using System.Collections.Frozen;
using System.Text.Json;
using Farm.Contracts.Catalog;
using Farm.Nodes;

namespace Farm.Worker.Execution.Graph;

/// <summary>What the executor needs to know of a node class at every step, read once from its definition.</summary>
internal sealed class NodePlan
{
    private readonly FrozenDictionary<string, InputPlan> _inputs;

    public NodePlan(NodeType type)
    {
        Type = type;
        var definition = type.Definition;
        Style = definition.Style;
        IsOutput = definition.Is(NodeTraits.OutputNode);
        IsAsync = definition.Is(NodeTraits.Async);
        TakesLists = definition.Is(NodeTraits.InputIsList);
        AcceptsAll = Style == NodeStyle.V3 && definition.Is(NodeTraits.AcceptsAllInputs);
        IdInSignature = definition.Is(NodeTraits.NotIdempotent)
            || (Style == NodeStyle.V1 && definition.Hidden.Any(h => h.Kind == "UNIQUE_ID"));
        Outputs = [.. definition.Outputs.Select(o => o.IsList)];
        CutsOutputs = Style == NodeStyle.V3 || Outputs.Contains(true);
        var inputs = definition.Required.Concat(definition.Optional).Select(InputPlan.Of).ToList();
        HasDynamicInputs = inputs.Any(i => i.Kind != DynamicInput.None);
        if (Style == NodeStyle.V1)
            inputs.AddRange(definition.Hidden.Select(h => new InputPlan(h.Name, Lazy: false, RawLink: false, DynamicInput.None, default)));
        Declared = inputs;
        _inputs = inputs.DistinctBy(i => i.Name).ToFrozenDictionary(i => i.Name, StringComparer.Ordinal);
    }

    /// <summary>The class itself.</summary>
    public NodeType Type { get; }

    /// <summary>Its class_type.</summary>
    public string ClassType => Type.Definition.ClassType;

    /// <summary>Which of ComfyUI's generations it follows.</summary>
    public NodeStyle Style { get; }

    /// <summary>An output node.</summary>
    public bool IsOutput { get; }

    /// <summary>Runs asynchronously.</summary>
    public bool IsAsync { get; }

    /// <summary>One call with whole lists.</summary>
    public bool TakesLists { get; }

    /// <summary>Undeclared literals are passed too.</summary>
    public bool AcceptsAll { get; }

    /// <summary>The node's id belongs to its cache key.</summary>
    public bool IdInSignature { get; }

    /// <summary>One flag an output slot: whether it is a list.</summary>
    public bool[] Outputs { get; }

    /// <summary>Values beyond the declared slots are dropped.</summary>
    public bool CutsOutputs { get; }

    /// <summary>Has inputs that declare others, depending on what the prompt gives.</summary>
    public bool HasDynamicInputs { get; }

    /// <summary>Declared inputs in order: required, optional, and hidden ones that a prompt may give.</summary>
    public IReadOnlyList<InputPlan> Declared { get; }

    /// <summary>The declaration of an input, or null.</summary>
    public InputPlan? Find(string name) => _inputs.GetValueOrDefault(name);

    /// <summary>Whether the class has a trait.</summary>
    public bool Is(NodeTraits trait) => Type.Definition.Is(trait);
}

/// <summary>Inputs of schema nodes that declare further inputs (execution-semantics, section 6).</summary>
internal enum DynamicInput
{
    /// <summary>An ordinary input.</summary>
    None,

    /// <summary>The chosen option brings inputs along.</summary>
    Combo,

    /// <summary>A row of numbered or named inputs of one kind.</summary>
    Autogrow,

    /// <summary>A socket that brings inputs along when it is linked.</summary>
    Slot,
}

/// <summary>A declared input.</summary>
/// <param name="Name">Its name, dotted for an input that another one declares.</param>
/// <param name="Lazy">Evaluated on request only.</param>
/// <param name="RawLink">The node gets the link instead of its value.</param>
/// <param name="Kind">Whether it declares others.</param>
/// <param name="Options">Its options, for dynamic inputs.</param>
internal sealed record InputPlan(string Name, bool Lazy, bool RawLink, DynamicInput Kind, JsonElement Options)
{
    /// <summary>Reads a definition.</summary>
    public static InputPlan Of(InputDefinition input)
    {
        using var options = JsonDocument.Parse(input.Options ?? "{}");
        return Of(input.Name, input.Type, options.RootElement.Clone());
    }

    /// <summary>Reads an input that a dynamic one declares.</summary>
    public static InputPlan Of(string name, string type, JsonElement options) => new(
        name, IsSet(options, "lazy"), IsSet(options, "rawLink"),
        type switch
        {
            "COMFY_DYNAMICCOMBO_V3" => DynamicInput.Combo,
            "COMFY_AUTOGROW_V3" => DynamicInput.Autogrow,
            "COMFY_DYNAMICSLOT_V3" => DynamicInput.Slot,
            _ => DynamicInput.None,
        },
        options);

    private static bool IsSet(JsonElement options, string name) =>
        options.ValueKind == JsonValueKind.Object && options.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
