using System.Text;
using System.Text.Json;
using Farm.Gateway.Http;

namespace Farm.Gateway.Assets;

/// <summary>A field that breaks a rule, in the shape of Pydantic's errors, which ComfyUI's asset routes pass on (0.19.3, recorded).</summary>
/// <param name="Type">The rule.</param>
/// <param name="Field">The field; null for the whole.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Input">What was given, as JSON.</param>
internal sealed record FieldProblem(string Type, string? Field, string Message, string Input)
{
    private const string Reference = "https://errors.pydantic.dev/2.12/v/";

    /// <summary>The place in a list; null for the field itself.</summary>
    public int? Index { get; init; }

    /// <summary>The rule's figures, by name, as JSON.</summary>
    public IReadOnlyList<(string Name, string Json)> Context { get; init; } = [];

    /// <summary>A rule of this surface's own.</summary>
    public static FieldProblem Value(string? field, string rule, string input) =>
        new("value_error", field, "Value error, " + rule, input) { Context = [("error", Json(rule))] };

    /// <summary>A field is not there.</summary>
    public static FieldProblem Missing(string field, JsonElement body) => new("missing", field, "Field required", body.GetRawText());

    /// <summary>A field is of the wrong type.</summary>
    public static FieldProblem WrongType(string type, string field, string wanted, JsonElement given, int? index = null) =>
        new(type, field, $"Input should be {wanted}", given.GetRawText()) { Index = index };

    /// <summary>A text is too long.</summary>
    public static FieldProblem TooLong(string field, int limit, string given) =>
        new("string_too_long", field, $"String should have at most {limit} characters", Json(given)) { Context = [("max_length", $"{limit}")] };

    /// <summary>A text as JSON.</summary>
    public static string Json(string text) => Encoding.UTF8.GetString(JsonText.Write(writer => writer.WriteStringValue(text)).Span);

    /// <summary>The problems as a JSON text.</summary>
    public static string Text(IReadOnlyList<FieldProblem> problems) => Encoding.UTF8.GetString(JsonText.Write(writer => WriteAll(writer, problems)).Span);

    /// <summary>Writes the list.</summary>
    public static void WriteAll(Utf8JsonWriter writer, IReadOnlyList<FieldProblem> problems)
    {
        writer.WriteStartArray();
        foreach (var problem in problems)
            problem.Write(writer);
        writer.WriteEndArray();
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type", Type);
        writer.WriteStartArray("loc");
        if (Field is not null)
            writer.WriteStringValue(Field);
        if (Index is { } index)
            writer.WriteNumberValue(index);
        writer.WriteEndArray();
        writer.WriteString("msg", Message);
        writer.WritePropertyName("input");
        // It is JSON already, and may be deeper than what the writer's own check takes.
        writer.WriteRawValue(Input, skipInputValidation: true);
        if (Context.Count > 0)
        {
            writer.WriteStartObject("ctx");
            foreach (var (name, json) in Context)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(json);
            }
            writer.WriteEndObject();
        }
        writer.WriteString("url", Reference + Type);
        writer.WriteEndObject();
    }
}
