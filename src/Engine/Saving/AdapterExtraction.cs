using Farm.Engine.Memory;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Saving;

/// <summary>
/// A difference of weights as an adapter: by its largest singular values, as kohya's extraction does (Apache-2.0), or whole. Values beyond the 99th percentile are cut.
/// </summary>
/// <param name="rank">Singular values that are kept; null keeps differences whole.</param>
/// <param name="keepsBiases">Whether biases and norms are kept too, whole.</param>
public sealed class AdapterExtraction(int? rank, bool keepsBiases)
{
    private const double Kept = 0.99;
    private const string Weight = ".weight";
    private const string Bias = ".bias";

    /// <summary>What an adapter file holds for one weight of a network whose weights are the difference; nothing for one that is all zeros. The values belong to the current scope.</summary>
    public IReadOnlyList<SavedTensor> Of(NetworkPartView part, string name)
    {
        using var scope = NewDisposeScope();
        using var stored = ModelExport.Changed(part, name);
        var difference = stored.to(ScalarType.Float32);
        if (difference.count_nonzero().item<long>() == 0) return [];
        if (name.EndsWith(Bias, StringComparison.Ordinal)) return keepsBiases ? [Whole(Stem(part, name[..^Bias.Length]) + ".diff_b", difference)] : [];
        if (!name.EndsWith(Weight, StringComparison.Ordinal)) return [];
        var stem = Stem(part, name[..^Weight.Length]);
        if (difference.dim() < 2) return keepsBiases ? [Whole(stem + ".diff", difference)] : [];
        return rank is { } most ? LowRank(stem, difference, most) : [Whole(stem + ".diff", difference)];
    }

    private static SavedTensor[] LowRank(string stem, Tensor difference, int most)
    {
        var matrix = difference.flatten(1);
        var rank = Math.Min(most, Math.Min(matrix.shape[0], matrix.shape[1]));
        var (u, s, vh) = linalg.svd(matrix, fullMatrices: false);
        var up = u.narrow(1, 0, rank) * s.narrow(0, 0, rank);
        var down = vh.narrow(0, 0, rank);
        var limit = Limit(cat([up.flatten(), down.flatten()]));
        long[] ones = [.. Enumerable.Repeat(1L, (int)difference.dim() - 2)];
        return
        [
            Whole(stem + ".lora_up.weight", up.clamp(-limit, limit).reshape([up.shape[0], rank, .. ones])),
            Whole(stem + ".lora_down.weight", down.clamp(-limit, limit).reshape([rank, .. difference.shape[1..]])),
        ];
    }

    /// <summary>The 99th percentile, by a sort, which has no limit of size.</summary>
    private static float Limit(Tensor values) => values.sort().Values[(long)Math.Round((values.numel() - 1) * Kept)].item<float>();

    private static SavedTensor Whole(string name, Tensor value)
    {
        var kept = value.to(ScalarType.Float16).contiguous().clone().MoveToOuterDisposeScope();
        return new SavedTensor(new TensorInfo(name, ScalarType.Float16, kept.shape), kept.alias);
    }

    private static string Stem(NetworkPartView part, string layer) => part.Name == "unet"
        ? "diffusion_model." + layer
        : $"text_encoders.clip_{part.Name}.transformer.{(layer == "text_projection" ? layer : "text_model." + layer)}";
}
