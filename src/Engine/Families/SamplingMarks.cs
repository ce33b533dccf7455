using Farm.Engine.Sampling;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Families;

/// <summary>How a checkpoint says that it is sampled: marker tensors beside its networks.</summary>
internal static class SamplingMarks
{
    /// <summary>The thousand levels, with <c>v_pred</c> for velocities and <c>ztsnr</c> for a last level of pure noise.</summary>
    /// <param name="file">The checkpoint.</param>
    /// <param name="guess">The prediction where no mark says it; noise by default.</param>
    public static ModelSampling Discrete(StateDict file, Prediction? guess = null) =>
        ModelSampling.Discrete(file.Contains("v_pred") ? Prediction.V : guess ?? Prediction.Eps, zeroTerminalSnr: file.Contains("ztsnr"));

    /// <summary>SDXL's: Playground's normalised EDM (<c>edm_mean</c>, <c>edm_std</c>), velocities over EDM levels (<c>edm_vpred.*</c>), else discrete.</summary>
    public static (ModelSampling Sampling, LatentFormat Format) Xl(StateDict file)
    {
        if (file.Contains("edm_mean") && file.Contains("edm_std")) return (ModelSampling.Edm(EdmKind.Edm, sigmaData: 0.5), LatentFormats.Playground25);
        if (!file.Contains("edm_vpred.sigma_max")) return (Discrete(file), LatentFormats.SDXL);
        var least = file.Contains("edm_vpred.sigma_min") ? Scalar(file, "edm_vpred.sigma_min") : EdmSigmas.DefaultMin;
        return (ModelSampling.Edm(EdmKind.V, Scalar(file, "edm_vpred.sigma_max"), least), LatentFormats.SDXL);
    }

    private static double Scalar(StateDict file, string name)
    {
        using var scope = NewDisposeScope();
        return file.Open(name).to(ScalarType.Float64).flatten()[0].item<double>();
    }
}
