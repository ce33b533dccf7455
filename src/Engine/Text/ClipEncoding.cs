using Farm.Engine.Models.Clip;
using static TorchSharp.torch;

namespace Farm.Engine.Text;

/// <summary>Runs a CLIP encoder over chunks of weighted tokens.</summary>
internal static class ClipEncoding
{
    /// <summary>
    /// Encodes all chunks in one batch and lays them end to end. A weight scales the distance of a token's state from that of an empty text in the same place.
    /// </summary>
    /// <param name="model">The encoder.</param>
    /// <param name="device">Where its weights are.</param>
    /// <param name="chunks">At least one, of equal length.</param>
    /// <param name="empty">The chunk of an empty text.</param>
    /// <param name="hiddenFromEnd">Which layer's states are taken; 1 is the last.</param>
    /// <param name="normHidden">Whether the final norm follows when that is not the last layer (SD1, SD2).</param>
    public static TextEncoding Encode(
        CLIPTextModel model, Device device, IReadOnlyList<IReadOnlyList<TextToken>> chunks, IReadOnlyList<TextToken> empty, int hiddenFromEnd, bool normHidden)
    {
        using var scope = NewDisposeScope();
        var weighted = chunks.Any(chunk => chunk.Any(token => token.Weight != 1));
        var rows = weighted ? [.. chunks, empty] : chunks;
        var (hidden, last) = model.Forward(Embed(model, rows, device), hiddenFromEnd);
        var states = hiddenFromEnd == 1 ? last : normHidden ? model.FinalNorm(hidden) : hidden;
        if (weighted) states = Weight(states, chunks);
        var cond = states.reshape(1, states.shape[0] * states.shape[1], states.shape[2]);
        var summary = last.narrow(0, 0, 1).select(1, EndOf(chunks[0]));
        return new TextEncoding(ToResult(cond), ToResult(model.Project(summary)), ToResult(summary));
    }

    private static Tensor Embed(CLIPTextModel model, IReadOnlyList<IReadOnlyList<TextToken>> rows, Device device)
    {
        var ids = rows.SelectMany(row => row.Select(token => (long)token.Id)).ToArray();
        var embedded = model.Embed(tensor(ids, device: device).reshape(rows.Count, rows[0].Count));
        for (var row = 0; row < rows.Count; row++)
        {
            for (var i = 0; i < rows[row].Count; i++)
            {
                if (rows[row][i].Vector is { } vector) embedded[row, i].copy_(vector);
            }
        }
        return embedded;
    }

    /// <summary>z = (z − z₀)·w + z₀ where w ≠ 1, with z₀ the states of the empty text, which are the last row.</summary>
    private static Tensor Weight(Tensor states, IReadOnlyList<IReadOnlyList<TextToken>> chunks)
    {
        var values = chunks.SelectMany(chunk => chunk.Select(token => (float)token.Weight)).ToArray();
        var weights = tensor(values, device: states.device).reshape(chunks.Count, chunks[0].Count, 1);
        var plain = states.narrow(0, 0, chunks.Count);
        var empty = states.narrow(0, chunks.Count, 1);
        return where(weights.eq(1), plain, (plain - empty).mul_(weights).add_(empty));
    }

    private static int EndOf(IReadOnlyList<TextToken> chunk) =>
        Enumerable.Range(0, chunk.Count).First(i => chunk[i].Vector is null && chunk[i].Id == ClipTokenizer.End);

    private static Tensor ToResult(Tensor states) => states.to(ScalarType.Float32, CPU).contiguous().MoveToOuterDisposeScope();
}
