using Farm.Engine.Models.UNet;
using TorchSharp;
using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>
/// Self attention guidance (arXiv 2210.00939): away from what the network makes of its negative prediction blurred where its middle block looks.
/// The negative is evaluated at every scale.
/// </summary>
public static class SelfAttentionGuidance
{
    private const int Kernel = 9;
    private const int LeastSide = 4;
    private const float Threshold = 1;

    /// <summary>The model with the guidance.</summary>
    /// <param name="model">The model.</param>
    /// <param name="scale">How far away.</param>
    /// <param name="blurSigma">Deviation of the blur in latent cells.</param>
    public static DiffusionModel WithSelfAttentionGuidance(this DiffusionModel model, float scale, float blurSigma) => model.With(run =>
    {
        var seen = new Seen();
        var recorded = run.With(patches => patches with { SelfAttentionReplacements = [.. patches.SelfAttentionReplacements, (seen.At, seen.Attend)] });
        var hooks = run.Hooks.With((call, pair, mixed) => Steer(call, pair, mixed, seen, scale, blurSigma)) with { NeedsNegative = true };
        return recorded with { Hooks = hooks };
    });

    private static Tensor Steer(GuidanceCall call, GuidancePair pair, Tensor mixed, Seen seen, float scale, float blurSigma)
    {
        if (Math.Min(call.X.shape[^2], call.X.shape[^1]) <= LeastSide || seen.Mask(pair.Negative) is not { } mask) return mixed;
        var blurred = Blur(pair.Negative, blurSigma) * mask + pair.Negative * (1 - mask);
        var degraded = call.Evaluate(call.Negative, blurred + call.X - pair.Negative);
        return mixed + (blurred - degraded) * scale;
    }

    private static Tensor Blur(Tensor x, float sigma)
    {
        var half = (Kernel - 1) / 2;
        var weights = linspace(-half, half, Kernel, device: x.device).div(sigma).square().mul(-0.5f).exp();
        weights = weights / weights.sum();
        var kernel = weights.unsqueeze(1).mm(weights.unsqueeze(0)).expand(x.shape[1], 1, Kernel, Kernel);
        var padded = nn.functional.pad(x, [half, half, half, half], PaddingModes.Reflect);
        return nn.functional.conv2d(padded, kernel, groups: x.shape[1]);
    }

    /// <summary>How much the negative's keys were looked at in the middle block; plain numbers, so that a run that stops leaves no tensor behind.</summary>
    private sealed class Seen
    {
        private const int NegativeSet = 1;

        private float[] _looks = [];
        private long _tokens;

        public bool At(UNetPlace place) => place is { Stretch: UNetStretch.Middle, Block: 0, Transformer: 0 };

        public Tensor Attend(UNetPlace place, Tensor q, Tensor k, Tensor v, long heads)
        {
            using var scope = NewDisposeScope();
            var (queries, keys, values) = (Split(q, heads), Split(k, heads), Split(v, heads));
            var weights = nn.functional.softmax(queries.bmm(keys.transpose(1, 2)).mul(1 / MathF.Sqrt(q.shape[2] / heads)).to(ScalarType.Float32), -1);
            Record(place, weights.reshape(q.shape[0], heads, q.shape[1], k.shape[1]));
            var attended = weights.to(v.dtype).bmm(values).reshape(q.shape[0], heads, q.shape[1], -1);
            return attended.transpose(1, 2).reshape(q.shape).MoveToOuterDisposeScope();
        }

        /// <summary>1 where a key was looked at more than once on average, stretched to the latent; null before the first pass.</summary>
        public Tensor? Mask(Tensor latent)
        {
            if (_looks.Length == 0) return null;
            var looks = tensor(_looks, device: latent.device).reshape(-1, _tokens);
            var (rows, columns) = Sides(_tokens, latent.shape[^2], latent.shape[^1]);
            var mask = looks.gt(Threshold).to(ScalarType.Float32).reshape(-1, 1, rows, columns);
            return nn.functional.interpolate(mask, [latent.shape[^2], latent.shape[^1]], mode: InterpolationMode.Nearest);
        }

        private void Record(UNetPlace place, Tensor weights)
        {
            var sets = place.Inputs.Sets;
            if (!sets.Contains(NegativeSet) || sets.Count == 0) return;
            var rows = weights.shape[0] / sets.Count;
            var parts = Enumerable.Range(0, sets.Count).Where(i => sets[i] == NegativeSet).Select(i => weights.narrow(0, i * rows, rows));
            var looks = cat([.. parts], 0).mean([1]).sum(1);
            _tokens = looks.shape[1];
            _looks = [.. looks.cpu().contiguous().data<float>()];
        }

        /// <summary>Rows and columns of the tokens, near the latent's aspect ratio.</summary>
        private static (long Rows, long Columns) Sides(long tokens, long height, long width)
        {
            var start = (long)Math.Round(Math.Sqrt((double)height / width * tokens), MidpointRounding.ToEven);
            for (long i = 0; ; i++)
            {
                foreach (var rows in (long[])[start + i, start - i])
                {
                    if (rows > 0 && tokens % rows == 0) return (rows, tokens / rows);
                }
            }
        }

        private static Tensor Split(Tensor x, long heads) =>
            x.reshape(x.shape[0], x.shape[1], heads, -1).transpose(1, 2).reshape(x.shape[0] * heads, x.shape[1], -1);
    }
}
