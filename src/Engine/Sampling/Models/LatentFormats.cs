namespace Farm.Engine.Sampling;

/// <summary>The latent spaces of the families that the engine runs; figures as recorded from ComfyUI 0.19.3.</summary>
public static class LatentFormats
{
    /// <summary>Stable Diffusion 1.x and 2.x.</summary>
    public static LatentFormat SD15 { get; } = new("SD15", 4, 0.18215)
    {
        RgbFactors = [[0.3512f, 0.2297f, 0.3227f], [0.325f, 0.4974f, 0.235f], [-0.2829f, 0.1762f, 0.2721f], [-0.212f, -0.2616f, -0.7177f]],
    };

    /// <summary>SDXL, its refiner and its distilled descendants.</summary>
    public static LatentFormat SDXL { get; } = new("SDXL", 4, 0.13025)
    {
        RgbFactors = [[0.3651f, 0.4232f, 0.4341f], [-0.2533f, -0.0042f, 0.1068f], [0.1076f, 0.1111f, -0.0362f], [-0.3165f, -0.2492f, -0.2188f]],
        RgbBias = [0.1084f, -0.0175f, -0.0011f],
    };

    /// <summary>Playground 2.5: SDXL's network on normalised latents.</summary>
    public static LatentFormat Playground25 { get; } = new("SDXL_Playground_2_5", 4, 0.5)
    {
        Mean = [-1.6574f, 1.886f, -1.383f, 2.5155f],
        Deviation = [8.4927f, 5.9022f, 6.5498f, 5.2299f],
        RgbFactors = [[0.392f, 0.4054f, 0.4549f], [-0.2634f, -0.0196f, 0.0653f], [0.0568f, 0.1687f, -0.0755f], [-0.3112f, -0.2359f, -0.2076f]],
    };

    /// <summary>The x4 upscaler.</summary>
    public static LatentFormat X4Upscaler { get; } = new("SD_X4", 4, 0.08333)
    {
        RgbFactors = [[-0.234f, -0.3863f, -0.3257f], [0.0994f, 0.0885f, -0.0908f], [-0.2833f, -0.2349f, -0.3741f], [0.2523f, -0.0055f, -0.1651f]],
    };

    /// <summary>Stable Diffusion 3 and 3.5.</summary>
    public static LatentFormat SD3 { get; } = new("SD3", 16, 1.5305)
    {
        ShiftFactor = 0.0609,
        RgbFactors =
        [
            [-0.0922f, -0.0175f, 0.0749f], [0.0311f, 0.0633f, 0.0954f], [0.1994f, 0.0927f, 0.0458f], [0.0856f, 0.0339f, 0.0902f],
            [0.0587f, 0.0272f, -0.0496f], [-0.0006f, 0.1104f, 0.0309f], [0.0978f, 0.0306f, 0.0427f], [-0.0042f, 0.1038f, 0.1358f],
            [-0.0194f, 0.002f, 0.0669f], [-0.0488f, 0.013f, -0.0268f], [0.0922f, 0.0988f, 0.0951f], [-0.0278f, 0.0524f, -0.0542f],
            [0.0332f, 0.0456f, 0.0895f], [-0.0069f, -0.003f, -0.081f], [-0.0596f, -0.0465f, -0.0293f], [-0.1448f, -0.1463f, -0.1189f],
        ],
        RgbBias = [0.2394f, 0.2135f, 0.1925f],
    };

    /// <summary>Flux.1 and the families that share its autoencoder.</summary>
    public static LatentFormat Flux { get; } = new("Flux", 16, 0.3611)
    {
        ShiftFactor = 0.1159,
        RgbFactors =
        [
            [-0.0346f, 0.0244f, 0.0681f], [0.0034f, 0.021f, 0.0687f], [0.0275f, -0.0668f, -0.0433f], [-0.0174f, 0.016f, 0.0617f],
            [0.0859f, 0.0721f, 0.0329f], [0.0004f, 0.0383f, 0.0115f], [0.0405f, 0.0861f, 0.0915f], [-0.0236f, -0.0185f, -0.0259f],
            [-0.0245f, 0.025f, 0.118f], [0.1008f, 0.0755f, -0.0421f], [-0.0515f, 0.0201f, 0.0011f], [0.0428f, -0.0012f, -0.0036f],
            [0.0817f, 0.0765f, 0.0749f], [-0.1264f, -0.0522f, -0.1103f], [-0.028f, -0.0881f, -0.0499f], [-0.1262f, -0.0982f, -0.0778f],
        ],
        RgbBias = [-0.0329f, -0.0718f, -0.0851f],
    };
}
