using static TorchSharp.torch;

namespace Farm.Engine.Models.UNet;

/// <summary>Token merging (arXiv 2303.17604): the queries of the largest self attentions that are most alike are merged before it and copied back after it.</summary>
public static class TokenMerging
{
    private const int Window = 2;

    /// <summary>The model with the patch.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ratio">Share of the tokens that are merged away, 0…1.</param>
    public static DiffusionModel WithTokenMerging(this DiffusionModel model, double ratio)
    {
        AttentionPatch patch = (place, q, k, v, inner) =>
        {
            if (Math.Ceiling(Math.Sqrt(place.Height * place.Width / q.shape[1])) > 1) return inner(q, k, v);
            var merged = (int)(q.shape[1] * ratio);
            if (merged <= 0 || place.Height < Window || place.Width < Window) return inner(q, k, v);
            var plan = Plan.Create(q, place, merged);
            return plan.Unmerge(inner(plan.Merge(q), k, v));
        };
        return model with { Patches = model.Patches with { SelfAttention = [.. model.Patches.SelfAttention, patch] } };
    }

    /// <summary>Which tokens stay, which are merged away, and into which.</summary>
    private sealed record Plan(Tensor Sources, Tensor Destinations, Tensor Kept, Tensor Merged, Tensor Into)
    {
        public static Plan Create(Tensor q, UNetPlace place, int merged)
        {
            var (sources, destinations) = Split(place, q.device);
            var unit = q / q.norm(-1, keepdim: true, 2);
            var scores = unit.index_select(1, sources).bmm(unit.index_select(1, destinations).transpose(1, 2));
            merged = (int)Math.Min(merged, sources.shape[0]);
            var (best, into) = scores.max(-1);
            var order = best.argsort(-1, descending: true);
            var away = order.narrow(1, 0, merged);
            return new Plan(sources, destinations, order.narrow(1, merged, order.shape[1] - merged), away, into.gather(1, away));
        }

        /// <summary>The tokens that stay, then the destinations as the means of themselves and what went into them.</summary>
        public Tensor Merge(Tensor tokens)
        {
            var from = tokens.index_select(1, Sources);
            var target = Spread(Into, tokens.shape[2]);
            var moved = from.gather(1, Spread(Merged, tokens.shape[2]));
            var to = tokens.index_select(1, Destinations);
            var sum = to.scatter_add(1, target, moved);
            var count = ones_like(to).scatter_add(1, target, ones_like(moved));
            return cat([from.gather(1, Spread(Kept, tokens.shape[2])), sum / count], 1);
        }

        /// <summary>Back to all tokens.</summary>
        public Tensor Unmerge(Tensor tokens)
        {
            var (batch, width) = (tokens.shape[0], tokens.shape[2]);
            var stayed = Kept.shape[1];
            var destinations = tokens.narrow(1, stayed, Destinations.shape[0]);
            var result = zeros([batch, Sources.shape[0] + Destinations.shape[0], width], tokens.dtype, tokens.device);
            result.index_copy_(1, Destinations, destinations);
            result.scatter_(1, Spread(Place(Kept), width), tokens.narrow(1, 0, stayed));
            return result.scatter_(1, Spread(Place(Merged), width), destinations.gather(1, Spread(Into, width)));
        }

        private Tensor Place(Tensor sources) => Sources.index_select(0, sources.flatten()).reshape(sources.shape);

        private static Tensor Spread(Tensor indices, long width) => indices.unsqueeze(-1).expand(-1, -1, width);

        /// <summary>One cell of every 2×2 window, drawn at random, is a destination; all others are sources.</summary>
        private static (Tensor Sources, Tensor Destinations) Split(UNetPlace place, Device device)
        {
            long rows = place.Height / Window, columns = place.Width / Window;
            using var drawn = randint(0, Window * Window, [rows, columns, 1], generator: place.Inputs.Random);
            var chosen = drawn.data<long>().ToArray();
            var isDestination = new bool[place.Height * place.Width];
            for (var i = 0; i < chosen.Length; i++)
                isDestination[(i / columns * Window + chosen[i] / Window) * place.Width + i % columns * Window + chosen[i] % Window] = true;
            var all = Enumerable.Range(0, isDestination.Length).ToLookup(i => isDestination[i], i => (long)i);
            return (tensor(all[false].ToArray(), device: device), tensor(all[true].ToArray(), device: device));
        }
    }
}
