using Farm.Engine.Hooks;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Nodes;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>Conditionings as nodes pass them around, in the engine's terms.</summary>
internal static class EngineConditioning
{
    private const int PixelsPerCell = 8;

    /// <summary>The sides of a guided run for a latent, whose size areas are measured against; the first is what to draw.</summary>
    public static IReadOnlyList<IReadOnlyList<ConditioningEntry>> Create(DiffusionModel model, Latent latent, IReadOnlyList<Conditioning> sides, ulong seed)
    {
        var start = Farm.Engine.Sampling.KSampler.StartOf(model, latent.Samples);
        var hooks = new HookRun(model.Sampling.Table);
        var sets = sides.Select((side, i) => side.Items.Select(item => Entry(model, latent, start, item, isNegative: i > 0, seed) with { Hooks = HooksOf(item) }).ToList()).ToList();
        for (var from = sets.Count - 1; from >= 0; from--)
        {
            for (var to = 0; to < sets.Count; to++)
            {
                if (to != from) MirrorAreas(sets[from], sets[to]);
            }
        }
        if (sides.Count > 1) SpreadControl(sides[0], sets[0], sets[1]);
        if (sides.Count > 1) SpreadBoxes(sets[0], sets[1]);
        return sets;

        HookSet? HooksOf(ConditioningItem item) => HookGroup.Of(item).Hooks is { IsEmpty: false } group ? hooks.Set(group) : null;
    }

    /// <summary>Texts in boxes act on the other side as empty boxes, on its entries without an area in turn.</summary>
    private static void SpreadBoxes(List<ConditioningEntry> from, List<ConditioningEntry> to)
    {
        var boxes = from.Where(entry => entry.PassChange is not null).Select(entry => entry.PassChange).ToArray();
        var whole = Enumerable.Range(0, to.Count).Where(i => to[i].Area is null && to[i].PassChange is null).ToArray();
        for (var i = 0; i < boxes.Length && whole.Length > 0; i++) to[whole[i % whole.Length]] = to[whole[i % whole.Length]] with { PassChange = boxes[i] };
    }

    /// <summary>Controls that say so act on the other side too, on its entries without an area in turn.</summary>
    private static void SpreadControl(Conditioning side, List<ConditioningEntry> from, List<ConditioningEntry> to)
    {
        var controls = from.Take(side.Items.Length).Where((_, i) => side.Items[i].Options.GetValueOrDefault(AppliedControl.OnBothSides) is true).Select(entry => entry.Control).ToArray();
        var whole = Enumerable.Range(0, to.Count).Where(i => to[i].Area is null).ToArray();
        for (var i = 0; i < controls.Length && whole.Length > 0; i++) to[whole[i % whole.Length]] = to[whole[i % whole.Length]] with { Control = controls[i] };
    }

    /// <summary>
    /// Guidance compares like with like: where one side looks at an area, the other does too, with the text it has for the smallest
    /// area around it.
    /// </summary>
    private static void MirrorAreas(List<ConditioningEntry> from, List<ConditioningEntry> to)
    {
        foreach (var entry in from.Where(entry => entry.Area is not null).ToList())
        {
            var around = to.Where(other => other.Area is null || Contains(other.Area, entry.Area!))
                .MinBy(other => other.Area is { } area ? area.Height * area.Width : long.MaxValue);
            if (around is not null && around.Area != entry.Area) to.Add(entry with { Context = around.Context, Y = around.Y, Concat = around.Concat });
        }
    }

    private static bool Contains(LatentArea outer, LatentArea inner) =>
        inner.X >= outer.X && inner.Y >= outer.Y && inner.X + inner.Width <= outer.X + outer.Width && inner.Y + inner.Height <= outer.Y + outer.Height;

    private static ConditioningEntry Entry(DiffusionModel model, Latent latent, Tensor start, ConditioningItem item, bool isNegative, ulong seed) =>
        new(item.Context, model.Rules.Vector(Sizes(item, start, isNegative, seed)))
        {
            Strength = (float)Number(item, "strength", 1),
            Area = MaskBounds.Of(item, start.shape[^2], start.shape[^1]) ?? Area(item, start.shape[^2], start.shape[^1]),
            Mask = item.Options.GetValueOrDefault("mask") as Tensor,
            MaskStrength = (float)Number(item, "mask_strength", 1),
            StartPercent = Number(item, "start_percent", 0),
            EndPercent = Number(item, "end_percent", 1),
            Control = (item.Options.GetValueOrDefault(ConditioningItem.Control) as AppliedControl)?.Control,
            ControlContext = item.Options.GetValueOrDefault(CLIPTextEncodeControlnet.Context) as Tensor,
            IsDefault = item.Options.GetValueOrDefault(ConditioningProperties.DefaultOption) is true,
            PassChange = item.Options.GetValueOrDefault(TextBoxes.Option) is TextBoxes boxes ? boxes.Gligen.With(boxes.Texts) : null,
            Concat = model.Rules.Concat(new ConcatSources(start, model.LatentFormat)
            {
                Latent = item.Options.GetValueOrDefault(ConditioningItem.ConcatLatent) as Tensor,
                Mask = item.Options.GetValueOrDefault(ConditioningItem.ConcatMask) as Tensor,
                NoiseMask = latent.NoiseMask,
            }),
        };

    private static VectorSources Sizes(ConditioningItem item, Tensor start, bool isNegative, ulong seed) => new(
        item.Options.GetValueOrDefault(ConditioningItem.Pooled) as Tensor,
        item.Options.GetValueOrDefault("width") as long? ?? start.shape[^1] * PixelsPerCell,
        item.Options.GetValueOrDefault("height") as long? ?? start.shape[^2] * PixelsPerCell)
    {
        CropWidth = item.Options.GetValueOrDefault("crop_w") as long? ?? 0,
        CropHeight = item.Options.GetValueOrDefault("crop_h") as long? ?? 0,
        TargetWidth = item.Options.GetValueOrDefault("target_width") as long?,
        TargetHeight = item.Options.GetValueOrDefault("target_height") as long?,
        AestheticScore = item.Options.GetValueOrDefault("aesthetic_score") as double?,
        IsNegative = isNegative,
        Images = AskedImages.Of(item).Images,
        Seed = seed,
    };

    private static double Number(ConditioningItem item, string name, double fallback) => item.Options.GetValueOrDefault(name) as double? ?? fallback;

    private static LatentArea? Area(ConditioningItem item, long height, long width) => (item.Options.GetValueOrDefault("area") as object?[]) switch
    {
        [long h, long w, long y, long x] => Inside(h, w, y, x, height, width),
        ["percentage", double h, double w, double y, double x] => Inside(
            Math.Max(1, Nodes.Sizes.Round(h * height)), Math.Max(1, Nodes.Sizes.Round(w * width)), Nodes.Sizes.Round(y * height), Nodes.Sizes.Round(x * width), height, width),
        _ => null,
    };

    private static LatentArea Inside(long h, long w, long y, long x, long height, long width)
    {
        if (y >= height || x >= width)
            throw NodeFailedException.ValueError($"conditioning area: it begins at ({x}, {y}), outside the latent of {width}x{height} cells");
        return new LatentArea(Math.Min(h, height - y), Math.Min(w, width - x), y, x);
    }
}
