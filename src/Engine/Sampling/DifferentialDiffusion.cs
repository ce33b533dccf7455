using Farm.Engine.Models.UNet;

namespace Farm.Engine.Sampling;

/// <summary>Differential diffusion (arXiv 2306.00950): a grey mask says how late in the run a place starts to change.</summary>
public static class DifferentialDiffusion
{
    /// <summary>The model with the mask's meaning.</summary>
    /// <param name="model">The model.</param>
    /// <param name="strength">1 takes the thresholds whole; below, the grey mask shows through.</param>
    public static DiffusionModel WithDifferentialDiffusion(this DiffusionModel model, double strength) => model with
    {
        MaskSchedule = (sigma, mask, levels, sampling) =>
        {
            var table = sampling.Table;
            float end = table.Timestep(Math.Max(table.SigmaMin, levels[^1])), start = table.Timestep(levels[0]);
            var threshold = (table.Timestep(sigma) - end) / (start - end);
            var open = mask.ge(threshold).to(mask.dtype);
            return strength is > 0 and < 1 ? open * strength + mask * (1 - strength) : open;
        },
    };
}
