using System.Collections.Immutable;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>What flows between nodes as CONDITIONING: texts as the network takes them, each with what holds for it.</summary>
/// <param name="Items">In order.</param>
internal sealed record Conditioning(ImmutableArray<ConditioningItem> Items) : IValueParts
{
    /// <inheritdoc />
    public IEnumerable<object?> Parts => Items;

    /// <summary>The same with options set on every item.</summary>
    public Conditioning With(params (string Name, object? Value)[] options) => new([.. Items.Select(item => item.With(options))]);
}

/// <summary>One encoded text.</summary>
/// <param name="Context">Text states, fp32 [1, tokens, width].</param>
/// <param name="Options">By ComfyUI's names: pooled_output, area, mask, strength, start_percent, … Tuples are lists.</param>
internal sealed record ConditioningItem(Tensor Context, ImmutableDictionary<string, object?> Options) : IValueParts
{
    /// <summary>The option that holds the text's summary vector.</summary>
    public const string Pooled = "pooled_output";

    /// <summary>The option that holds a control network with its picture.</summary>
    public const string Control = "control";

    /// <summary>The option that holds the latent of a picture that joins the noisy one.</summary>
    public const string ConcatLatent = "concat_latent_image";

    /// <summary>The option that holds the mask that joins the noisy latent.</summary>
    public const string ConcatMask = "concat_mask";

    /// <inheritdoc />
    public IEnumerable<object?> Parts => Options.Values.Prepend(Context);

    /// <summary>The same with options set.</summary>
    public ConditioningItem With(params (string Name, object? Value)[] options) =>
        this with { Options = Options.SetItems(options.Select(option => KeyValuePair.Create(option.Name, option.Value))) };
}
