using static TorchSharp.torch;

namespace Farm.Engine.Adapters;

/// <summary>The Tucker form of a convolution's factor: m[p,r,…] = Σ t[i,j,…]·b[j,r]·a[i,p].</summary>
internal static class Tucker
{
    public static Tensor Rebuild(Tensor core, Tensor a, Tensor b) => einsum("i j k l, j r, i p -> p r k l", core, b, a);
}

/// <summary>LoHa (arXiv 2108.06098): Δ is the elementwise product of two low-rank matrices.</summary>
internal sealed class LohaDelta(AdapterEntry entry) : AddedDelta(entry)
{
    public static WeightDelta? Read(AdapterEntry entry) => entry.HasAll("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b") ? new LohaDelta(entry) : null;

    protected override Tensor Delta(Tensor weight, float strength) =>
        Factor("1", weight.device) * Factor("2", weight.device) * Scale(Entry.Shape("hada_w1_b")[0]);

    private Tensor Factor(string number, Device device)
    {
        var (a, b) = (Entry.Open($"hada_w{number}_a", device), Entry.Open($"hada_w{number}_b", device));
        return Entry.Has($"hada_t{number}") ? Tucker.Rebuild(Entry.Open($"hada_t{number}", device), a, b) : a.mm(b);
    }
}

/// <summary>LoKr (LyCORIS, arXiv 2309.14859): Δ is the Kronecker product of two matrices, each whole or of low rank.</summary>
internal sealed class LokrDelta(AdapterEntry entry) : AddedDelta(entry)
{
    public static WeightDelta? Read(AdapterEntry entry) =>
        (entry.Has("lokr_w1") || entry.HasAll("lokr_w1_a", "lokr_w1_b")) && (entry.Has("lokr_w2") || entry.HasAll("lokr_w2_a", "lokr_w2_b")) ? new LokrDelta(entry) : null;

    /// <summary>Null for a factor in Tucker's form: ComfyUI 0.19.3 fails on it and leaves the layer as it is.</summary>
    protected override Tensor? Delta(Tensor weight, float strength)
    {
        if (Entry.Has("lokr_t2")) return null;
        var (first, second) = (Factor("lokr_w1", weight.device), Factor("lokr_w2", weight.device));
        var rank = Entry.Has("lokr_w2") ? Entry.Has("lokr_w1") ? (long?)null : Entry.Shape("lokr_w1_b")[0] : Entry.Shape("lokr_w2_b")[0];
        if (second.dim() == 4) first = first.unsqueeze(2).unsqueeze(2);
        return kron(first.contiguous(), second.contiguous()) * (rank is { } r ? Scale(r) : 1);
    }

    private Tensor Factor(string name, Device device) => Entry.Has(name) ? Entry.Open(name, device) : Entry.Open(name + "_a", device).mm(Entry.Open(name + "_b", device));
}

/// <summary>GLoRA (arXiv 2306.07967): Δ = W·A + B, both of low rank, in two layouts.</summary>
internal sealed class GloraDelta(AdapterEntry entry) : AddedDelta(entry)
{
    public static WeightDelta? Read(AdapterEntry entry) => entry.HasAll("a1.weight", "a2.weight", "b1.weight", "b2.weight") ? new GloraDelta(entry) : null;

    protected override Tensor Delta(Tensor weight, float strength)
    {
        var (a1, a2) = (Open("a1.weight", weight.device), Open("a2.weight", weight.device));
        var (b1, b2) = (Open("b1.weight", weight.device), Open("b2.weight", weight.device));
        return IsOld(weight, a1, a2, b1, b2)
            ? (b2.mm(b1) + weight.flatten(1).mm(a2).mm(a1)) * Scale(a1.shape[0])
            : (Project(weight, a1.mm(a2)) + b1.mm(b2)) * Scale(a1.shape[1]);
    }

    /// <summary>W·A over the input axis, flattened.</summary>
    private static Tensor Project(Tensor weight, Tensor a) =>
        weight.dim() == 2 ? weight.mm(a) : einsum("o i h w, i j -> o j h w", weight, a).flatten(1);

    private static bool IsOld(Tensor weight, Tensor a1, Tensor a2, Tensor b1, Tensor b2)
    {
        var old = b2.shape[1] == b1.shape[0] && b1.shape[0] == a1.shape[0] && a1.shape[0] == a2.shape[1];
        var isNew = b2.shape[0] == b1.shape[1] && b1.shape[1] == a1.shape[1] && a1.shape[1] == a2.shape[0];
        if (!(old && isNew)) return old;
        return a1.shape[0] == a1.shape[1] && a2.shape[0] == weight.shape[0];
    }

    private Tensor Open(string suffix, Device device) => Entry.Open(suffix, device).flatten(1);
}
