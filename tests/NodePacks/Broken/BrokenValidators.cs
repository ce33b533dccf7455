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

internal sealed class ValidatorAllocates() : ValidatedNode(nameof(ValidatorAllocates))
{
    public override ValueTask<InputVerdict> ValidateAsync(NodeCall call, CancellationToken cancel) =>
        ValueTask.FromResult(new int[int.MaxValue / 2, 1 << 20].Length > 0 ? InputVerdict.Valid : InputVerdict.Invalid());
}
