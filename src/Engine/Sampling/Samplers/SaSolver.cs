using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>SA-Solver (arXiv 2309.05019): a stochastic Adams predictor and corrector whose noise is on in a window of the walk.</summary>
public sealed record SaSolver : ISampler
{
    /// <summary>Order of the predictor; 3 by default.</summary>
    public int PredictorOrder { get; init; } = 3;

    /// <summary>Order of the corrector; 4 by default, 0 turns it off.</summary>
    public int CorrectorOrder { get; init; } = 4;

    /// <summary>Evaluate again after each correction.</summary>
    public bool Pece { get; init; }

    /// <summary>The simplified weights of order 2.</summary>
    public bool SimpleOrder2 { get; init; }

    /// <summary>Scale of the noise; 1 by default.</summary>
    public float NoiseScale { get; init; } = 1;

    /// <summary>Stochasticity τ by noise level; by default 1 between 20 % and 80 % of the way and 0 elsewhere.</summary>
    public Func<float, float>? Tau { get; init; }

    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        if (run.Steps < 1) return x;
        run.NudgeFirstSigma();
        var walk = new Walk(this, run, Tau ?? DefaultTau(run.Model));
        var predicted = run.Keep(x.alias());
        for (int i = 0; i < run.Steps; i++)
        {
            using var scope = run.BeginStep(i);
            var next = walk.Step(i, ref x, predicted);
            run.Replace(ref predicted, next);
        }

        return predicted;
    }

    private static Func<float, float> DefaultTau(ModelSampling model)
    {
        float start = model.Table.PercentToSigma(0.2), end = model.Table.PercentToSigma(0.8);
        return sigma => sigma <= start && sigma >= end ? 1 : 0;
    }

    private sealed class Walk(SaSolver options, SamplingRun run, Func<float, float> tauOf)
    {
        private readonly float[] _sigmas = run.Sigmas;
        private readonly float[] _lambdas = [.. run.Sigmas.Select(run.Model.HalfLogSnr)];
        private readonly TensorHistory _history = new(run, Math.Max(options.PredictorOrder, options.CorrectorOrder));
        private Tensor? _noise;
        private float _tau;
        private float _h;

        /// <summary>Corrects the state at level i and predicts the next.</summary>
        public Tensor Step(int i, ref Tensor x, Tensor predicted)
        {
            float sigma = _sigmas[i], next = _sigmas[i + 1];
            var x0 = run.Denoise(predicted, sigma);
            _history.Push(x0);
            var (predictor, corrector) = Orders(i);
            run.Replace(ref x, corrector > 0 ? Correct(i, corrector, x) : predicted);
            if (corrector > 0 && options.Pece)
            {
                x0 = run.Denoise(x, sigma);
                _history.ReplaceNewest(x0);
            }

            return next == 0 ? x0 : Predict(i, predictor, x);
        }

        private (int Predictor, int Corrector) Orders(int i)
        {
            int predictor = Math.Min(options.PredictorOrder, _history.Count);
            int corrector = i == 0 || (_sigmas[i + 1] == 0 && !options.Pece) ? 0 : Math.Min(options.CorrectorOrder, _history.Count);
            if (_sigmas[^1] != 0) return (predictor, corrector);
            return (Math.Min(predictor, run.Steps - 1 - i), Math.Min(corrector, run.Steps - i));
        }

        private Tensor Correct(int i, int order, Tensor x)
        {
            var weights = Weights(i, order, i - 1, isCorrector: true);
            var corrected = Combine(x * (_sigmas[i] / _sigmas[i - 1] * Fp32.Exp(-(_tau * _tau) * _h)), weights);
            return _noise is null ? corrected : corrected + _noise;
        }

        private Tensor Predict(int i, int order, Tensor x)
        {
            float sigma = _sigmas[i], next = _sigmas[i + 1];
            _tau = tauOf(next);
            _h = _lambdas[i + 1] - _lambdas[i];
            var predicted = Combine(x * (next / sigma * Fp32.Exp(-(_tau * _tau) * _h)), Weights(i, order, i, isCorrector: false));
            _noise?.Dispose();
            _noise = null;
            if (_tau <= 0 || options.NoiseScale <= 0) return predicted;
            _noise = run.Keep(run.Noise(x) * (next * MathF.Sqrt(-Fp32.Expm1(-2 * _tau * _tau * _h)) * options.NoiseScale));
            return predicted + _noise;
        }

        private Tensor Combine(Tensor x, float[] newestFirst)
        {
            for (int age = newestFirst.Length - 1; age >= 0; age--) x = x + _history[age] * newestFirst[age];
            return x;
        }

        private float[] Weights(int newest, int order, int intervalStart, bool isCorrector)
        {
            float alpha = run.Model.Alpha(_sigmas[intervalStart + 1]);
            float[] lambdas = [.. Enumerable.Range(0, order).Select(age => _lambdas[newest - age])];
            return options.SimpleOrder2 && order == 2
                ? SaWeights.Simple(lambdas, _lambdas[intervalStart + 1] - _lambdas[intervalStart], _tau, alpha, isCorrector)
                : SaWeights.Exact(lambdas, _lambdas[intervalStart], _lambdas[intervalStart + 1], _tau, alpha);
        }
    }
}
