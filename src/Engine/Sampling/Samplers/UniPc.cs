using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>UniPC (arXiv 2302.04867; wl-zhao/UniPC): a unified predictor and corrector of order up to 3 over −ln σ. A final level of 0 is
/// walked to 0.001, which the run's levels then show.</summary>
/// <param name="BH2">B(h) = e^h − 1 instead of h.</param>
public sealed record UniPc(bool BH2 = false) : ISampler
{
    private const float LastSigma = 0.001f;

    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        int steps = run.Steps, order = Math.Min(3, steps - 1);
        if (steps > 0 && run.Sigmas[^1] == 0) run.Sigmas[^1] = LastSigma;
        if (order < 1) return x;

        float[] lambdas = [.. run.Sigmas.Select(sigma => -Fp32.Log(sigma))];
        var history = new TensorHistory(run, 3);
        using (run.BeginStep(0)) history.Push(run.Denoise(x, run.Sigmas[0]));
        for (int n = 1; n <= steps; n++)
        {
            using var scope = run.BeginStep(n);
            int k = n < order ? n : Math.Min(order, steps + 1 - n);
            var update = new Update(BH2, history, lambdas, n, k);
            float ratio = run.Sigmas[n] / run.Sigmas[n - 1];
            var start = x * ratio - history[0] * update.FirstOrder;
            var predicted = update.Predict(start);
            if (n == steps)
            {
                run.Replace(ref x, predicted);
                break;
            }

            var x0 = run.Denoise(predicted, run.Sigmas[n]);
            run.Replace(ref x, update.Correct(start, x0));
            history.Push(x0);
        }

        return x;
    }

    /// <summary>The coefficients of one step and their two uses.</summary>
    private sealed class Update
    {
        private readonly float _b;
        private readonly int _order;
        private readonly float[,] _rows;
        private readonly float[] _right;
        private readonly Tensor[] _differences;
        private readonly Tensor _newest;

        public Update(bool bh2, TensorHistory history, float[] lambdas, int n, int order)
        {
            float h = lambdas[n] - lambdas[n - 1], z = -h;
            FirstOrder = Fp32.Expm1(z);
            _b = bh2 ? FirstOrder : z;
            _order = order;
            _newest = history[0];
            float[] r = [.. Enumerable.Range(1, order - 1).Select(j => (lambdas[n - 1 - j] - lambdas[n - 1]) / h), 1];
            _differences = [.. Enumerable.Range(1, order - 1).Select(j => (history[j] - history[0]) / r[j - 1])];

            _rows = new float[order, order];
            _right = new float[order];
            float g = FirstOrder / z - 1, factorial = 1;
            for (int a = 0; a < order; a++)
            {
                for (int j = 0; j < order; j++) _rows[a, j] = (float)Math.Pow(r[j], a);
                factorial *= a + 1;
                _right[a] = g * factorial / _b;
                g = g / z - 1 / (factorial * (a + 2));
            }
        }

        public float FirstOrder { get; }

        public Tensor Predict(Tensor start)
        {
            float[] weights = _order switch { 1 => [], 2 => [0.5f], _ => Solve(_order - 1) };
            return Apply(start, weights);
        }

        public Tensor Correct(Tensor start, Tensor x0)
        {
            float[] weights = _order == 1 ? [0.5f] : Solve(_order);
            return Apply(start, weights[..^1]) - (x0 - _newest) * (_b * weights[^1]);
        }

        private Tensor Apply(Tensor start, float[] weights)
        {
            for (int j = 0; j < weights.Length; j++) start = start - _differences[j] * (_b * weights[j]);
            return start;
        }

        private float[] Solve(int size)
        {
            using var scope = NewDisposeScope();
            var rows = tensor(_rows).slice(0, 0, size, 1).slice(1, 0, size, 1);
            return [.. linalg.solve(rows, tensor(_right).slice(0, 0, size, 1)).data<float>()];
        }
    }
}
