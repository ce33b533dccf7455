namespace Farm.Worker.Imaging.Quantization;

/// <summary>Some colours, and which of them is nearest to another. As in Pillow the two lowest bits of what is looked up do not count.</summary>
internal sealed class Palette(IReadOnlyList<(byte R, byte G, byte B)> colours)
{
    private const int Mask = 0xFC;

    private readonly Dictionary<int, int> _known = [];

    /// <summary>How many.</summary>
    public int Count => colours.Count;

    /// <summary>The nearest colour by squared distance, the first of equals.</summary>
    public (byte R, byte G, byte B) Nearest(int r, int g, int b)
    {
        (r, g, b) = (r & Mask, g & Mask, b & Mask);
        var key = r << 16 | g << 8 | b;
        if (!_known.TryGetValue(key, out var nearest)) _known[key] = nearest = Search(r, g, b);
        return colours[nearest];
    }

    private int Search(int r, int g, int b)
    {
        var (nearest, least) = (0, int.MaxValue);
        for (var i = 0; i < colours.Count; i++)
        {
            int dr = colours[i].R - r, dg = colours[i].G - g, db = colours[i].B - b, distance = dr * dr + dg * dg + db * db;
            if (distance < least) (nearest, least) = (i, distance);
        }
        return nearest;
    }
}
