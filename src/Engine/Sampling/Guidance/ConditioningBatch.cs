using Farm.Engine.Hooks;
using Farm.Engine.Models.UNet;
using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Evaluates several conditionings at one noisy latent with as few forward passes as their shapes allow.</summary>
internal static class ConditioningBatch
{
    private const float Nothing = 1e-37f; // keeps the weighted mean defined where no entry applies
    private const int MaxContextRepeat = 4;

    /// <summary>The clean latent of each conditioning: the mean over its entries, weighted by place.</summary>
    /// <param name="model">The network.</param>
    /// <param name="x">The noisy latent.</param>
    /// <param name="sigma">Its noise level.</param>
    /// <param name="sets">The conditionings.</param>
    /// <param name="random">The run's stream, for patches that draw.</param>
    /// <param name="patches">Changes to the passes in place of the model's.</param>
    public static Tensor[] Evaluate(
        IDiffusionModel model, Tensor x, float sigma, IReadOnlyList<IReadOnlyList<ConditioningEntry>> sets, Generator? random = null, UNetPatches? patches = null)
    {
        using var scope = NewDisposeScope();
        var sums = sets.Select(_ => zeros_like(x)).ToArray();
        var counts = sets.Select(_ => full_like(x, Nothing)).ToArray();
        List<Part> waiting = [];
        for (int set = 0; set < sets.Count; set++)
            waiting.AddRange(Fill([.. Active(sets[set], model.Sampling.Table, sigma, x).Select(entry => Part.Create(set, entry, x))], x));

        while (waiting.Count > 0)
        {
            var together = waiting.Where(part => part.CanJoin(waiting[0])).Reverse().ToArray(); // the last goes first, as ComfyUI batches
            waiting.RemoveAll(together.Contains);
            var outputs = Run(model, sigma, together, random, patches ?? model.Patches);
            for (int i = 0; i < together.Length; i++) together[i].AddTo(sums[together[i].Set], counts[together[i].Set], outputs[i]);
        }

        return [.. sums.Select((sum, i) => sum.div_(counts[i]).MoveToOuterDisposeScope())];
    }

    /// <summary>The parts, of which those that are to fill gaps count where no other does; one that finds no gap is left out.</summary>
    private static IEnumerable<Part> Fill(IReadOnlyList<Part> parts, Tensor x)
    {
        if (!parts.Any(part => part.IsDefault)) return parts;
        var reached = zeros_like(x);
        foreach (var part in parts.Where(part => !part.IsDefault)) part.AddWeightTo(reached);
        return parts.Select(part => part.IsDefault ? part.Where(reached.eq(0)) : part).Where(part => !part.IsDefault || part.Weight.count_nonzero().item<long>() > 0);
    }

    /// <summary>The entries whose time it is, with areas cut to the latent; an area outside it counts for nothing.</summary>
    private static IEnumerable<ConditioningEntry> Active(IReadOnlyList<ConditioningEntry> set, SigmaTable table, float sigma, Tensor x)
    {
        foreach (var entry in set.Where(entry => entry.AppliesAt(sigma, table)))
        {
            if (entry.Area is not { } area) yield return entry;
            else if (area.Within(x.shape[^2], x.shape[^1]) is { } inside) yield return entry with { Area = inside };
        }
    }

    private static Tensor[] Run(IDiffusionModel model, float sigma, Part[] parts, Generator? random, UNetPatches patches)
    {
        long rows = parts[0].X.shape[0];
        var x = cat([.. parts.Select(part => part.X)], 0);
        var context = Joined([.. parts.Select(part => part.Context)]);
        var y = parts[0].Y is null ? null : cat([.. parts.Select(part => part.Y!)], 0);
        var concat = parts[0].Concat is null ? null : cat([.. parts.Select(part => part.Concat!)], 0);
        int[] sets = [.. parts.Select(part => part.Set)];
        var inputs = new ModelInputs(context, y)
        {
            Concat = concat,
            Control = parts[0].Control?.Compute(new ControlCall(model, x, sigma, ControlContext(parts) ?? context, y)),
            Patches = parts[0].PassChange?.Apply(patches, x, sets) ?? patches,
            Sigma = sigma,
            Sets = sets,
            Random = random,
        };
        var timesteps = full([x.shape[0]], model.Sampling.Table.Timestep(sigma), device: x.device);

        var network = parts[0].Hooks?.ApplyTo(model, sigma) ?? model;
        var output = network.Predict(model.Sampling.Prediction.ScaleInput(x, sigma), timesteps, inputs);
        return model.Sampling.Prediction.Denoised(x, output, sigma).split(rows);
    }

    /// <summary>What the control network reads where some part has a text for it alone; null where none has.</summary>
    private static Tensor? ControlContext(Part[] parts) =>
        parts.Any(part => part.ControlContext is not null) ? Joined([.. parts.Select(part => part.ControlContext ?? part.Context)]) : null;

    /// <summary>Contexts repeated to a common length and stacked.</summary>
    private static Tensor Joined(Tensor[] contexts)
    {
        long tokens = contexts.Select(context => context.shape[1]).Aggregate(LeastCommonMultiple);
        return cat([.. contexts.Select(context => context.repeat(1, tokens / context.shape[1], 1))], 0);
    }

    private static long LeastCommonMultiple(long a, long b) => a / GreatestCommonDivisor(a, b) * b;

    private static long GreatestCommonDivisor(long a, long b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);

    /// <summary>An entry cut to its place in the latent.</summary>
    private sealed record Part(int Set, Tensor X, Tensor Weight, Tensor Context, Tensor? Y, LatentArea? Area, Tensor? Concat, IControl? Control, IPassChange? PassChange, HookSet? Hooks, bool IsDefault, Tensor? ControlContext)
    {
        public static Part Create(int set, ConditioningEntry entry, Tensor x)
        {
            var area = entry.Area;
            var cut = Cut(x, area);
            var concat = entry.Concat is null ? null : Cut(Rows(entry.Concat, x), area);
            return new Part(set, cut, EntryWeight.Create(entry, cut, x), Rows(entry.Context, x), entry.Y is null ? null : Rows(entry.Y, x), area, concat, entry.Control, entry.PassChange, entry.Hooks, entry.IsDefault,
                entry.ControlContext is null ? null : Rows(entry.ControlContext, x));
        }

        /// <summary>Whether two parts fit one forward pass: same shapes, with contexts that repeat to a common length.</summary>
        public bool CanJoin(Part first)
        {
            if (!X.shape.SequenceEqual(first.X.shape) || Context.shape[2] != first.Context.shape[2] || Y is null != first.Y is null) return false;
            if (!ReferenceEquals(Control, first.Control) || !ReferenceEquals(PassChange, first.PassChange) || !ReferenceEquals(Hooks, first.Hooks) || Concat is null != first.Concat is null) return false;
            if (Y is not null && !Y.shape.SequenceEqual(first.Y!.shape)) return false;
            long mine = Context.shape[1], other = first.Context.shape[1];
            return LeastCommonMultiple(mine, other) / Math.Min(mine, other) <= MaxContextRepeat;
        }

        /// <summary>The same, weighted in the places given alone.</summary>
        public Part Where(Tensor places) => this with { Weight = Weight * Cut(places, Area).to(Weight.dtype) };

        public void AddWeightTo(Tensor sum) => Cut(sum, Area).add_(Weight);

        public void AddTo(Tensor sum, Tensor count, Tensor output)
        {
            Cut(sum, Area).add_(output * Weight);
            Cut(count, Area).add_(Weight);
        }

        private static Tensor Cut(Tensor x, LatentArea? area) =>
            area is null ? x : x.narrow(-2, area.Y, area.Height).narrow(-1, area.X, area.Width);

        private static Tensor Rows(Tensor value, Tensor x)
        {
            var moved = value.to(ScalarType.Float32).to(x.device);
            long rows = x.shape[0], have = moved.shape[0];
            if (have == rows) return moved;
            long[] repeats = [(rows + have - 1) / have, .. Enumerable.Repeat(1L, (int)moved.dim() - 1)];
            return moved.repeat(repeats).narrow(0, 0, rows);
        }
    }
}
