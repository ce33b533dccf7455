using Farm.Engine.Models.UNet;
using Farm.Engine.Sampling;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Saving;

/// <summary>What a saved model says of itself, by which loaders and people know it (Stability AI's ModelSpec, and marker tensors).</summary>
public static class ModelFacts
{
    /// <summary>Texts for the header.</summary>
    /// <param name="model">The model.</param>
    /// <param name="title">Its name.</param>
    public static IReadOnlyDictionary<string, string> Metadata(DiffusionModel model, string title)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Architecture(model) is { } architecture)
        {
            facts["modelspec.architecture"] = architecture;
            facts["modelspec.sai_model_spec"] = "1.0.0";
            facts["modelspec.implementation"] = "sgm";
            facts["modelspec.title"] = title;
        }
        if (model.Sampling.Prediction == Prediction.Eps) facts["modelspec.predict_key"] = "epsilon";
        else if (model.Sampling.Prediction.IsVelocity) facts["modelspec.predict_key"] = "v";
        return facts;
    }

    /// <summary>Tensors that mark how the model is sampled: EDM's normalised latents, velocities, a last level of pure noise, the range of their continuous levels.</summary>
    public static IReadOnlyList<SavedTensor> Marks(DiffusionModel model)
    {
        if (model.Sampling.Prediction.IsEdm && model.LatentFormat is { Mean: { } mean, Deviation: { } deviation }) return [Mark("edm_mean", mean), Mark("edm_std", deviation)];
        if (!model.Sampling.Prediction.IsVelocity) return [];
        var table = model.Sampling.Table;
        if (table is EdmSigmas) return [Mark("edm_vpred.sigma_max", table.SigmaMax), Mark("edm_vpred.sigma_min", table.SigmaMin)];
        return table is DiscreteSigmas { IsZeroTerminal: true } ? [Mark("v_pred"), Mark("ztsnr")] : [Mark("v_pred")];
    }

    private static string? Architecture(DiffusionModel model) => model.Config.ContextWidth switch
    {
        TextWidths.Xl => model.Config.InChannels == model.LatentFormat.Channels ? "stable-diffusion-xl-v1-base" : "stable-diffusion-xl-v1-inpainting",
        TextWidths.Refiner => "stable-diffusion-xl-v1-refiner",
        _ => null,
    };

    private static SavedTensor Mark(string name) => new(new TensorInfo(name, ScalarType.Float32, [0]), () => zeros(0));

    private static SavedTensor Mark(string name, float[] values) => new(new TensorInfo(name, ScalarType.Float32, [values.Length]), () => tensor(values));

    private static SavedTensor Mark(string name, float value) => new(new TensorInfo(name, ScalarType.Float32, []), () => tensor(value));
}
