namespace Farm.Engine.Sampling;

/// <summary>The samplers that KSampler offers, in ComfyUI's order. A new one is a file in Samplers and a line here.</summary>
public static class SamplerRegistry
{
    private static readonly OrderedDictionary<string, ISampler> Known = new(StringComparer.Ordinal)
    {
        ["euler"] = new Euler(),
        ["euler_cfg_pp"] = new EulerAncestralCfgPp(Eta: 0, NoiseScale: 0),
        ["euler_ancestral"] = new EulerAncestral(),
        ["euler_ancestral_cfg_pp"] = new EulerAncestralCfgPp(),
        ["heun"] = new Heun(),
        ["heunpp2"] = new HeunPp2(),
        ["exp_heun_2_x0"] = new Seeds2(Eta: 0, NoiseScale: 0, R: 1, Phi2: true),
        ["exp_heun_2_x0_sde"] = new Seeds2(R: 1, Phi2: true),
        ["dpm_2"] = new Dpm2(),
        ["dpm_2_ancestral"] = new Dpm2Ancestral(),
        ["lms"] = new Lms(),
        ["dpm_fast"] = new DpmFast(),
        ["dpm_adaptive"] = new DpmAdaptive(),
        ["dpmpp_2s_ancestral"] = new DpmPp2SAncestral(),
        ["dpmpp_2s_ancestral_cfg_pp"] = new DpmPp2SAncestralCfgPp(),
        ["dpmpp_sde"] = new DpmPpSde(),
        ["dpmpp_sde_gpu"] = new DpmPpSde(),
        ["dpmpp_2m"] = new DpmPp2M(),
        ["dpmpp_2m_cfg_pp"] = new DpmPp2MCfgPp(),
        ["dpmpp_2m_sde"] = new DpmPp2MSde(),
        ["dpmpp_2m_sde_gpu"] = new DpmPp2MSde(),
        ["dpmpp_2m_sde_heun"] = new DpmPp2MSde(HeunCorrection: true),
        ["dpmpp_2m_sde_heun_gpu"] = new DpmPp2MSde(HeunCorrection: true),
        ["dpmpp_3m_sde"] = new DpmPp3MSde(),
        ["dpmpp_3m_sde_gpu"] = new DpmPp3MSde(),
        ["ddpm"] = new Ddpm(),
        ["lcm"] = new Lcm(),
        ["ipndm"] = new Ipndm(),
        ["ipndm_v"] = new IpndmV(),
        ["deis"] = new Deis(),
        ["res_multistep"] = new ResMultistep(),
        ["res_multistep_cfg_pp"] = new ResMultistep(CfgPp: true),
        ["res_multistep_ancestral"] = new ResMultistep(Eta: 1),
        ["res_multistep_ancestral_cfg_pp"] = new ResMultistep(Eta: 1, CfgPp: true),
        ["gradient_estimation"] = new GradientEstimation(),
        ["gradient_estimation_cfg_pp"] = new GradientEstimation(CfgPp: true),
        ["er_sde"] = new ErSde(),
        ["seeds_2"] = new Seeds2(),
        ["seeds_3"] = new Seeds3(),
        ["sa_solver"] = new SaSolver(),
        ["sa_solver_pece"] = new SaSolver { Pece = true },
        ["ddim"] = new Euler { RedrawsMaskNoise = true },
        ["uni_pc"] = new UniPc(),
        ["uni_pc_bh2"] = new UniPc(BH2: true),
    };

    /// <summary>Names in ComfyUI's order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Keys];

    /// <summary>The sampler of a name with its default options.</summary>
    /// <exception cref="ArgumentException">No sampler has the name; the message lists those there are.</exception>
    public static ISampler Get(string name) => Known.TryGetValue(name, out var sampler)
        ? sampler
        : throw new ArgumentException($"sampler_name '{name}' is unknown. Known: {string.Join(", ", Names)}.", nameof(name));
}
