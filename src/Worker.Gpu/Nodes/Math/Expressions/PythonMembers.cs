using System.Numerics;
using Farm.Nodes;

namespace Farm.Worker.Nodes.Expressions;

/// <summary>Members of numbers that expressions may use.</summary>
internal static class PythonMembers
{
    /// <summary><c>value.id</c>: a value, or a function that takes nothing.</summary>
    /// <exception cref="NodeFailedException">The member is hidden from expressions, or there is none.</exception>
    public static object? Get(object? value, string id, string text)
    {
        if (id.StartsWith('_') || id.StartsWith("func_", StringComparison.Ordinal))
            throw new NodeFailedException("simpleeval.FeatureNotAvailable", $"Sorry, access to __attributes  or func_ attributes is not available. ({id})");
        return PythonArithmetic.Number(value) switch
        {
            BigInteger integer => OfInteger(integer, id),
            double number => OfFloat(number, id),
            Complex complex => OfComplex(complex, id),
            _ => null,
        } ?? throw new NodeFailedException("simpleeval.AttributeDoesNotExist", $"Attribute '{id}' does not exist in expression '{text}'");
    }

    private static object? OfInteger(BigInteger integer, string id) => id switch
    {
        "real" or "numerator" => integer,
        "imag" => BigInteger.Zero,
        "denominator" => BigInteger.One,
        "conjugate" => Function(integer),
        "bit_length" => Function((BigInteger)BigInteger.Abs(integer).GetBitLength()),
        "bit_count" => Function(PopCount(integer)),
        "is_integer" => Function(true),
        _ => null,
    };

    private static object? OfFloat(double number, string id) => id switch
    {
        "real" => number,
        "imag" => 0.0,
        "conjugate" => Function(number),
        "is_integer" => Function(double.IsFinite(number) && number == Math.Floor(number)),
        _ => null,
    };

    private static object? OfComplex(Complex complex, string id) => id switch
    {
        "real" => complex.Real,
        "imag" => complex.Imaginary,
        "conjugate" => Function(Complex.Conjugate(complex)),
        _ => null,
    };

    private static BigInteger PopCount(BigInteger integer) => BigInteger.Abs(integer).ToByteArray().Sum(part => BitOperations.PopCount(part));

    private static PythonFunction Function(object? value) => arguments => arguments.Count == 0
        ? value
        : throw NodeFailedException.TypeError($"expected no arguments, got {arguments.Count}");
}
