using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>DPM-Solver-12 and -23 with step size control (arXiv 2206.00927, k-diffusion). Only the ends of the noise levels count; it stops
/// at the last level above zero.</summary>
public sealed record DpmAdaptive : ISampler
{
    private const double Accept = 0.81;
    private const int MaxSteps = 10_000; // a tolerance out of reach ends in an error instead of never

    /// <summary>2 or 3 (default).</summary>
    public int Order { get; init; } = 3;

    /// <summary>Relative tolerance.</summary>
    public double RelativeTolerance { get; init; } = 0.05;

    /// <summary>Absolute tolerance.</summary>
    public double AbsoluteTolerance { get; init; } = 0.0078;

    /// <summary>The first step, in −ln σ.</summary>
    public double FirstStep { get; init; } = 0.05;

    /// <summary>Weights of the proportional, integral and differential parts of the controller; 0, 1, 0 by default.</summary>
    public (double P, double I, double D) Control { get; init; } = (0, 1, 0);

    /// <summary>Least factor at which a step is accepted.</summary>
    public double AcceptSafety { get; init; } = Accept;

    /// <summary>Share of fresh noise; 0 by default.</summary>
    public float Eta { get; init; }

    /// <summary>Scale of the noise; 1 by default.</summary>
    public float NoiseScale { get; init; } = 1;

    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        if (run.Steps < 1) return x;
        float tau = DpmSolver.Tau(run.Sigmas[0]), end = DpmSolver.Tau(run.Sigmas[^1] > 0 ? run.Sigmas[^1] : run.Sigmas[^2]);
        var controller = new StepController(this);
        var previous = run.Keep(x.clone());
        for (int attempt = 0, accepted = 0; tau < end - 1e-5f; attempt++)
        {
            if (attempt == MaxSteps) throw new InvalidOperationException($"dpm_adaptive did not reach the end within {MaxSteps} steps: raise rtol or atol.");
            using var scope = run.BeginStep(Math.Min(accepted, run.Steps - 1));
            float to = MathF.Min(end, tau + (float)controller.Step);
            var solver = new DpmSolver(run, x, tau);
            var (lower, up) = solver.Split(to, end, Eta);
            var low = Order == 2 ? solver.First(lower) : solver.Second(lower, 1 / 3f);
            var high = Order == 2 ? solver.Second(lower) : solver.Third(lower);
            if (!controller.Propose(Error(low, high, previous))) continue;
            run.Replace(ref x, high + run.Noise(x) * (up * NoiseScale));
            run.Replace(ref previous, low);
            tau = to;
            accepted++;
        }

        return x;
    }

    private double Error(Tensor low, Tensor high, Tensor previous)
    {
        var delta = (RelativeTolerance * maximum(low.abs(), previous.abs())).clamp_min(AbsoluteTolerance);
        return ((low - high) / delta).norm().item<float>() / Math.Sqrt(low.numel());
    }

    private sealed class StepController(DpmAdaptive options)
    {
        private double[]? _inverseErrors;

        public double Step { get; private set; } = options.FirstStep;

        public bool Propose(double error)
        {
            var (p, i, d) = options.Control;
            double order = options.Eta > 0 ? 1.5 : options.Order, inverse = 1 / (error + 1e-8);
            _inverseErrors ??= [inverse, inverse, inverse];
            _inverseErrors[0] = inverse;
            double factor = Math.Pow(_inverseErrors[0], (p + i + d) / order) * Math.Pow(_inverseErrors[1], -(p + 2 * d) / order)
                * Math.Pow(_inverseErrors[2], d / order);
            factor = 1 + Math.Atan(factor - 1);
            bool accept = factor >= options.AcceptSafety;
            if (accept) (_inverseErrors[2], _inverseErrors[1]) = (_inverseErrors[1], _inverseErrors[0]);
            Step *= factor;
            return accept;
        }
    }
}
