namespace Farm.Gateway.Validation.Rules;

/// <summary>A required input is given.</summary>
internal sealed class RequiredInputRule : IInputRule
{
    public NodeError? Check(InputCheck check)
    {
        if (check.IsGiven || !check.Input.Required)
            return null;
        var name = check.Input.Name;
        var shown = check.NodeSpec.HasDynamicInputs ? name[(name.LastIndexOf('.') + 1)..] : name;
        return NodeError.OfInput("required_input_missing", "Required input is missing", shown, check.Input);
    }
}
