using System.Numerics;
using Farm.Nodes;

namespace Farm.Worker.Nodes.Expressions;

/// <summary>
/// Python's operators on <see cref="BigInteger"/>, <see cref="double"/>, <see cref="bool"/>, <see cref="Complex"/>, <see cref="string"/> and lists:
/// exact integers, true division, floors toward minus infinity.
/// </summary>
internal static class PythonArithmetic
{
    private const int MaxPower = 4_000_000;
    private const int MaxShift = 10_000;
    private const int MaxLength = 100_000;
    private const long MaxBits = 1 << 20; // A bound of ours: larger integers cost seconds.

    /// <summary>A value of a prompt with its integers as big ones.</summary>
    public static object? Widen(object? value) => value switch
    {
        long integer => (BigInteger)integer,
        int integer => (BigInteger)integer,
        float number => (double)number,
        _ => value,
    };

    /// <summary><c>bool(value)</c>.</summary>
    public static bool IsTrue(object? value) => value is Complex complex ? complex != Complex.Zero : PythonValue.IsTrue(value);

    /// <summary><c>type(value).__name__</c>.</summary>
    public static string TypeName(object? value) => value switch
    {
        Complex => "complex",
        PythonFunction => "builtin_function_or_method",
        _ => PythonValue.TypeName(value),
    };

    /// <summary>An operator before its operand.</summary>
    public static object? Apply(string name, object? operand) => (name, Number(operand)) switch
    {
        ("not", _) => !IsTrue(operand),
        ("+", { } number) => number,
        ("-", BigInteger integer) => -integer,
        ("-", double number) => -number,
        ("-", Complex complex) => -complex,
        ("~", BigInteger integer) => -integer - 1,
        _ => throw NodeFailedException.TypeError($"bad operand type for unary {name}: '{TypeName(operand)}'"),
    };

    /// <summary>An operator between two operands.</summary>
    public static object? Apply(string name, object? left, object? right)
    {
        if (name is "&" or "|" or "^" && left is bool a && right is bool b) return name switch { "&" => a && b, "|" => a || b, _ => a != b };
        var result = (Number(left), Number(right)) switch
        {
            (BigInteger x, BigInteger y) => OfIntegers(name, x, y),
            (Complex x, { } y) => OfComplex(name, x, ToComplex(y)),
            ({ } x, Complex y) => OfComplex(name, ToComplex(x), y),
            ({ } x, { } y) => OfFloats(name, ToFloat(x), ToFloat(y)),
            _ => OfSequences(name, left, right),
        };
        return result ?? throw Unsupported(name, left, right);
    }

    /// <summary>The operand as a number, switches as 0 and 1; null for anything else.</summary>
    public static object? Number(object? value) => value switch
    {
        bool truth => truth ? BigInteger.One : BigInteger.Zero,
        BigInteger or double or Complex => value,
        _ => null,
    };

    /// <summary>A real number as a double.</summary>
    public static double ToFloat(object number) => number is BigInteger integer ? PythonNumber.ToFloat(integer) : (double)number;

    /// <summary><c>left ** right</c> of integers and floats.</summary>
    public static object Power(object left, object right) => (left, right) switch
    {
        (BigInteger x, BigInteger y) when y.Sign >= 0 => IntegerPower(x, y),
        _ => FloatPower(ToFloat(left), ToFloat(right)),
    };

    /// <summary>A failure of simpleeval's limits.</summary>
    private static NodeFailedException TooHigh(string name, object? left, object? right) =>
        new("simpleeval.NumberTooHigh", $"Sorry! I don't want to evaluate {PythonValue.Str(left)} {name} {PythonValue.Str(right)}");

    private static NodeFailedException Unsupported(string name, object? left, object? right) =>
        NodeFailedException.TypeError($"unsupported operand type(s) for {(name == "**" ? "** or pow()" : name)}: '{TypeName(left)}' and '{TypeName(right)}'");

    private static NodeFailedException ByZero(string message = "division by zero") => new("ZeroDivisionError", message);

    private static object? OfIntegers(string name, BigInteger x, BigInteger y)
    {
        if (name is "/" or "//" or "%" && y.IsZero) throw ByZero(name == "%" ? "integer modulo by zero" : "division by zero");
        switch (name)
        {
            case "+": return x + y;
            case "-": return x - y;
            case "*": return x.GetBitLength() + y.GetBitLength() > MaxBits ? throw TooHigh(name, "an integer", "an integer") : x * y;
            case "/": return TrueQuotient(x, y);
            case "//": return Floor(x, y);
            case "%": return x - Floor(x, y) * y;
            case "**" when BigInteger.Abs(x) > MaxPower || BigInteger.Abs(y) > MaxPower: throw TooHigh(name, x, y);
            case "**": return Power(x, y);
            case "<<" or ">>" when y > MaxShift || BigInteger.Abs(x).GetBitLength() > MaxBits: throw TooHigh(name, x, y);
            case "<<" or ">>" when y.Sign < 0: throw NodeFailedException.ValueError("negative shift count");
            case "<<": return x << (int)y;
            case ">>": return x >> (int)y;
            case "&": return x & y;
            case "|": return x | y;
            case "^": return x ^ y;
            default: return null;
        }
    }

    private static object? OfFloats(string name, double x, double y)
    {
        if (name is "/" or "//" or "%" && y == 0) throw ByZero(name switch { "//" => "float floor division by zero", "%" => "float modulo by zero", _ => "division by zero" });
        switch (name)
        {
            case "+": return x + y;
            case "-": return x - y;
            case "*": return x * y;
            case "/": return x / y;
            case "//": return Floor(x, y);
            case "%": return Remainder(x, y);
            case "**" when Math.Abs(x) > MaxPower || Math.Abs(y) > MaxPower: throw TooHigh(name, x, y);
            case "**": return FloatPower(x, y);
            default: return null;
        }
    }

    private static object? OfComplex(string name, Complex x, Complex y) => name switch
    {
        "+" => x + y,
        "-" => x - y,
        "*" => x * y,
        "/" => y == Complex.Zero ? throw ByZero("complex division by zero") : x / y,
        "**" => Complex.Pow(x, y),
        _ => null,
    };

    private static object? OfSequences(string name, object? left, object? right) => (name, left, right) switch
    {
        ("+", string x, string y) => (long)x.Length + y.Length > MaxLength ? throw TooLong() : x + y,
        ("+", object?[] x, object?[] y) => (long)x.Length + y.Length > MaxLength ? throw TooLong() : (object?[])[.. x, .. y],
        ("*", string or object?[], _) when Number(right) is BigInteger count => PythonSequence.Repeat(left, count, MaxLength) ?? throw TooLong(),
        ("*", _, string or object?[]) when Number(left) is BigInteger count => PythonSequence.Repeat(right, count, MaxLength) ?? throw TooLong(),
        _ => null,
    };

    private static NodeFailedException TooLong() => new("simpleeval.IterableTooLong", "Sorry, I will not evaluate something that long.");

    private static Complex ToComplex(object number) => number is Complex complex ? complex : new Complex(ToFloat(number), 0);

    private static BigInteger Floor(BigInteger x, BigInteger y)
    {
        var quotient = BigInteger.DivRem(x, y, out var rest);
        return rest.IsZero || rest.Sign == y.Sign ? quotient : quotient - 1;
    }

    private static double Remainder(double x, double y)
    {
        var rest = x % y;
        if (rest == 0) return Math.CopySign(0, y);
        return rest < 0 != y < 0 ? rest + y : rest;
    }

    private static double Floor(double x, double y)
    {
        var quotient = (x - Remainder(x, y)) / y;
        if (quotient == 0) return Math.CopySign(0, x / y);
        var floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    // The quotient to more bits than a double has, the rest told by its last bit: one rounding.
    private static double TrueQuotient(BigInteger x, BigInteger y)
    {
        if (x.GetBitLength() <= 53 && y.GetBitLength() <= 53) return (double)x / (double)y;
        var shift = (int)Math.Max(0, 70 - (x.GetBitLength() - y.GetBitLength()));
        var quotient = BigInteger.DivRem(BigInteger.Abs(x) << shift, BigInteger.Abs(y), out var rest);
        if (!rest.IsZero) quotient |= BigInteger.One;
        var surplus = (int)Math.Max(0, quotient.GetBitLength() - 80);
        var top = quotient >> surplus;
        if (top << surplus != quotient) top |= BigInteger.One;
        var value = Math.ScaleB(PythonNumber.ToFloat(top), surplus - shift);
        if (double.IsInfinity(value)) throw new NodeFailedException("OverflowError", "integer division result too large for a float");
        return x.Sign == y.Sign ? value : -value;
    }

    private static BigInteger IntegerPower(BigInteger x, BigInteger y)
    {
        if (BigInteger.Abs(x) > 1 && y * BigInteger.Abs(x).GetBitLength() > MaxBits) throw TooHigh("**", x, y);
        if (BigInteger.Abs(x) > 1) return BigInteger.Pow(x, (int)y);
        return y.IsZero ? 1 : x.Sign < 0 && y.IsEven ? 1 : x;
    }

    private static object FloatPower(double x, double y)
    {
        if (x == 0 && y < 0) throw ByZero("zero to a negative power");
        if (x < 0 && double.IsFinite(x) && double.IsFinite(y) && y != Math.Floor(y)) return Complex.Pow(new Complex(x, 0), new Complex(y, 0));
        var value = Math.Pow(x, y);
        return double.IsInfinity(value) && double.IsFinite(x) && double.IsFinite(y)
            ? throw new NodeFailedException("OverflowError", "(34, 'Numerical result out of range')")
            : value;
    }
}
