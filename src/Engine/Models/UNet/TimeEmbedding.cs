using Farm.Engine.Models.Layers;
using static TorchSharp.torch;

namespace Farm.Engine.Models.UNet;

/// <summary>Turns a timestep, and the vector conditioning where the network takes one, into the vector that every residual block reads.</summary>
internal sealed class TimeEmbedding(WeightScope weights, long channels)
{
    private const double MaxPeriod = 10000;

    private readonly Linear _timeEmbed0 = weights.Linear("time_embed.0");
    private readonly Linear _timeEmbed2 = weights.Linear("time_embed.2");
    private readonly Linear? _labelEmb0 = weights.Has("label_emb.0.0") ? weights.Linear("label_emb.0.0") : null;
    private readonly Linear? _labelEmb2 = weights.Has("label_emb.0.2") ? weights.Linear("label_emb.0.2") : null;

    /// <summary>SiLU of the embedding, [B, 4·channels] in the compute type.</summary>
    /// <param name="timesteps">[B].</param>
    /// <param name="vector">The vector conditioning; ignored by networks that take none.</param>
    /// <param name="type">The type of the weights.</param>
    /// <param name="more">One more embedding to add; null for none.</param>
    public Tensor Forward(Tensor timesteps, Tensor? vector, ScalarType type, Tensor? more = null)
    {
        using var scope = NewDisposeScope();
        var embedding = _timeEmbed2.Take(_timeEmbed0.Take(Sinusoids(timesteps, channels).to(type)).silu_());
        if (_labelEmb0 is not null && _labelEmb2 is not null)
            embedding.add_(_labelEmb2.Take(_labelEmb0.Forward(vector!.to(type)).silu_()));
        if (more is not null) embedding.add_(more);
        return embedding.silu_().MoveToOuterDisposeScope();
    }

    /// <summary>Cosines, then sines, of the timestep at falling frequencies (arXiv 1706.03762, with the halves not interleaved): fp32 [B, width].</summary>
    public static Tensor Sinusoids(Tensor timesteps, long width)
    {
        var half = width / 2;
        var frequencies = arange(half, ScalarType.Float32, timesteps.device).mul_(-Math.Log(MaxPeriod) / half).exp_();
        var angles = timesteps.to(ScalarType.Float32).unsqueeze(1) * frequencies.unsqueeze(0);
        return cat([angles.cos(), angles.sin()], 1);
    }
}
