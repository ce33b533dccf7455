using System.Numerics;

namespace Farm.TestNodes.Logic;

/// <summary>Arithmetic on integers of any size, by Python's rules.</summary>
internal sealed class TestIntMathOperation : Node
{
    /// <summary>Bits that a power may have; more is refused before it takes the worker's memory.</summary>
    private const long MaxBits = 1 << 20;

    /// <inheritdoc />
    protected override void Define(NodeBuilder node) => node
        .V1().Named(nameof(TestIntMathOperation), "Int Math Operation").In("Testing/Logic")
        .Int("a", 0, -(BigInteger)ulong.MaxValue, ulong.MaxValue, 1)
        .Int("b", 0, -(BigInteger)ulong.MaxValue, ulong.MaxValue, 1)
        .Combo("operation", ["add", "subtract", "multiply", "divide", "modulo", "power"])
        .Output("INT");

    /// <inheritdoc />
    protected override NodeResult Run(NodeCall call)
    {
        var (a, b) = (call.Get<BigInteger>("a"), call.Get<BigInteger>("b"));
        return NodeResult.Of(call.Get<string>("operation") switch
        {
            "add" => PythonValue.Integer(a + b),
            "subtract" => PythonValue.Integer(a - b),
            "multiply" => PythonValue.Integer(a * b),
            "divide" => PythonValue.Integer((a - Modulo(a, b)) / b),
            "modulo" => PythonValue.Integer(Modulo(a, b)),
            "power" => Power(a, b),
            var other => throw NodeFailedException.ValueError($"operation: '{other}' is none of add, subtract, multiply, divide, modulo, power"),
        });
    }

    // The remainder with the sign of the divisor.
    private static BigInteger Modulo(BigInteger a, BigInteger b)
    {
        if (b.IsZero)
            throw new NodeFailedException("ZeroDivisionError", "integer division or modulo by zero");
        var remainder = a % b;
        return !remainder.IsZero && remainder.Sign != b.Sign ? remainder + b : remainder;
    }

    private static object Power(BigInteger a, BigInteger b)
    {
        if (b.Sign < 0)
        {
            return a.IsZero
                ? throw new NodeFailedException("ZeroDivisionError", "0.0 cannot be raised to a negative power")
                : Math.Pow((double)a, (double)b);
        }
        if (BigInteger.Abs(a) > 1 && b * a.GetBitLength() > MaxBits)
            throw new NodeFailedException("OverflowError", $"power: the result would have more than {MaxBits} bits");
        // What is left has a small exponent, or a base of -1, 0 or 1, for which only the exponent's parity counts.
        return PythonValue.Integer(BigInteger.Pow(a, b > MaxBits ? 2 + (int)(b % 2) : (int)b));
    }
}
