using Farm.Contracts.Text;

namespace Farm.Gateway.Validation.Rules;

/// <summary>A literal of a combo is one of its choices; those of a file combo are the farm's files now.</summary>
internal sealed class ChoiceRule : IInputRule
{
    private const int LongestListShown = 20;

    public NodeError? Check(InputCheck check)
    {
        if (!check.IsGiven || check.IsLink || check.IsLeftToValidator || check.Input.Files is { MustExist: true } || check.Input.Choices is not { } fixedChoices)
            return null;
        var files = check.Input.Files is { } folder ? check.Catalog.FilesOf(folder) : null;
        var choices = files is null ? fixedChoices : [.. files, .. fixedChoices];
        var value = check.Value;
        if (choices.Any(choice => PythonEquality.AreEqual(choice, value)))
            return null;
        var isShort = choices.Count <= LongestListShown;
        var shown = isShort ? $"[{string.Join(", ", choices.Select(PythonText.Repr))}]" : $"(list of length {choices.Count})";
        var details = $"{check.Input.Name}: '{PythonText.Str(value)}' not in {shown}";
        return NodeError.OfInput("value_not_in_list", "Value not in list", details, check.Input, writer =>
        {
            if (isShort)
                NodeError.WriteConfig(writer, check.Input, files is null ? null : choices);
            else
                writer.WriteNull("input_config");
            writer.WritePropertyName("received_value");
            value.WriteTo(writer);
        });
    }
}
