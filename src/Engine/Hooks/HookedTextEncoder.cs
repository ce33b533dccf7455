using Farm.Engine.Memory;
using Farm.Engine.Text;
using Farm.Engine.Weights;

namespace Farm.Engine.Hooks;

/// <summary>A text side whose weights are changed by hooks.</summary>
/// <param name="Inner">The text side without them.</param>
/// <param name="Hooks">The hooks.</param>
/// <param name="MarksConditionings">Whether what is encoded carries the hooks on to the denoising network.</param>
/// <param name="FollowsKeyframes">Whether a text is encoded anew for every stretch of the walk with other strengths; otherwise the first keyframes count.</param>
public sealed record HookedTextEncoder(ITextEncoder Inner, IReadOnlyList<WeightHook> Hooks, bool MarksConditionings, bool FollowsKeyframes) : ITextEncoder
{
    /// <inheritdoc/>
    public IReadOnlyList<NetworkPartView> Parts => Inner.Parts;

    /// <summary>The stretches of the walk, each with the text side as it is there.</summary>
    public IEnumerable<(double Start, double End, ITextEncoder Encoder)> Stretches()
    {
        double[] starts = FollowsKeyframes ? [.. Hooks.SelectMany(hook => hook.Keyframes.Items).Select(keyframe => keyframe.StartPercent).Append(0).Distinct().Order()] : [0];
        for (var i = 0; i < starts.Length; i++) yield return (starts[i], i + 1 < starts.Length ? starts[i + 1] : 1, At(starts[i]));
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<TextToken>>> Tokenize(string text) => Inner.Tokenize(text);

    /// <inheritdoc/>
    public TextEncoding Encode(IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyList<TextToken>>> tokens) => At(0).Encode(tokens);

    /// <inheritdoc/>
    public ITextEncoder WithWeights(string encoder, IWeightPatch patch) => this with { Inner = Inner.WithWeights(encoder, patch) };

    /// <inheritdoc/>
    public ITextEncoder WithLastLayer(int layer) => this with { Inner = Inner.WithLastLayer(layer) };

    private ITextEncoder At(double percent)
    {
        var parts = Inner.Parts;
        var changed = Inner;
        foreach (var hook in Hooks)
        {
            foreach (var part in parts)
            {
                if (hook.Fit(part, parts.Count == 1, hook.ClipStrength * hook.Keyframes.StrengthAt(percent)) is { } patch) changed = changed.WithWeights(part.Name, patch);
            }
        }
        return changed;
    }
}
