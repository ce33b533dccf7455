using static TorchSharp.torch;

namespace Farm.Engine.Adapters;

/// <summary>A change to one weight.</summary>
internal abstract class WeightDelta
{
    /// <summary>Readers of the kinds that stand under a stem of their own; each gives null where its tensors are not there.</summary>
    public static IReadOnlyList<Func<AdapterEntry, WeightDelta?>> Kinds { get; } = [LoraDelta.Read, LohaDelta.Read, LokrDelta.Read, GloraDelta.Read, OftDelta.Read, BoftDelta.Read];

    /// <summary>The changed weight in fp32. A change whose size does not fit leaves the weight as it is, as ComfyUI does.</summary>
    public abstract Tensor Apply(Tensor weight, float strength);
}

/// <summary>A change that is added: W + strength·Δ, or magnitude and direction apart where a <c>dora_scale</c> says so (arXiv 2402.09353).</summary>
internal abstract class AddedDelta(AdapterEntry entry) : WeightDelta
{
    private const string DoraScale = "dora_scale";

    protected AdapterEntry Entry { get; } = entry;

    public override Tensor Apply(Tensor weight, float strength)
    {
        var target = Grow(weight);
        if (Delta(target, strength) is not { } delta || delta.numel() != target.numel()) return target;
        delta = delta.reshape(target.shape);
        return Entry.Has(DoraScale) ? Decompose(target, delta, strength) : target + delta * strength;
    }

    /// <summary>Δ with its own scale in fp32, of as many elements as the weight; null where it cannot be made.</summary>
    protected abstract Tensor? Delta(Tensor weight, float strength);

    /// <summary>The weight, filled up with zeros where the adapter was made for a larger one.</summary>
    protected virtual Tensor Grow(Tensor weight) => weight;

    /// <summary>alpha / rank; 1 without an alpha.</summary>
    protected float Scale(long rank) => Entry.Number("alpha") is { } alpha ? (float)(alpha / rank) : 1;

    /// <summary>V = W + Δ, brought to the learned magnitude by its norm per input column, or by the norm of W per output row, which is what ComfyUI divides by.</summary>
    private Tensor Decompose(Tensor weight, Tensor delta, float strength)
    {
        var changed = weight + delta;
        var magnitude = Entry.Open(DoraScale, weight.device);
        long[] rest = [.. Enumerable.Repeat(1L, (int)weight.dim() - 1)];
        var norm = magnitude.shape[0] == weight.shape[0]
            ? weight.flatten(1).square().sum(1).sqrt().reshape([weight.shape[0], .. rest])
            : changed.transpose(0, 1).flatten(1).square().sum(1).sqrt().reshape([weight.shape[1], .. rest]).transpose(0, 1);
        return weight + (changed * (magnitude / (norm + MathF.ScaleB(1, -23))) - weight) * strength;
    }
}

/// <summary>LoRA (arXiv 2106.09685): Δ = up·down, with a core between the two for convolutions in some files.</summary>
internal sealed class LoraDelta(AdapterEntry entry, string up, string down) : AddedDelta(entry)
{
    private const string Middle = "lora_mid.weight";
    private const string NewShape = "reshape_weight";

    /// <summary>How trainers name the two, first match first. A leading underscore stands for itself, not for a dot.</summary>
    private static readonly (string Up, string Down)[] Names =
    [
        ("lora_up.weight", "lora_down.weight"), ("_lora.up.weight", "_lora.down.weight"), ("lora_B.weight", "lora_A.weight"), ("lora.up.weight", "lora.down.weight"),
        ("lora_B", "lora_A"), ("lora_linear_layer.up.weight", "lora_linear_layer.down.weight"), ("lora_B.default.weight", "lora_A.default.weight"),
    ];

    public static WeightDelta? Read(AdapterEntry entry)
    {
        foreach (var (up, down) in Names)
        {
            if (up[0] == '_')
            {
                if (entry.Tensors.Contains(entry.Stem + up) && entry.Tensors.Contains(entry.Stem + down)) return new LoraDelta(entry, up, down);
            }
            else if (entry.HasAll(up, down))
            {
                return new LoraDelta(entry, up, down);
            }
        }
        return null;
    }

    protected override Tensor Delta(Tensor weight, float strength)
    {
        var (a, b) = (Open(up, weight.device), Open(down, weight.device));
        var scale = Scale(b.shape[0]);
        if (Entry.Has(Middle))
        {
            var core = Entry.Open(Middle, weight.device);
            b = b.transpose(0, 1).flatten(1).mm(core.transpose(0, 1).flatten(1)).reshape(b.shape[1], core.shape[0], core.shape[2], core.shape[3]).transpose(0, 1);
        }
        return a.flatten(1).mm(b.flatten(1)) * scale;
    }

    protected override Tensor Grow(Tensor weight)
    {
        if (!Entry.Has(NewShape)) return weight;
        using var wanted = Entry.Tensors.Open($"{Entry.Stem}.{NewShape}").to(ScalarType.Int64);
        var shape = wanted.data<long>().ToArray();
        if (shape.Length != weight.dim() || shape.Zip(weight.shape).Any(pair => pair.First < pair.Second)) return weight;
        var padding = shape.Zip(weight.shape).Reverse().SelectMany(pair => (long[])[0, pair.First - pair.Second]).ToArray();
        return nn.functional.pad(weight, padding);
    }

    private Tensor Open(string suffix, Device device) =>
        suffix[0] == '_' ? (Entry with { Stem = Entry.Stem + suffix[..suffix.IndexOf('.', StringComparison.Ordinal)] }).Open(suffix[(suffix.IndexOf('.', StringComparison.Ordinal) + 1)..], device) : Entry.Open(suffix, device);
}
