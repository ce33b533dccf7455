using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Linear multistep (Adams–Bashforth over uneven σ) as in k-diffusion.</summary>
/// <param name="Order">Slopes used at most; 4 by default.</param>
public sealed record Lms(int Order = 4) : ISampler
{
    /// <inheritdoc/>
    public Tensor Sample(SamplingRun run, Tensor x)
    {
        var slopes = new TensorHistory(run, Order);
        return run.Integrate(x, step =>
        {
            var x0 = run.Denoise(step.X, step.Sigma);
            slopes.Push((step.X - x0) / step.Sigma);
            if (step.Next == 0) return x0;
            var next = step.X;
            for (int j = 0; j < slopes.Count; j++) next = next + slopes[j] * Coefficient(slopes.Count, run.Sigmas, step.Index, j);
            return next;
        });
    }

    /// <summary>∫ of the j-th Lagrange basis polynomial over the step. Its degree is at most 3, so two Gauss points are exact for
    /// orders up to 4; the third makes 5 and 6 exact as well.</summary>
    internal static double Coefficient(int order, float[] sigmas, int step, int j)
    {
        double half = (sigmas[step + 1] - (double)sigmas[step]) / 2, middle = (sigmas[step + 1] + (double)sigmas[step]) / 2;
        double outer = Math.Sqrt(0.6);
        return half * (5 * Basis(middle - half * outer) + 8 * Basis(middle) + 5 * Basis(middle + half * outer)) / 9;

        double Basis(double tau)
        {
            double product = 1;
            for (int m = 0; m < order; m++)
                if (m != j) product *= (tau - sigmas[step - m]) / (sigmas[step - j] - (double)sigmas[step - m]);
            return product;
        }
    }
}
