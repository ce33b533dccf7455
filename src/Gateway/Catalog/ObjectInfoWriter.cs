using System.Text.Json;
using Farm.Contracts.Catalog;
using Farm.Gateway.Http;

namespace Farm.Gateway.Catalog;

/// <summary>
/// Writes <c>/object_info</c> entries: members, order and the differences of the two node styles as recorded (execution
/// semantics, 21).
/// </summary>
internal sealed class ObjectInfoWriter(Utf8JsonWriter writer, FileCombos files)
{
    private const string Essentials = "essentials_category";
    private const string Aliases = "search_aliases";
    private const string Badge = "price_badge";

    /// <summary>Writes a class's entry as a member under its name.</summary>
    public void Write(NodeDefinition node)
    {
        var more = JsonText.Value(node.More ?? "{}");
        var own = more.EnumerateObject().Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        writer.WriteStartObject(node.ClassType);
        WriteInputs(node);
        WriteInputOrder(node);
        writer.WriteBoolean("is_input_list", node.Is(NodeTraits.InputIsList));
        WriteOutputs(node, own);
        writer.WriteString("name", node.ClassType);
        writer.WriteString("display_name", node.Style is NodeStyle.V1 ? node.DisplayName ?? node.ClassType : node.DisplayName);
        writer.WriteString("description", node.Description);
        writer.WriteString("python_module", node.PythonModule);
        writer.WriteString("category", node.Category);
        writer.WriteBoolean("output_node", node.Is(NodeTraits.OutputNode));
        WriteRest(node, more);
        writer.WriteEndObject();
    }

    private void WriteInputs(NodeDefinition node)
    {
        writer.WriteStartObject("input");
        WriteSection("required", node, node.Required);
        if (node.Optional.Length > 0)
            WriteSection("optional", node, node.Optional);
        if (node.Hidden.Length > 0)
            WriteHidden(node);
        writer.WriteEndObject();
    }

    private void WriteSection(string name, NodeDefinition node, IReadOnlyList<InputDefinition> inputs)
    {
        writer.WriteStartObject(name);
        foreach (var input in inputs)
        {
            writer.WriteStartArray(input.Name);
            var choices = input.Files is null ? null : files.Choices(input.Files);
            WriteType(input, choices);
            if (node.Style is NodeStyle.V3 || input.Options is not null)
                WriteOptions(input, choices);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    private void WriteType(InputDefinition input, IEnumerable<string>? choices)
    {
        if (input.Choices is null)
            writer.WriteStringValue(input.Type);
        else if (choices is null)
            writer.WriteRawValue(input.Choices);
        else
            WriteList(choices);
    }

    private void WriteOptions(InputDefinition input, IEnumerable<string>? choices)
    {
        if (choices is null || input.Choices is not null)
        {
            writer.WriteRawValue(input.Options ?? "{}");
            return;
        }
        var hasList = false;
        writer.WriteStartObject();
        foreach (var option in JsonText.Value(input.Options ?? "{}").EnumerateObject())
        {
            writer.WritePropertyName(option.Name);
            hasList |= option.NameEquals("options");
            if (option.NameEquals("options"))
                WriteList(choices);
            else
                option.Value.WriteTo(writer);
        }
        if (!hasList)
        {
            writer.WritePropertyName("options");
            WriteList(choices);
        }
        writer.WriteEndObject();
    }

    private void WriteList(IEnumerable<string> items)
    {
        writer.WriteStartArray();
        foreach (var item in items)
            writer.WriteStringValue(item);
        writer.WriteEndArray();
    }

    private void WriteHidden(NodeDefinition node)
    {
        writer.WriteStartObject("hidden");
        foreach (var hidden in node.Hidden)
        {
            writer.WritePropertyName(hidden.Name);
            if (hidden.Kind.StartsWith('['))
                writer.WriteRawValue(hidden.Kind);
            else if (node.Style is NodeStyle.V1)
                writer.WriteStringValue(hidden.Kind);
            else
                WriteList([hidden.Kind]);
        }
        writer.WriteEndObject();
    }

    private void WriteInputOrder(NodeDefinition node)
    {
        writer.WriteStartObject("input_order");
        WriteNames("required", node.Required.Select(i => i.Name));
        if (node.Optional.Length > 0)
            WriteNames("optional", node.Optional.Select(i => i.Name));
        if (node.Hidden.Length > 0)
            WriteNames("hidden", node.Hidden.Select(h => h.Name));
        writer.WriteEndObject();

        void WriteNames(string section, IEnumerable<string> names)
        {
            writer.WritePropertyName(section);
            WriteList(names);
        }
    }

    private void WriteOutputs(NodeDefinition node, HashSet<string> own)
    {
        if (!own.Contains("output"))
            WriteOutputTypes(node);
        if (!own.Contains("output_is_list"))
        {
            writer.WriteStartArray("output_is_list");
            foreach (var output in node.Outputs)
                writer.WriteBooleanValue(output.IsList);
            writer.WriteEndArray();
        }
        if (!own.Contains("output_name"))
        {
            writer.WritePropertyName("output_name");
            WriteList(node.Outputs.Select(o => o.Name));
        }
        if (node.Style is not NodeStyle.V3)
            return;
        if (!own.Contains("output_tooltips"))
            WriteTexts("output_tooltips", node.Outputs.Select(o => o.Tooltip));
        if (node.Outputs.Any(o => o.MatchTemplate is not null))
            WriteTexts("output_matchtypes", node.Outputs.Select(o => o.MatchTemplate));
        else
            writer.WriteNull("output_matchtypes");
    }

    private void WriteOutputTypes(NodeDefinition node)
    {
        writer.WriteStartArray("output");
        foreach (var output in node.Outputs)
        {
            if (output.Choices is null)
                writer.WriteStringValue(output.Type);
            else
                writer.WriteRawValue(output.Choices);
        }
        writer.WriteEndArray();
    }

    private void WriteRest(NodeDefinition node, JsonElement more)
    {
        var isV3 = node.Style is NodeStyle.V3;
        if (!isV3)
            writer.WriteBoolean("has_intermediate_output", node.Is(NodeTraits.IntermediateOutput));
        if (!isV3 && more.Member("output_tooltips") is null && node.Outputs.Any(o => o.Tooltip is not null))
            WriteTexts("output_tooltips", node.Outputs.Select(o => o.Tooltip ?? ""));
        WriteFlag("deprecated", NodeTraits.Deprecated);
        WriteFlag("experimental", NodeTraits.Experimental);
        WriteFlag("dev_only", NodeTraits.DevOnly);
        WriteFlag("api_node", NodeTraits.ApiNode);
        if (isV3)
            WriteMember(Badge, more, "null");
        WriteMember(Aliases, more, isV3 ? "null" : "[]");
        if (isV3 || more.Member(Essentials) is not null)
            WriteMember(Essentials, more, "null");
        foreach (var member in more.EnumerateObject().Where(m => m.Name is not (Badge or Aliases or Essentials)))
            member.WriteTo(writer);
        if (isV3)
            writer.WriteBoolean("has_intermediate_output", node.Is(NodeTraits.IntermediateOutput));

        void WriteFlag(string name, NodeTraits trait)
        {
            if (isV3 || node.Is(trait))
                writer.WriteBoolean(name, node.Is(trait));
        }
    }

    private void WriteMember(string name, JsonElement more, string fallback)
    {
        writer.WritePropertyName(name);
        (more.Member(name) ?? JsonText.Value(fallback)).WriteTo(writer);
    }

    private void WriteTexts(string name, IEnumerable<string?> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
