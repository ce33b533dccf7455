using System.Globalization;
using System.Numerics;
using Farm.Nodes;

namespace Farm.Worker.Nodes.Expressions;

/// <summary>The functions that expressions may call, with Python's results and failures.</summary>
internal static class ExpressionFunctions
{
    private const int MaxExponent = 4000;

    /// <summary>By name.</summary>
    public static readonly IReadOnlyDictionary<string, PythonFunction> ByName = new Dictionary<string, PythonFunction>
    {
        ["sum"] = Sum,
        ["min"] = arguments => Extreme("min", "<", arguments),
        ["max"] = arguments => Extreme("max", ">", arguments),
        ["abs"] = One("abs", Abs),
        ["round"] = Round,
        ["pow"] = Pow,
        ["sqrt"] = Real("sqrt", x => x < 0 ? throw Domain() : Math.Sqrt(x)),
        ["ceil"] = One("ceil", value => ToInteger(value, Math.Ceiling)),
        ["floor"] = One("floor", value => ToInteger(value, Math.Floor)),
        ["log"] = Log,
        ["log2"] = One("log2", value => Logarithm(value, Math.Log2, Math.Log(2))),
        ["log10"] = One("log10", value => Logarithm(value, Math.Log10, Math.Log(10))),
        ["sin"] = Real("sin", x => double.IsInfinity(x) ? throw Domain() : Math.Sin(x)),
        ["cos"] = Real("cos", x => double.IsInfinity(x) ? throw Domain() : Math.Cos(x)),
        ["tan"] = Real("tan", x => double.IsInfinity(x) ? throw Domain() : Math.Tan(x)),
        ["int"] = Int,
        ["float"] = Float,
    };

    private static NodeFailedException Domain() => NodeFailedException.ValueError("math domain error");

    private static PythonFunction One(string name, Func<object?, object?> compute) => arguments => arguments.Count == 1
        ? compute(arguments[0])
        : throw NodeFailedException.TypeError($"{name}() takes exactly one argument ({arguments.Count} given)");

    private static PythonFunction Real(string name, Func<double, double> compute) => One(name, value => compute(ToReal(value)));

    private static double ToReal(object? value) => PythonArithmetic.Number(value) is { } number and not Complex
        ? PythonArithmetic.ToFloat(number)
        : throw NodeFailedException.TypeError($"must be real number, not {PythonArithmetic.TypeName(value)}");

    private static object? Sum(IReadOnlyList<object?> arguments)
    {
        var terms = arguments is [string or object?[]] ? PythonSequence.Elements(arguments[0]) : arguments;
        return terms.Aggregate((object?)BigInteger.Zero, (sum, term) => PythonArithmetic.Apply("+", sum, term));
    }

    private static object? Extreme(string name, string better, IReadOnlyList<object?> arguments)
    {
        if (arguments.Count == 0) throw NodeFailedException.TypeError($"{name} expected at least 1 argument, got 0");
        var candidates = arguments.Count == 1 ? PythonSequence.Elements(arguments[0]) : arguments;
        if (candidates.Count == 0) throw NodeFailedException.ValueError($"{name}() iterable argument is empty");
        return candidates.Aggregate((best, next) => PythonComparison.Holds(better, next, best) ? next : best);
    }

    private static object? Abs(object? value) => PythonArithmetic.Number(value) switch
    {
        BigInteger integer => BigInteger.Abs(integer),
        double number => Math.Abs(number),
        Complex complex => Complex.Abs(complex),
        _ => throw NodeFailedException.TypeError($"bad operand type for abs(): '{PythonArithmetic.TypeName(value)}'"),
    };

    private static object? Round(IReadOnlyList<object?> arguments)
    {
        if (arguments.Count is not (1 or 2)) throw NodeFailedException.TypeError($"round() takes from 1 to 2 positional arguments but {arguments.Count} were given");
        var digits = arguments.Count == 1 || arguments[1] is null
            ? (BigInteger?)null
            : PythonArithmetic.Number(arguments[1]) as BigInteger? ?? throw NodeFailedException.TypeError($"'{PythonArithmetic.TypeName(arguments[1])}' object cannot be interpreted as an integer");
        return (PythonArithmetic.Number(arguments[0]), digits) switch
        {
            (BigInteger integer, null) => integer,
            (BigInteger integer, { } places) => RoundInteger(integer, places),
            (double number, null) => PythonNumber.ToInteger(Math.Round(number, MidpointRounding.ToEven)),
            (double number, { } places) => RoundFloat(number, places),
            _ => throw NodeFailedException.TypeError($"type {PythonArithmetic.TypeName(arguments[0])} doesn't define __round__ method"),
        };
    }

    private static BigInteger RoundInteger(BigInteger integer, BigInteger places)
    {
        if (places.Sign >= 0) return integer;
        if (-places > integer.GetBitLength() + 1) return BigInteger.Zero;
        var unit = BigInteger.Pow(10, (int)-places);
        return NearestEven(integer, unit) * unit;
    }

    // The exact value of the double decides, not its product with a power of ten.
    private static double RoundFloat(double number, BigInteger places)
    {
        if (!double.IsFinite(number) || places > 330) return number;
        if (places < -310) return Math.CopySign(0, number);
        var exponent = Math.Max(Math.ILogB(number), -1074) - 52;
        var mantissa = new BigInteger(Math.ScaleB(number, -exponent));
        var (numerator, denominator) = (mantissa << Math.Max(exponent, 0), BigInteger.One << Math.Max(-exponent, 0));
        var power = BigInteger.Pow(10, (int)BigInteger.Abs(places));
        var rounded = places.Sign >= 0 ? NearestEven(numerator * power, denominator) : NearestEven(numerator, denominator * power);
        var value = double.Parse($"{rounded}E{-places}", CultureInfo.InvariantCulture);
        return Math.CopySign(double.IsFinite(value) ? value : throw new NodeFailedException("OverflowError", "rounded value too large to represent"), number);
    }

    private static BigInteger NearestEven(BigInteger numerator, BigInteger denominator)
    {
        var quotient = BigInteger.DivRem(BigInteger.Abs(numerator), denominator, out var rest);
        var half = (rest * 2).CompareTo(denominator);
        if (half > 0 || (half == 0 && !quotient.IsEven)) quotient += 1;
        return numerator.Sign * quotient;
    }

    private static object? Pow(IReadOnlyList<object?> arguments)
    {
        if (arguments.Count != 2) throw NodeFailedException.TypeError($"pow() takes 2 positional arguments but {arguments.Count} were given");
        if (PythonArithmetic.Number(arguments[0]) is not { } number || PythonArithmetic.Number(arguments[1]) is not { } exponent || number is Complex || exponent is Complex)
            throw NodeFailedException.TypeError("pow() takes real numbers");
        if (Math.Abs(PythonArithmetic.ToFloat(exponent)) > MaxExponent)
            throw NodeFailedException.ValueError($"pow(): the exponent must lie between -{MaxExponent} and {MaxExponent}");
        return PythonArithmetic.Power(number, exponent);
    }

    private static object? ToInteger(object? value, Func<double, double> round) => PythonArithmetic.Number(value) switch
    {
        BigInteger integer => integer,
        double number => PythonNumber.ToInteger(round(number)),
        _ => throw NodeFailedException.TypeError($"must be real number, not {PythonArithmetic.TypeName(value)}"),
    };

    private static object? Log(IReadOnlyList<object?> arguments)
    {
        if (arguments.Count is not (1 or 2)) throw NodeFailedException.TypeError($"log expected 1 or 2 arguments, got {arguments.Count}");
        var logarithm = Logarithm(arguments[0], Math.Log, 1);
        return arguments.Count == 1 ? logarithm : PythonArithmetic.Apply("/", logarithm, Logarithm(arguments[1], Math.Log, 1));
    }

    private static object Logarithm(object? value, Func<double, double> compute, double naturalOfBase) => PythonArithmetic.Number(value) switch
    {
        BigInteger integer when integer.Sign <= 0 => throw NodeFailedException.ValueError("expected a positive input"),
        BigInteger integer => integer.GetBitLength() <= 1000 ? compute(PythonNumber.ToFloat(integer)) : BigInteger.Log(integer) / naturalOfBase,
        double number => number <= 0 ? throw NodeFailedException.ValueError("expected a positive input") : compute(number),
        _ => throw NodeFailedException.TypeError($"must be real number, not {PythonArithmetic.TypeName(value)}"),
    };

    private static object? Int(IReadOnlyList<object?> arguments) => arguments switch
    {
        [] => BigInteger.Zero,
        [string text] => PythonNumber.TryParseInteger(text, out var integer)
            ? integer
            : throw NodeFailedException.ValueError($"invalid literal for int() with base 10: {PythonValue.Repr(text)}"),
        [var value] when PythonArithmetic.Number(value) is BigInteger integer => integer,
        [double number] => PythonNumber.ToInteger(number),
        [var value] => throw NodeFailedException.TypeError($"int() argument must be a string, a bytes-like object or a real number, not '{PythonArithmetic.TypeName(value)}'"),
        _ => throw NodeFailedException.TypeError("int() takes one number or one text"),
    };

    private static object? Float(IReadOnlyList<object?> arguments) => arguments switch
    {
        [] => 0.0,
        [string text] => PythonNumber.TryParseFloat(text, out var number)
            ? number
            : throw NodeFailedException.ValueError($"could not convert string to float: {PythonValue.Repr(text)}"),
        [var value] when PythonArithmetic.Number(value) is { } number and not Complex => PythonArithmetic.ToFloat(number),
        [var value] => throw NodeFailedException.TypeError($"float() argument must be a string or a real number, not '{PythonArithmetic.TypeName(value)}'"),
        _ => throw NodeFailedException.TypeError($"float expected at most 1 argument, got {arguments.Count}"),
    };
}
