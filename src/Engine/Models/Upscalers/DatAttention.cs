using Farm.Engine.Models.Layers;
using Farm.Engine.Weights;
using static TorchSharp.torch;

namespace Farm.Engine.Models.Upscalers;

/// <summary>Convolutions by channel beside an attention, and maps from each that weight the other: by channel and by place (arXiv 2308.03364, section 3.3).</summary>
internal sealed class Interaction(WeightScope weights)
{
    private readonly Conv2d _dwconv0 = weights.Depthwise("dwconv.0");
    private readonly BatchNorm _dwconv1 = new(weights.At("dwconv.1"));
    private readonly Conv2d _channel1 = weights.Conv("channel_interaction.1");
    private readonly BatchNorm _channel2 = new(weights.At("channel_interaction.2"));
    private readonly Conv2d _channel4 = weights.Conv("channel_interaction.4");
    private readonly Conv2d _spatial0 = weights.Conv("spatial_interaction.0");
    private readonly BatchNorm _spatial1 = new(weights.At("spatial_interaction.1"));
    private readonly Conv2d _spatial3 = weights.Conv("spatial_interaction.3");

    /// <summary>Convolved values [B, C, H, W].</summary>
    public Tensor Convolve(Tensor values) => Gelu(_dwconv1.Take(_dwconv0.Forward(values)));

    /// <summary>Weights of channels, [B, C, 1, 1].</summary>
    public Tensor Channels(Tensor map) => _channel4.Take(Gelu(_channel2.Take(_channel1.Take(map.mean([2, 3], keepdim: true))))).sigmoid_();

    /// <summary>Weights of places, [B, 1, H, W].</summary>
    public Tensor Places(Tensor map) => _spatial3.Take(Gelu(_spatial1.Take(_spatial0.Forward(map)))).sigmoid_();

    private static Tensor Gelu(Tensor x)
    {
        using (x) return nn.functional.gelu(x);
    }

    /// <summary>Batch normalisation with the means and variances of training.</summary>
    private sealed class BatchNorm(WeightScope weights) : Layer
    {
        private readonly Tensor _mean = weights.Parameter("running_mean", 1);
        private readonly Tensor _variance = weights.Parameter("running_var", 1);
        private readonly Tensor _weight = weights.Parameter("weight", 1);
        private readonly Tensor _bias = weights.Parameter("bias", 1);

        public override Tensor Forward(Tensor x) => nn.functional.batch_norm(x, _mean, _variance, _weight, _bias);
    }
}

/// <summary>Attention over windows, wide ones for one half of the channels and tall ones for the other.</summary>
internal sealed class DatSpatialAttention(WeightScope weights, bool isShifted) : Layer
{
    private readonly Linear _qkv = weights.Linear("qkv");
    private readonly WindowBranch[] _attns = [new(weights.At("attns.0"), isShifted), new(weights.At("attns.1"), isShifted)];
    private readonly Interaction _interaction = new(weights);
    private readonly Linear _proj = weights.Linear("proj");

    public override Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (rows, columns, half) = (x.shape[1], x.shape[2], x.shape[3] / 2);
        var qkv = _qkv.Forward(x);
        var side = Math.Max(_attns[0].Windows.Height, _attns[0].Windows.Width);
        var parts = nn.functional.pad(qkv, [0, 0, 0, Missing(columns, side), 0, Missing(rows, side)]).chunk(3, -1);
        var halves = _attns.Select((branch, i) => branch.Attend([.. parts.Select(part => part.narrow(-1, i * half, half))]).narrow(1, 0, rows).narrow(2, 0, columns));
        var attended = cat([.. halves], -1).permute(0, 3, 1, 2);
        var convolved = _interaction.Convolve(qkv.narrow(-1, 4 * half, 2 * half).permute(0, 3, 1, 2).contiguous());
        var mixed = attended * _interaction.Channels(convolved) + _interaction.Places(attended.contiguous()) * convolved;
        return _proj.Forward(mixed.permute(0, 2, 3, 1)).MoveToOuterDisposeScope();
    }

    private static long Missing(long length, long multiple) => (multiple - length % multiple) % multiple;

    /// <summary>One shape of windows, with a bias that a small network makes of relative positions.</summary>
    private sealed class WindowBranch
    {
        private readonly Tensor _rpeBiases;
        private readonly Linear _posProj;
        private readonly (LayerNorm Norm, Linear Linear)[] _pos;

        public WindowBranch(WeightScope weights, bool isShifted)
        {
            _rpeBiases = weights.Parameter("rpe_biases", 2);
            _posProj = weights.Linear("pos.pos_proj");
            _pos = [.. Enumerable.Range(1, 3).Select(i => (weights.LayerNorm($"pos.pos{i}.0"), weights.Linear($"pos.pos{i}.2")))];
            using var last = _rpeBiases[-1];
            var (height, width) = ((long)last[0].item<float>() + 1, (long)last[1].item<float>() + 1);
            if (height < 1 || width < 1 || ((2 * height) - 1) * ((2 * width) - 1) != _rpeBiases.shape[0])
                throw new WeightsFormatException($"'{weights.Prefix}rpe_biases' has {_rpeBiases.shape[0]} rows and ends in a window of {height}×{width}; (2·height − 1)·(2·width − 1) rows are needed");
            Windows = isShifted ? new(height, width, height / 2, width / 2) : new(height, width);
        }

        public Windows Windows { get; }

        /// <summary>Queries, keys and values [B, H, W, C/2] → [B, H, W, C/2].</summary>
        public Tensor Attend(Tensor[] qkv)
        {
            using var scope = NewDisposeScope();
            var (rows, columns, cells, windows) = (qkv[0].shape[1], qkv[0].shape[2], Windows.Cells, Windows);
            var table = _pos.Aggregate(_posProj.Forward(_rpeBiases), (h, next) => next.Linear.Forward(next.Norm.Forward(h).relu_()));
            var bias = table.index_select(0, windows.RelativePositions(table.device)).reshape(cells, cells, -1).permute(2, 0, 1).contiguous();
            Tensor[] cut = [.. qkv.Select(windows.Partition)];
            var attended = WindowAttention.Attend(cut[0], cut[1], cut[2], bias, windows.Regions(rows, columns, table.device));
            return windows.Merge(attended, rows, columns).MoveToOuterDisposeScope();
        }
    }
}

/// <summary>Attention of channels to channels, by their likeness over the whole picture.</summary>
internal sealed class DatChannelAttention(WeightScope weights) : Layer
{
    private readonly Linear _qkv = weights.Linear("qkv");
    private readonly Tensor _temperature = weights.Parameter("temperature", 3);
    private readonly Interaction _interaction = new(weights);
    private readonly Linear _proj = weights.Linear("proj");

    public override Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var (batch, channels, heads) = (x.shape[0], x.shape[3], _temperature.shape[0]);
        Tensor[] parts = [.. _qkv.Forward(x).permute(0, 3, 1, 2).chunk(3, 1).Select(part => part.reshape(batch * heads, channels / heads, -1))];
        var scores = nn.functional.normalize(parts[0], dim: -1).bmm(nn.functional.normalize(parts[1], dim: -1).transpose(1, 2));
        var attended = scores.mul_(_temperature.repeat(batch, 1, 1)).softmax(-1).bmm(parts[2]).reshape(batch, channels, x.shape[1], x.shape[2]);
        var convolved = _interaction.Convolve(parts[2].reshape(attended.shape));
        var mixed = attended * _interaction.Places(convolved) + convolved * _interaction.Channels(attended);
        return _proj.Forward(mixed.permute(0, 2, 3, 1)).MoveToOuterDisposeScope();
    }
}
