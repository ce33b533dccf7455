namespace Farm.Worker.Nodes.Expressions;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    /// <summary>Behind the last one.</summary>
    End,

    /// <summary>A number or a text; its value is <see cref="Token.Value"/>.</summary>
    Literal,

    /// <summary>A name or a word of the language.</summary>
    Name,

    /// <summary>An operator, a bracket, a separator; <c>;</c> for the end of a statement.</summary>
    Mark,
}

/// <summary>A word of an expression.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, object? Value = null)
{
    /// <summary>Whether it is this mark or this word of the language.</summary>
    public bool Is(string text) => Kind is TokenKind.Mark or TokenKind.Name && Text == text;
}
