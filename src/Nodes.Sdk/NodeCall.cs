using System.Globalization;
using System.Numerics;

namespace Farm.Nodes;

/// <summary>
/// The arguments of one call, and its surroundings. Values are null, <see cref="bool"/>, <see cref="long"/> or
/// <see cref="BigInteger"/>, <see cref="double"/>, <see cref="string"/>, lists and dictionaries of them as prompts carry them, and whatever other
/// nodes put out. A node that takes lists gets an <see cref="IReadOnlyList{T}"/> of objects for every input.
/// </summary>
/// <param name="context">The surroundings.</param>
/// <param name="names">Names of the inputs given, hidden ones included.</param>
/// <param name="values">Their values.</param>
/// <param name="callee">What is called, for the text of an error about a missing input.</param>
public sealed class NodeCall(
    INodeContext context, IReadOnlyList<string> names, IReadOnlyList<object?> values, string callee = "execute()")
{
    /// <summary>The surroundings.</summary>
    public INodeContext Context { get; } = context;

    /// <summary>Names of the inputs given.</summary>
    public IReadOnlyList<string> Names { get; } = names;

    /// <summary>The worker's service of that type.</summary>
    public T Service<T>() where T : class =>
        Context.Services.GetService(typeof(T)) as T ?? throw new InvalidOperationException($"The worker has no service {typeof(T)}.");

    /// <summary>Whether the input is given and not null.</summary>
    public bool Has(string name) => IndexOf(name) is var at and >= 0 && values[at] is not null;

    /// <summary>The value as it is; null when it is null or not given.</summary>
    public object? Value(string name) => IndexOf(name) is var at and >= 0 ? values[at] : null;

    /// <summary>The value of an input that must be there.</summary>
    /// <typeparam name="T">The kind: a number type, <see cref="bool"/>, <see cref="string"/>, or the type that the source puts out.</typeparam>
    /// <exception cref="NodeFailedException">TypeError when it is missing or of another kind.</exception>
    public T Get<T>(string name)
    {
        var at = IndexOf(name);
        if (at < 0)
            throw NodeFailedException.TypeError($"{callee} missing 1 required positional argument: '{name}'");
        return Convert<T>(name, values[at]);
    }

    /// <summary>The value, or <paramref name="fallback"/> when it is null or not given.</summary>
    public T Get<T>(string name, T fallback) => Value(name) is { } value ? Convert<T>(name, value) : fallback;

    /// <summary>The value, or the default of <typeparamref name="T"/> when it is null or not given.</summary>
    public T? GetOptional<T>(string name) => Value(name) is { } value ? Convert<T>(name, value) : default;

    /// <summary>All elements of an input, for nodes that take lists; empty when it is not given.</summary>
    public IReadOnlyList<T> List<T>(string name) =>
        Value(name) is IReadOnlyList<object?> list ? [.. list.Select(value => Convert<T>(name, value))] : [];

    private int IndexOf(string name)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name)
                return i;
        }
        return -1;
    }

    private static T Convert<T>(string name, object? value)
    {
        if (value is T already)
            return already;
        if (value is null)
        {
            return default(T) is null
                ? default!
                : throw NodeFailedException.TypeError($"input '{name}' must be {PythonValue.TypeName(typeof(T))}, not 'NoneType'");
        }
        try
        {
            return (T)ConvertNumber(typeof(T), value);
        }
        catch (OverflowException)
        {
            throw new NodeFailedException("OverflowError", $"input '{name}': {PythonValue.Str(value)} does not fit {PythonValue.TypeName(typeof(T))}");
        }
        catch (InvalidCastException)
        {
            throw NodeFailedException.TypeError(
                $"input '{name}' must be {PythonValue.TypeName(typeof(T))}, not '{PythonValue.TypeName(value)}'");
        }
    }

    // Integers and booleans convert to every number, floats only to floats: Python's own rule for arguments.
    private static object ConvertNumber(Type type, object value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var isFloat = type == typeof(double) || type == typeof(float);
        if (value is double number)
            return isFloat ? System.Convert.ChangeType(number, type, CultureInfo.InvariantCulture) : throw new InvalidCastException();
        var integer = value switch
        {
            bool truth => truth ? BigInteger.One : BigInteger.Zero,
            long small => small,
            int small => small,
            ulong big => big,
            BigInteger big => big,
            _ => throw new InvalidCastException(),
        };
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Int32 => (int)integer,
            TypeCode.Int64 => (long)integer,
            TypeCode.UInt64 => (ulong)integer,
            TypeCode.Double => (double)integer,
            TypeCode.Single => (float)integer,
            TypeCode.Boolean => !integer.IsZero,
            _ when type == typeof(BigInteger) => integer,
            _ => throw new InvalidCastException(),
        };
    }
}
