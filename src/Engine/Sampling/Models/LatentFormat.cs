using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>A latent space: how what the VAE gives is scaled for the network, and the cheap colour matrix of previews.</summary>
/// <param name="Name">The format's name as model detection uses it.</param>
/// <param name="Channels">Latent channels.</param>
/// <param name="ScaleFactor">Factor from VAE latents to network latents.</param>
public sealed record LatentFormat(string Name, int Channels, double ScaleFactor)
{
    /// <summary>Subtracted before scaling.</summary>
    public double ShiftFactor { get; init; }

    /// <summary>Pixels per latent cell along a side; 8 by default.</summary>
    public int SpatialDownscale { get; init; } = 8;

    /// <summary>Per-channel mean that takes the place of <see cref="ShiftFactor"/>; null where the format has none.</summary>
    public float[]? Mean { get; init; }

    /// <summary>Per-channel deviation, given together with <see cref="Mean"/>.</summary>
    public float[]? Deviation { get; init; }

    /// <summary>Preview colours: a row of red, green, blue for each channel.</summary>
    public required float[][] RgbFactors { get; init; }

    /// <summary>Added to each preview colour.</summary>
    public float[] RgbBias { get; init; } = [0, 0, 0];

    /// <summary>VAE latents → network latents.</summary>
    public Tensor ToModel(Tensor latent)
    {
        if (Mean is null) return (latent - ShiftFactor) * ScaleFactor;
        using var mean = PerChannel(Mean, latent);
        using var deviation = PerChannel(Deviation!, latent);
        return (latent - mean) * ScaleFactor / deviation;
    }

    /// <summary>Network latents → VAE latents.</summary>
    public Tensor FromModel(Tensor latent)
    {
        if (Mean is null) return latent / ScaleFactor + ShiftFactor;
        using var mean = PerChannel(Mean, latent);
        using var deviation = PerChannel(Deviation!, latent);
        return latent * deviation / ScaleFactor + mean;
    }

    private static Tensor PerChannel(float[] values, Tensor like)
    {
        var shape = new long[like.dim()];
        Array.Fill(shape, 1);
        shape[1] = values.Length;
        return tensor(values, device: like.device).reshape(shape);
    }
}
