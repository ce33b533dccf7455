using Farm.Engine.Memory;
using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Gligen;

/// <summary>A text with the box it belongs in.</summary>
/// <param name="Summary">The text's summary, not projected, fp32 [1, width].</param>
/// <param name="Height">Height in latent cells.</param>
/// <param name="Width">Width in latent cells.</param>
/// <param name="Y">Top in latent cells.</param>
/// <param name="X">Left in latent cells.</param>
public sealed record GroundedText(Tensor Summary, long Height, long Width, long Y, long X);

/// <summary>A GLIGEN file: what flows between nodes as GLIGEN. Its weights are loaded when it is first run.</summary>
public sealed class Gligen
{
    /// <summary>Slots for boxes; the networks were trained with so many.</summary>
    public const int MaxBoxes = 30;

    private readonly ModelSlot<GligenModel> _slot;
    private readonly ScalarType _type;

    internal Gligen(ModelSlot<GligenModel> slot, ScalarType type)
    {
        _slot = slot;
        _type = type;
    }

    /// <summary>The change to passes that puts texts in their boxes; the negative side gets empty slots.</summary>
    /// <param name="texts">At most <see cref="MaxBoxes"/>; further ones are left out.</param>
    public IPassChange With(IReadOnlyList<GroundedText> texts) => new Grounded(this, [.. texts.Take(MaxBoxes)]);

    private sealed class Grounded(Gligen gligen, GroundedText[] texts) : IPassChange
    {
        public UNetPatches Apply(UNetPatches patches, Tensor x, IReadOnlyList<int> sets)
        {
            var objects = gligen._slot.Run(network => Objects(network.PositionNet, x, sets));
            TokenPatch patch = (place, tokens) => gligen._slot.Run(network => network.Fuse(place, tokens.to(gligen._type), objects).to(tokens.dtype));
            return patches with { AfterSelfAttention = [.. patches.AfterSelfAttention, patch] };
        }

        /// <summary>[rows, slots, width]; rows of a set other than the positive have no box.</summary>
        private Tensor Objects(PositionNet net, Tensor x, IReadOnlyList<int> sets)
        {
            var (height, width) = (x.shape[2], x.shape[3]);
            var rows = x.shape[0] / Math.Max(1, sets.Count);
            var corners = texts.SelectMany(text => (float[])[(float)text.X / width, (float)text.Y / height, (float)(text.X + text.Width) / width, (float)(text.Y + text.Height) / height]);
            var boxes = tensor(corners.Concat(Enumerable.Repeat(0f, 4 * (MaxBoxes - texts.Length))).ToArray()).reshape(1, MaxBoxes, 4);
            var summaries = zeros(1, MaxBoxes, net.TextWidth);
            for (var i = 0; i < texts.Length; i++) summaries[0, i].copy_(texts[i].Summary.flatten());
            var masks = zeros(x.shape[0], MaxBoxes);
            for (var i = 0; i < sets.Count; i++)
            {
                if (sets[i] == 0) masks.narrow(0, i * rows, rows).narrow(1, 0, texts.Length).fill_(1);
            }
            return net.Forward(Fit(boxes, x), Fit(masks, x), Fit(summaries, x));
        }

        private Tensor Fit(Tensor value, Tensor x) => value.to(gligen._type, x.device).expand([x.shape[0], .. value.shape[1..]]);
    }
}
