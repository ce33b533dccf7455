using TorchSharp;
using static TorchSharp.torch;

namespace Farm.Worker.Nodes;

/// <summary>
/// Canny's edges (1986): smoothed grey, Sobel gradients, only the crest of each slope, and of weak crests only those that hang together
/// with a strong one.
/// </summary>
internal static class EdgeDetector
{
    private const int Directions = 8;
    private const byte Weak = 1;
    private const byte Strong = 2;

    // Clockwise from the right, rows counted downwards.
    private static readonly (int Y, int X)[] Neighbours = [(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)];

    /// <summary>Finds edges.</summary>
    /// <param name="images">fp32 [B, H, W, C], red, green, blue first.</param>
    /// <param name="low">Slopes above it are edges where they lead to a strong one.</param>
    /// <param name="high">Slopes above it are edges.</param>
    /// <returns>fp32 [B, H, W], 1 on edges, else 0.</returns>
    public static Tensor Detect(Tensor images, float low, float high)
    {
        var grey = (0.299f * images.select(-1, 0) + 0.587f * images.select(-1, 1) + 0.114f * images.select(-1, 2)).unsqueeze(1);
        var (gx, gy) = Gradients(Smooth(grey));
        var slope = (gx * gx + gy * gy + 1e-6).sqrt();
        var crest = slope * IsCrest(slope, gx, gy).to(ScalarType.Float32);
        var levels = (crest > low).to(ScalarType.Byte) + (crest > high).to(ScalarType.Byte);
        var bytes = levels.cpu().contiguous().bytes.ToArray();
        var (height, width) = ((int)images.shape[1], (int)images.shape[2]);
        for (var frame = 0; frame < images.shape[0]; frame++) Follow(bytes.AsSpan(frame * height * width, height * width), height, width);
        return tensor(bytes).view(images.shape[0], height, width).eq(Strong).to(ScalarType.Float32);
    }

    /// <summary>A Gaussian of five samples, sigma 1, along both axes; borders mirror.</summary>
    private static Tensor Smooth(Tensor planes)
    {
        var window = (-(arange(-2, 3, ScalarType.Float32).square() / 2)).exp();
        window /= window.sum();
        var padded = nn.functional.pad(planes, [2, 2, 2, 2], PaddingModes.Reflect);
        return nn.functional.conv2d(nn.functional.conv2d(padded, window.view(1, 1, 1, 5)), window.view(1, 1, 5, 1));
    }

    private static (Tensor X, Tensor Y) Gradients(Tensor planes)
    {
        float[] sobel = [-1, 0, 1, -2, 0, 2, -1, 0, 1];
        var kernel = tensor(sobel).view(1, 1, 3, 3);
        var padded = nn.functional.pad(planes, [1, 1, 1, 1], PaddingModes.Replicate);
        return (nn.functional.conv2d(padded, kernel), nn.functional.conv2d(padded, kernel.transpose(2, 3)));
    }

    /// <summary>Steeper than both neighbours along the gradient, to the nearest eighth of a turn.</summary>
    private static Tensor IsCrest(Tensor slope, Tensor gx, Tensor gy)
    {
        var eighth = (atan2(gy, gx) * (4 / Math.PI)).round().remainder(Directions).to(ScalarType.Int64);
        var padded = nn.functional.pad(slope, [1, 1, 1, 1], PaddingModes.Constant, 0);
        long height = slope.shape[2], width = slope.shape[3];
        var rises = stack(Neighbours.Select(to => slope > padded.narrow(2, 1 + to.Y, height).narrow(3, 1 + to.X, width)));
        var opposite = (eighth + Directions / 2).remainder(Directions);
        return rises.gather(0, eighth.unsqueeze(0)).logical_and(rises.gather(0, opposite.unsqueeze(0))).squeeze(0);
    }

    /// <summary>Makes weak crests strong that touch a strong one, over and over.</summary>
    private static void Follow(Span<byte> levels, int height, int width)
    {
        Stack<int> open = [];
        for (var i = 0; i < levels.Length; i++)
            if (levels[i] == Strong) open.Push(i);
        while (open.TryPop(out var at))
        {
            foreach (var (dy, dx) in Neighbours)
            {
                int y = at / width + dy, x = at % width + dx;
                if (y < 0 || y >= height || x < 0 || x >= width || levels[y * width + x] != Weak) continue;
                levels[y * width + x] = Strong;
                open.Push(y * width + x);
            }
        }
    }
}
