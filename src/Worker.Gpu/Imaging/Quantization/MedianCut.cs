namespace Farm.Worker.Imaging.Quantization;

/// <summary>
/// Palettes by median cut (Heckbert, 1982): the box with most pixels is halved again and again along its longest side, sides weighted as the
/// eye weighs the channels. Rounds and breaks ties as Pillow's palettes show.
/// </summary>
internal static class MedianCut
{
    private static readonly int[] Weights = [77, 150, 29];

    /// <summary>At most <paramref name="count"/> colours of an image of three channels; fewer where it has fewer.</summary>
    public static Palette Choose(PixelBuffer image, int count)
    {
        List<Box> boxes = [new(Histogram(image))];
        while (boxes.Count < count)
        {
            var fullest = -1;
            for (var i = 0; i < boxes.Count; i++)
                if (boxes[i].Colours.Length > 1 && (fullest < 0 || boxes[i].Pixels > boxes[fullest].Pixels)) fullest = i;
            if (fullest < 0) break;
            var (high, low) = boxes[fullest].Split();
            boxes[fullest] = high;
            boxes.Insert(fullest + 1, low);
        }
        return new Palette([.. boxes.Select(box => box.Mean())]);
    }

    private static Colour[] Histogram(PixelBuffer image)
    {
        Dictionary<int, long> counts = [];
        for (var at = 0; at < image.Data.Length; at += 3)
        {
            var key = image.Data[at] << 16 | image.Data[at + 1] << 8 | image.Data[at + 2];
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
        return [.. counts.Select(pair => new Colour(pair.Key, pair.Value))];
    }

    /// <summary>A colour of an image and how many pixels have it.</summary>
    private readonly record struct Colour(int Rgb, long Count)
    {
        public int Channel(int channel) => Rgb >> (16 - 8 * channel) & 0xFF;
    }

    private sealed class Box(Colour[] colours)
    {
        public Colour[] Colours { get; } = colours;

        public long Pixels { get; } = colours.Sum(colour => colour.Count);

        /// <summary>The upper half of the pixels along the longest side, and the rest; equal values stay together.</summary>
        public (Box High, Box Low) Split()
        {
            var axis = Enumerable.Range(0, Weights.Length).MaxBy(channel => Weights[channel] * Range(channel));
            var sorted = Colours.OrderByDescending(colour => colour.Channel(axis)).ToArray();
            var at = 0;
            for (var sum = 0L; at < sorted.Length && 2 * sum <= Pixels; at++) sum += sorted[at].Count;
            while (at < sorted.Length && sorted[at].Channel(axis) == sorted[at - 1].Channel(axis)) at++;
            if (at == sorted.Length) at = Array.FindIndex(sorted, colour => colour.Channel(axis) == sorted[^1].Channel(axis));
            return (new Box(sorted[..at]), new Box(sorted[at..]));
        }

        public (byte R, byte G, byte B) Mean() => (Mean(0), Mean(1), Mean(2));

        private int Range(int channel) => Colours.Max(colour => colour.Channel(channel)) - Colours.Min(colour => colour.Channel(channel));

        private byte Mean(int channel) => (byte)(Colours.Sum(colour => colour.Channel(channel) * colour.Count) / (double)Pixels + 0.5);
    }
}
