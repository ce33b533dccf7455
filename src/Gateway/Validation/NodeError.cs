using System.Text.Json;
using Farm.Gateway.Catalog;

namespace Farm.Gateway.Validation;

/// <summary>One entry of a node's <c>errors</c>.</summary>
/// <param name="Type">A word for programs: <c>value_not_in_list</c>, …</param>
/// <param name="Message">The kind of error, for people.</param>
/// <param name="Details">Which input, and what.</param>
/// <param name="WriteExtra">Writes the members of <c>extra_info</c>.</param>
internal sealed record NodeError(string Type, string Message, string Details, Action<Utf8JsonWriter> WriteExtra)
{
    /// <summary>An error of one input; <c>extra_info</c> starts with its name.</summary>
    public static NodeError OfInput(string type, string message, string details, InputSpec input, Action<Utf8JsonWriter>? more = null) =>
        new(type, message, details, writer =>
        {
            writer.WriteString("input_name", input.Name);
            more?.Invoke(writer);
        });

    /// <summary>Writes the error as it stands in <c>node_errors</c>.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type", Type);
        writer.WriteString("message", Message);
        writer.WriteString("details", Details);
        writer.WriteStartObject("extra_info");
        WriteExtra(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Writes <c>input_config</c>: type and options, the list of choices standing for the type of an old-style combo.</summary>
    public static void WriteConfig(Utf8JsonWriter writer, InputSpec input, IReadOnlyList<JsonElement>? files = null)
    {
        writer.WriteStartArray("input_config");
        if (files is not null && input.Type.Choices is not null)
            WriteList(writer, files);
        else
            input.Type.Write(writer);
        if (files is not null && input.Type.Choices is null)
            WriteOptions(writer, input.Options, files);
        else
            input.Options.WriteTo(writer);
        writer.WriteEndArray();
    }

    private static void WriteOptions(Utf8JsonWriter writer, JsonElement options, IReadOnlyList<JsonElement> files)
    {
        writer.WriteStartObject();
        foreach (var option in options.EnumerateObject().Where(o => !o.NameEquals("options")))
            option.WriteTo(writer);
        writer.WritePropertyName("options");
        WriteList(writer, files);
        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, IReadOnlyList<JsonElement> items)
    {
        writer.WriteStartArray();
        foreach (var item in items)
            item.WriteTo(writer);
        writer.WriteEndArray();
    }
}

/// <summary>A prompt that cannot run at all: the <c>error</c> member of a refusal.</summary>
/// <param name="Type">A word for programs: <c>prompt_no_outputs</c>, …</param>
/// <param name="Message">For people.</param>
/// <param name="Details">Lines that say where; may be empty.</param>
/// <param name="WriteExtra">Writes the members of <c>extra_info</c>; null for none.</param>
internal sealed record PromptError(string Type, string Message, string Details, Action<Utf8JsonWriter>? WriteExtra = null)
{
    /// <summary>Writes the error object.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type", Type);
        writer.WriteString("message", Message);
        writer.WriteString("details", Details);
        writer.WriteStartObject("extra_info");
        WriteExtra?.Invoke(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
