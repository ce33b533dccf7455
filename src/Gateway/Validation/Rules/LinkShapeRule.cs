namespace Farm.Gateway.Validation.Rules;

/// <summary>A list is a link, and a link has two elements.</summary>
internal sealed class LinkShapeRule : IInputRule
{
    private const string Message = "Bad linked input, must be a length-2 list of [node_id, slot_index]";

    public NodeError? Check(InputCheck check) => !check.IsLink || check.Value.GetArrayLength() == 2
        ? null
        : NodeError.OfInput("bad_linked_input", Message, check.Input.Name, check.Input, writer =>
        {
            NodeError.WriteConfig(writer, check.Input);
            writer.WritePropertyName("received_value");
            check.Value.WriteTo(writer);
        });
}
