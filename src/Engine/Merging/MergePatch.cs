using Farm.Engine.Models.UNet;
using Farm.Engine.Text;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Merging;

/// <summary>Shares of two models in a merge: <paramref name="Other"/>·B + <paramref name="Own"/>·A.</summary>
public readonly record struct MergeShares(float Other, float Own);

/// <summary>Weights mixed with another model's of the same name, which first get that model's own changes, in fp32.</summary>
internal sealed class MergePatch(StateDict other, WeightPatches otherPatches, Func<string, MergeShares> shares, string sharesName) : IWeightPatch
{
    public string Identity { get; } = $"merge({other.Identity}|{otherPatches.Identity}|{sharesName})";

    public bool Covers(string name) => other.Contains(name) && !name.EndsWith("position_ids", StringComparison.Ordinal) && !name.EndsWith("logit_scale", StringComparison.Ordinal);

    /// <summary>A weight of another size is left as it is, as ComfyUI leaves it.</summary>
    public Tensor Apply(string name, Tensor weight)
    {
        using var scope = NewDisposeScope();
        var stored = other.Open(name);
        if (!stored.shape.SequenceEqual(weight.shape)) return weight;
        var (otherShare, ownShare) = shares(name);
        var theirs = otherPatches.Apply(name, stored, weight.device, ScalarType.Float32);
        using (theirs) return (weight * ownShare + theirs * otherShare).MoveToOuterDisposeScope();
    }
}

/// <summary>Merging of models.</summary>
public static class MergeExtensions
{
    /// <summary>The model with the same shares everywhere.</summary>
    public static DiffusionModel Merge(this DiffusionModel model, DiffusionModel other, MergeShares shares) =>
        model.With(new MergePatch(other.Part.Stored, other.Weights, _ => shares, $"{shares.Other:R},{shares.Own:R}"));

    /// <summary>The model mixed with another by a ratio for each beginning of a weight's name, the longest that fits; the first ratio for all others.</summary>
    public static DiffusionModel Merge(this DiffusionModel model, DiffusionModel other, IReadOnlyList<(string Prefix, float Ratio)> ratios)
    {
        var name = string.Join(',', ratios.Select(item => $"{item.Prefix}={item.Ratio:R}"));
        return model.With(new MergePatch(other.Part.Stored, other.Weights, Shares, name));

        MergeShares Shares(string weight)
        {
            var fitting = ratios.Where(item => weight.StartsWith(item.Prefix, StringComparison.Ordinal)).OrderByDescending(item => item.Prefix.Length).ToArray();
            var ratio = fitting.Length > 0 ? fitting[0].Ratio : ratios[0].Ratio;
            return new MergeShares(1 - ratio, ratio);
        }
    }

    /// <summary>Changes that add the model's weights to stored differences.</summary>
    internal static WeightPatches AddedTo(this DiffusionModel model, StateDict differences) =>
        WeightPatches.None.With(new MergePatch(model.Part.Stored, model.Weights, _ => new MergeShares(1, 1), $"added to {differences.Identity}"));

    /// <summary>The text side with the same shares in every encoder that both have.</summary>
    public static ITextEncoder Merge(this ITextEncoder clip, ITextEncoder other, MergeShares shares)
    {
        foreach (var part in clip.Parts)
        {
            if (other.Parts.FirstOrDefault(candidate => candidate.Name == part.Name) is { } match)
                clip = clip.WithWeights(part.Name, new MergePatch(match.Stored, match.Patches, _ => shares, $"{shares.Other:R},{shares.Own:R}"));
        }
        return clip;
    }
}
