using System.Text.Json;
using Farm.Contracts.Text;

namespace Farm.Gateway.Validation.Rules;

/// <summary>A literal lies between the bounds of its input.</summary>
internal sealed class RangeRule : IInputRule
{
    public NodeError? Check(InputCheck check)
    {
        if (!check.IsGiven || check.IsLink || check.IsLeftToValidator)
            return null;
        if (check.Input.Min is { } min && PythonEquality.Compare(check.Value, min, '<') < 0)
            return Outside(check, "value_smaller_than_min", "smaller than min of", min);
        if (check.Input.Max is { } max && PythonEquality.Compare(check.Value, max, '>') > 0)
            return Outside(check, "value_bigger_than_max", "bigger than max of", max);
        return null;
    }

    private static NodeError Outside(InputCheck check, string type, string relation, JsonElement bound)
    {
        var value = check.Value;
        var message = $"Value {PythonText.Str(value)} {relation} {PythonText.Str(bound)}";
        return NodeError.OfInput(type, message, check.Input.Name, check.Input, writer =>
        {
            NodeError.WriteConfig(writer, check.Input);
            writer.WritePropertyName("received_value");
            value.WriteTo(writer);
        });
    }
}
