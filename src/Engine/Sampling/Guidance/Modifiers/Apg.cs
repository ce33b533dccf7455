using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Adaptive projected guidance (arXiv 2410.02416): the guidance direction with momentum, a bounded norm, and its part along the
/// prediction turned down.</summary>
public static class Apg
{
    /// <summary>The pre hook of one run; it keeps the momentum, so every run needs its own.</summary>
    /// <param name="eta">Share of the part along the prediction; 1 keeps it.</param>
    /// <param name="normThreshold">Largest norm of the direction per picture; 0 for none.</param>
    /// <param name="momentum">Weight of the last direction; 0 for none.</param>
    public static BeforeMix Create(float eta, float normThreshold, float momentum)
    {
        var running = new Running();
        return (call, pair) =>
        {
            var direction = pair.Positive - pair.Negative;
            if (momentum != 0) direction = running.Update(direction, momentum, call.Sigma);
            if (normThreshold > 0) direction = direction * (normThreshold / Norm(direction)).clamp_max(1);
            var unit = pair.Positive / Norm(pair.Positive).clamp_min(1e-12);
            var along = unit * (direction * unit).sum([1, 2, 3], keepdim: true);
            var changed = direction - along + along * eta;
            return pair with { Positive = pair.Negative + changed + (pair.Positive - pair.Negative) / call.Scale };
        };
    }

    private static Tensor Norm(Tensor x) => x.square().sum([1, 2, 3], keepdim: true).sqrt();

    private sealed class Running
    {
        private float[] _direction = [];
        private float _sigma = float.PositiveInfinity;

        /// <summary>Kept as plain numbers, so that a run that stops leaves no tensor behind.</summary>
        public Tensor Update(Tensor direction, float momentum, float sigma)
        {
            bool isFirst = sigma > _sigma || _direction.Length != direction.numel();
            var updated = isFirst ? direction : tensor(_direction, device: direction.device).reshape(direction.shape) * momentum + direction;
            _direction = [.. updated.cpu().contiguous().data<float>()];
            _sigma = sigma;
            return updated;
        }
    }
}
