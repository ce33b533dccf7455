using System.Text.Json;
using Farm.Contracts.Text;
using Farm.Gateway.Http;

namespace Farm.Gateway.Validation.Rules;

/// <summary>A literal is unwrapped and turned into the declared type; what cannot be turned is refused.</summary>
internal sealed class LiteralTypeRule : IInputRule
{
    private const string Wrapper = "__value__";

    public NodeError? Check(InputCheck check)
    {
        if (!check.IsGiven || check.IsLink)
            return null;
        if (check.Value.Member(Wrapper) is { } wrapped)
            check.Replace(wrapped, unwrapped: true);
        var type = check.Input.Type.Choices is null ? check.Input.Type.Name : "";
        try
        {
            check.Replace(Coercion.Coerce(type, check.Value));
            return null;
        }
        catch (FormatException failure)
        {
            return Failed(check, type, failure.Message);
        }
    }

    private static NodeError Failed(InputCheck check, string type, string text)
    {
        var value = check.Value;
        return NodeError.OfInput(
            "invalid_input_type", $"Failed to convert an input value to a {type} value",
            $"{check.Input.Name}, {PythonText.Str(value)}, {text}", check.Input, writer => Write(writer, check, value, text));
    }

    private static void Write(Utf8JsonWriter writer, InputCheck check, JsonElement value, string text)
    {
        NodeError.WriteConfig(writer, check.Input);
        writer.WritePropertyName("received_value");
        value.WriteTo(writer);
        writer.WriteString("exception_message", text);
    }
}
