using System.Text.Json;
using Farm.Contracts.Catalog;

namespace Farm.Worker.Packs;

/// <summary>What a definition must keep to, so that gateway, clients and executor can work with it.</summary>
internal static class DefinitionCheck
{
    private const int MaxNameLength = 256;

    /// <summary>Throws when the definition breaks a rule.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="maxLength">Characters in all lists and option objects.</param>
    /// <exception cref="PackException">Says which rule.</exception>
    public static void Check(NodeDefinition definition, int maxLength)
    {
        CheckName("class_type", definition.ClassType);
        foreach (var section in new[] { definition.Required, definition.Optional })
        {
            foreach (var input in section)
                CheckInput(input);
            if (section.GroupBy(input => input.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
                throw new PackException($"input {twice.Key} is declared twice");
        }
        foreach (var hidden in definition.Hidden)
            CheckName("hidden input", hidden.Name);
        foreach (var output in definition.Outputs)
            CheckName("type of an output", output.Type);
        CheckJson("further members", definition.More ?? "{}", JsonValueKind.Object);
        if (Length(definition) is var length && length > maxLength)
            throw new PackException($"its definition has {length} characters; at most {maxLength} are taken");
    }

    private static void CheckInput(InputDefinition input)
    {
        CheckName("input", input.Name);
        CheckName($"type of input {input.Name}", input.Type);
        CheckJson($"options of input {input.Name}", input.Options ?? "{}", JsonValueKind.Object);
        if (input.Choices is { } choices)
            CheckJson($"choices of input {input.Name}", choices, JsonValueKind.Array);
    }

    private static void CheckName(string what, string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength || name.Any(char.IsControl))
            throw new PackException($"{what}: '{name}' is no name: 1 to {MaxNameLength} characters, none of them a control character");
    }

    // NaN and infinities are Python's json, not JSON: no client could read the listing.
    private static void CheckJson(string what, string json, JsonValueKind kind)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != kind)
                throw new PackException($"{what}: must be a JSON {kind}");
        }
        catch (JsonException failure)
        {
            throw new PackException($"{what}: no valid JSON: {failure.Message}");
        }
    }

    private static int Length(NodeDefinition definition) =>
        definition.Required.Concat(definition.Optional).Sum(input => input.Name.Length + input.Type.Length + (input.Options?.Length ?? 0) + (input.Choices?.Length ?? 0))
        + definition.Outputs.Sum(output => output.Name.Length + output.Type.Length + (output.Choices?.Length ?? 0))
        + definition.Description.Length + (definition.More?.Length ?? 0);
}
