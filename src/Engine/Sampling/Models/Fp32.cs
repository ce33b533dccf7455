using static TorchSharp.torch;

namespace Farm.Engine.Sampling;

/// <summary>Scalar functions as libtorch rounds them: its vectorised exp and log differ from the C library's in the last bit, and a noise
/// level that is off by one bit lands elsewhere on the Brownian path.</summary>
internal static class Fp32
{
    public static float Exp(float x) => Apply(x, t => t.exp());

    public static float Expm1(float x) => Apply(x, t => t.expm1());

    public static float Log(float x) => Apply(x, t => t.log());

    public static float Logit(float x) => Apply(x, t => t.logit());

    public static float Sigmoid(float x) => Apply(x, t => t.sigmoid());

    public static float Pow(float x, double power) => Apply(x, t => t.pow(power));

    private static float Apply(float x, Func<Tensor, Tensor> function)
    {
        using var scope = NewDisposeScope();
        return function(tensor([x])).item<float>();
    }
}
