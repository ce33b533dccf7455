using System.Collections.Immutable;

namespace Farm.BrokenPack;

internal abstract class ValidatedNode(string name) : Node, IValidatedNode
{
    public ImmutableArray<string> ValidatedInputs => ["value"];

    protected override void Define(NodeBuilder node) => node.Named(name).In("tests").OutputNode().Int("value").Output("INT");

    public abstract ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel);

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Value("value"));
}

internal sealed class ValidatorThrows() : ValidatedNode(nameof(ValidatorThrows))
{
    public override ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel) =>
        throw NodeFailedException.ValueError("I do not like this");
}

internal sealed class ValidatorWaits() : ValidatedNode(nameof(ValidatorWaits))
{
    public override async ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
        return InputVerdict.Valid;
    }
}

/// <summary>Its validator loops for a value of 0, whatever it is told.</summary>
internal sealed class ValidatorLoops() : ValidatedNode(nameof(ValidatorLoops))
{
    public override ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel)
    {
        while (call.Get<long>("value") == 0 && !Loops.EndValidators)
        {
        }
        return ValueTask.FromResult(InputVerdict.Valid);
    }
}

/// <summary>Its validator takes one of two inputs, so that the other is checked as usual.</summary>
internal sealed class ValidatesMode : Node, IValidatedNode
{
    public ImmutableArray<string> ValidatedInputs => ["mode"];

    protected override void Define(NodeBuilder node) =>
        node.V1().Named(nameof(ValidatesMode)).In("tests").OutputNode().Int("i", max: 10).String("mode").Output("INT");

    public ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel) =>
        ValueTask.FromResult(call.Get<string>("mode") == "right" ? InputVerdict.Valid : InputVerdict.Invalid("no such mode"));

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Value("i"));
}

/// <summary>Its validator takes no input and is never content.</summary>
internal sealed class ValidatesNothing : Node, IValidatedNode
{
    public ImmutableArray<string> ValidatedInputs => [];

    protected override void Define(NodeBuilder node) => node.V1().Named(nameof(ValidatesNothing)).In("tests").OutputNode().Int("i").Output("INT");

    public ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel) => ValueTask.FromResult(InputVerdict.Invalid("never"));

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Value("i"));
}

/// <summary>Its validator takes all there is and tells what that was.</summary>
internal sealed class ValidatesEverything : Node, IValidatedNode
{
    public ImmutableArray<string> ValidatedInputs => ["*"];

    protected override void Define(NodeBuilder node) =>
        node.V1().Named(nameof(ValidatesEverything)).In("tests").OutputNode().Int("i").Hidden("id", "UNIQUE_ID").Hidden("other", """["*"]""").Output("INT");

    public ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel) =>
        ValueTask.FromResult(InputVerdict.Invalid(string.Join(' ', call.Names.Select(name => $"{name}={call.Value(name) ?? "None"}"))));

    protected override NodeResult? Run(NodeCall call) => NodeResult.Of(call.Value("i"));
}

internal sealed class ValidatorAllocates() : ValidatedNode(nameof(ValidatorAllocates))
{
    public override ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel) =>
        ValueTask.FromResult(new int[int.MaxValue / 2, 1 << 20].Length > 0 ? InputVerdict.Valid : InputVerdict.Invalid());
}
