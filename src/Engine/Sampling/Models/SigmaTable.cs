namespace Farm.Engine.Sampling;

/// <summary>The noise levels that a network knows, ascending, and how they map to its timesteps.</summary>
public abstract class SigmaTable
{
    /// <summary>Noise levels from least to most noise.</summary>
    public abstract IReadOnlyList<float> Sigmas { get; }

    /// <summary>The least noise level above zero.</summary>
    public float SigmaMin => Sigmas[0];

    /// <summary>The highest noise level.</summary>
    public float SigmaMax => Sigmas[^1];

    /// <summary>The timestep the network is told for a noise level.</summary>
    public abstract float Timestep(float sigma);

    /// <summary>The noise level at a timestep, between table entries too.</summary>
    public abstract float Sigma(float timestep);

    /// <summary>The noise level at a fraction of the way: 0 is pure noise, 1 is the finished picture.</summary>
    public abstract float PercentToSigma(double percent);
}
