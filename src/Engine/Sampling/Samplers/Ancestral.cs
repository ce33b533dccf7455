namespace Farm.Engine.Sampling;

/// <summary>How an ancestral step splits into a deterministic part and fresh noise.</summary>
internal static class Ancestral
{
    /// <summary>The level to step down to and the noise to add after it (Karras 2022, as k-diffusion has it).</summary>
    public static (float Down, float Up) Split(float from, float to, float eta)
    {
        if (eta == 0) return (to, 0);
        float share = eta * MathF.Sqrt(to * to * (from * from - to * to) / (from * from));
        float up = share < to ? share : to; // a NaN share keeps the level
        return (MathF.Sqrt(to * to - up * up), up);
    }

    /// <summary>The same for a flow: the level to step down to, the scale of the result, and the noise that restores the level.</summary>
    public static (float Down, float Scale, float Renoise) SplitFlow(float from, float to, float eta)
    {
        float down = to * (1 + (to / from - 1) * eta);
        float scale = (1 - to) / (1 - down);
        return (down, scale, MathF.Sqrt(to * to - down * down * scale * scale));
    }
}
