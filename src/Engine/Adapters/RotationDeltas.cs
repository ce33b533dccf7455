using static TorchSharp.torch;

namespace Farm.Engine.Adapters;

/// <summary>Orthogonal matrices from skew-symmetric ones, R = (I + Q)(I − Q)⁻¹ (Cayley), with ‖Q‖ bounded where a constraint says so.</summary>
internal static class Rotations
{
    private const double Tiny = 1e-8;

    /// <param name="blocks">[…, b, b], of which Q is the skew part.</param>
    /// <param name="constraint">Largest norm over all blocks; 0 for none.</param>
    public static Tensor From(Tensor blocks, double constraint)
    {
        var q = blocks - blocks.transpose(-1, -2);
        if (constraint > 0)
        {
            var norm = q.norm().item<float>() + Tiny;
            if (norm > constraint) q = q * (constraint / norm);
        }
        var identity = eye(q.shape[^1], device: q.device);
        var inverse = linalg.inv(identity - q);
        return (identity + q).reshape(-1, q.shape[^1], q.shape[^1]).bmm(inverse.reshape(-1, q.shape[^1], q.shape[^1])).reshape(q.shape);
    }
}

/// <summary>OFT (arXiv 2306.07280): output rows are rotated in blocks. The strength enters the rotation and once more when it is added, as in ComfyUI.</summary>
internal sealed class OftDelta(AdapterEntry entry) : AddedDelta(entry)
{
    private const string Blocks = "oft_blocks";

    public static WeightDelta? Read(AdapterEntry entry) => entry.Shape(Blocks).Count == 3 ? new OftDelta(entry) : null;

    protected override Tensor? Delta(Tensor weight, float strength)
    {
        var rotation = Rotations.From(Entry.Open(Blocks, weight.device), Entry.Number("alpha") ?? 0);
        var (count, size) = (rotation.shape[0], rotation.shape[1]);
        if (count * size != weight.shape[0]) return null;
        var turned = (rotation - eye(size, device: weight.device)) * strength;
        return turned.transpose(1, 2).bmm(weight.reshape(count, size, -1));
    }
}

/// <summary>BOFT (arXiv 2311.06243): rotations in a butterfly of block permutations. Files without an alpha are not applied.</summary>
internal sealed class BoftDelta(AdapterEntry entry) : AddedDelta(entry)
{
    private const string Blocks = "oft_blocks";

    public static WeightDelta? Read(AdapterEntry entry) => entry.Shape(Blocks).Count == 4 && entry.Has("alpha") ? new BoftDelta(entry) : null;

    protected override Tensor? Delta(Tensor weight, float strength)
    {
        var rotations = Rotations.From(Entry.Open(Blocks, weight.device), Entry.Number("alpha") ?? 0);
        var (levels, count, size) = (rotations.shape[0], rotations.shape[1], rotations.shape[2]);
        if (count * size != weight.shape[0]) return null;
        var mixed = rotations * strength + eye(size, device: weight.device) * (1 - strength);
        var rows = weight.reshape(weight.shape[0], -1);
        for (var level = 0; level < levels; level++)
        {
            var wing = (1L << level) * (size / 2);
            var swapped = Swap(rows, 2, wing);
            rows = Swap(mixed[level].bmm(swapped.reshape(count, size, -1)).reshape(rows.shape), wing, 2);
        }
        if (Entry.Has("rescale")) rows = rows * Entry.Open("rescale", weight.device).reshape(-1, 1);
        return rows - weight.reshape(rows.shape);
    }

    /// <summary>Rows (c, a, b) to (c, b, a).</summary>
    private static Tensor Swap(Tensor rows, long a, long b) => rows.reshape(-1, a, b, rows.shape[1]).transpose(1, 2).reshape(rows.shape);
}
