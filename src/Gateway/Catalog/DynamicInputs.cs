using System.Text.Json;
using Farm.Gateway.Http;

namespace Farm.Gateway.Catalog;

/// <summary>
/// Inputs of schema nodes that unfold with the values given: a combo whose choice brings inputs of its own, a growing row of equal
/// inputs, a slot with inputs behind it. A prompt has their parts flattened, joined by dots (execution semantics, 6).
/// </summary>
internal static class DynamicInputs
{
    private const string Combo = "COMFY_DYNAMICCOMBO_V3";
    private const string Autogrow = "COMFY_AUTOGROW_V3";
    private const string Slot = "COMFY_DYNAMICSLOT_V3";
    private const int MostGrown = 100;

    /// <summary>Whether a type unfolds.</summary>
    public static bool IsDynamic(string type) => type is Combo or Autogrow or Slot;

    /// <summary>The inputs declared for these values, in order.</summary>
    public static IReadOnlyList<InputSpec> Expand(IEnumerable<InputSpec> inputs, OrderedDictionary<string, JsonElement> values)
    {
        var declared = new List<InputSpec>();
        foreach (var input in inputs)
            Add(declared, input, values);
        return declared;
    }

    private static void Add(List<InputSpec> declared, InputSpec input, OrderedDictionary<string, JsonElement> values)
    {
        switch (input.Type.Name)
        {
            case Combo:
                AddChosen(declared, input, values);
                break;
            case Autogrow:
                AddGrown(declared, input);
                break;
            case Slot:
                if (!values.ContainsKey(input.Name))
                    break;
                declared.Add(new InputSpec(input.Name, SlotType(input), input.Options, input.Required));
                AddNested(declared, input.Name, input.Options.Member("inputs"), values);
                break;
            default:
                declared.Add(input);
                break;
        }
    }

    // A missing or unknown choice is no error: the input is then not declared at all.
    private static void AddChosen(List<InputSpec> declared, InputSpec input, OrderedDictionary<string, JsonElement> values)
    {
        if (!values.TryGetValue(input.Name, out var chosen) || chosen.ValueKind is not JsonValueKind.String)
            return;
        if (input.Options.Member("options") is not { ValueKind: JsonValueKind.Array } options)
            return;
        foreach (var option in options.EnumerateArray())
        {
            if (option.Member("key") is not { ValueKind: JsonValueKind.String } key || key.GetString() != chosen.GetString())
                continue;
            declared.Add(new InputSpec(input.Name, input.Type, JsonText.Value("{}"), input.Required));
            AddNested(declared, input.Name, option.Member("inputs"), values);
            return;
        }
    }

    private static void AddGrown(List<InputSpec> declared, InputSpec input)
    {
        var template = input.Options.Member("template");
        var sections = template?.Member("input");
        var required = First(sections?.Member("required"));
        if ((required ?? First(sections?.Member("optional"))) is not { } pattern || template is not { } rule)
            return;
        var min = rule.Member("min") is { ValueKind: JsonValueKind.Number } least ? least.GetInt32() : 0;
        var index = 0;
        foreach (var name in Names(rule))
            declared.Add(Read($"{input.Name}.{name}", pattern, required is not null && index++ < min));
    }

    private static IEnumerable<string> Names(JsonElement rule)
    {
        if (rule.Member("names") is { ValueKind: JsonValueKind.Array } names)
            return names.EnumerateArray().Select(name => name.GetString() ?? "");
        var prefix = rule.Member("prefix") is { ValueKind: JsonValueKind.String } text ? text.GetString() : "";
        var max = rule.Member("max") is { ValueKind: JsonValueKind.Number } most ? most.GetInt32() : MostGrown;
        return Enumerable.Range(0, max).Select(i => $"{prefix}{i}");
    }

    private static void AddNested(List<InputSpec> declared, string parent, JsonElement? sections, OrderedDictionary<string, JsonElement> values)
    {
        foreach (var (section, isRequired) in new[] { ("required", true), ("optional", false) })
        {
            if (sections?.Member(section) is not { ValueKind: JsonValueKind.Object } inputs)
                continue;
            foreach (var input in inputs.EnumerateObject())
                Add(declared, Read($"{parent}.{input.Name}", input.Value, isRequired), values);
        }
    }

    /// <summary>Reads an input as a schema writes it: <c>[type, options]</c>.</summary>
    private static InputSpec Read(string name, JsonElement written, bool required)
    {
        var type = written[0];
        var options = written.GetArrayLength() > 1 ? written[1] : JsonText.Value("{}");
        var link = type.ValueKind is JsonValueKind.Array ? new LinkType("COMBO", type) : new LinkType(type.GetString() ?? "", null);
        return new InputSpec(name, link, options, required);
    }

    private static LinkType SlotType(InputSpec input) =>
        input.Options.Member("slotType") is { ValueKind: JsonValueKind.String } type ? new LinkType(type.GetString()!, null) : new LinkType("*", null);

    private static JsonElement? First(JsonElement? section)
    {
        if (section is not { ValueKind: JsonValueKind.Object } inputs)
            return null;
        foreach (var input in inputs.EnumerateObject())
            return input.Value;
        return null;
    }
}
