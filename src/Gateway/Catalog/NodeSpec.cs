using System.Text.Json;
using Farm.Contracts.Catalog;
using Farm.Gateway.Http;

namespace Farm.Gateway.Catalog;

/// <summary>A node definition made ready for validation: option objects parsed, inputs by section.</summary>
internal sealed class NodeSpec
{
    public NodeSpec(NodeDefinition definition)
    {
        Definition = definition;
        Inputs =
        [
            .. definition.Required.Select(input => new InputSpec(input, required: true)),
            .. definition.Optional.Select(input => new InputSpec(input, required: false)),
        ];
        Outputs = [.. definition.Outputs.Select(output => LinkType.Of(output.Type, output.Choices))];
        HasDynamicInputs = definition.Style is NodeStyle.V3 && Inputs.Any(input => DynamicInputs.IsDynamic(input.Type.Name));
        Validated = definition.ValidatedInputs is { } names ? names.ToHashSet(StringComparer.Ordinal) : null;
    }

    /// <summary>The definition itself.</summary>
    public NodeDefinition Definition { get; }

    /// <summary>Declared inputs, required ones first, in order.</summary>
    public IReadOnlyList<InputSpec> Inputs { get; }

    /// <summary>Types of the output slots.</summary>
    public IReadOnlyList<LinkType> Outputs { get; }

    /// <summary>Whether the inputs depend on the values given (V3).</summary>
    public bool HasDynamicInputs { get; }

    /// <summary>Inputs that the class's own validator takes; null without one.</summary>
    public IReadOnlySet<string>? Validated { get; }

    /// <summary>The inputs declared for the values that a node of a prompt has.</summary>
    public IReadOnlyList<InputSpec> InputsFor(OrderedDictionary<string, JsonElement> values) =>
        HasDynamicInputs ? DynamicInputs.Expand(Inputs, values) : Inputs;
}

/// <summary>A declared input made ready for validation.</summary>
internal sealed class InputSpec
{
    public InputSpec(InputDefinition definition, bool required)
        : this(definition.Name, LinkType.Of(definition.Type, definition.Choices), JsonText.Value(definition.Options ?? "{}"), required) =>
        Files = definition.Files;

    public InputSpec(string name, LinkType type, JsonElement options, bool required)
    {
        Name = name;
        Type = type;
        Options = options;
        Required = required;
        Min = options.Member("min");
        Max = options.Member("max");
        if (type.Choices is { } choices)
            Choices = [.. choices.EnumerateArray()];
        else if (type.Name == "COMBO")
            Choices = options.Member("options") is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];
    }

    /// <summary>The key in a prompt's inputs; dotted for a part of a dynamic input.</summary>
    public string Name { get; }

    /// <summary>What links and literals it takes.</summary>
    public LinkType Type { get; }

    /// <summary>The option object; empty where there is none.</summary>
    public JsonElement Options { get; }

    /// <summary>Whether it must be given.</summary>
    public bool Required { get; }

    /// <summary>Smallest value allowed, or null.</summary>
    public JsonElement? Min { get; }

    /// <summary>Biggest value allowed, or null.</summary>
    public JsonElement? Max { get; }

    /// <summary>The values allowed; null for an input that is no combo. Those of <see cref="Files"/> are not among them.</summary>
    public IReadOnlyList<JsonElement>? Choices { get; }

    /// <summary>For a combo of files: which.</summary>
    public FileChoices? Files { get; }
}
