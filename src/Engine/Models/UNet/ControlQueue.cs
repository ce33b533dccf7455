using Farm.Engine.Sampling;
using static TorchSharp.torch;

namespace Farm.Engine.Models.UNet;

/// <summary>What control networks add to one pass, handed out block by block from the end of each list. What has another shape is left out.</summary>
internal sealed class ControlQueue(ControlResiduals? residuals, ScalarType type)
{
    private readonly Stack<Tensor?> _input = new(residuals?.Input ?? []);
    private readonly Stack<Tensor?> _middle = new(residuals?.Middle ?? []);
    private readonly Stack<Tensor?> _output = new(residuals?.Output ?? []);

    public Tensor AddInput(Tensor h) => Add(h, _input);

    public Tensor AddMiddle(Tensor h) => Add(h, _middle);

    public Tensor AddOutput(Tensor skip) => Add(skip, _output);

    private Tensor Add(Tensor to, Stack<Tensor?> from) =>
        from.TryPop(out var residual) && residual is not null && residual.shape.SequenceEqual(to.shape) ? to + residual.to(type) : to;
}
