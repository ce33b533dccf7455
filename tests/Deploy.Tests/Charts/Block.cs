namespace Farm.Deploy.Tests.Charts;

/// <summary>A part of a parsed template.</summary>
internal abstract record Block
{
    /// <summary>Text as it is.</summary>
    public sealed record Text(string Value) : Block;

    /// <summary><c>{{ expression }}</c>.</summary>
    public sealed record Output(string Expression) : Block;

    /// <summary><c>if</c> with its <c>else</c>; an <c>else if</c> is an <see cref="If"/> inside.</summary>
    public sealed record If(string Condition, IReadOnlyList<Block> Then, IReadOnlyList<Block> Else) : Block;

    /// <summary><c>range</c> over a list or a map, with its variables (<c>$key, $value :=</c>) if it has some.</summary>
    public sealed record Range(IReadOnlyList<string> Variables, string Over, IReadOnlyList<Block> Body) : Block;
}
