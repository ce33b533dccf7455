namespace Farm.Engine.Families;

/// <summary>What single-file checkpoints of the Stable Diffusion line have in common.</summary>
internal static class ModelKeys
{
    public const string UNet = "model.diffusion_model.";
    public const string Vae = "first_stage_model.";
    public const int LatentChannels = 4;
    public const int HeadWidth = 64;
}
