using System.Collections;
using System.Text;

namespace Farm.Deploy.Tests.Charts;

/// <summary>Renders parsed templates: text, values, <c>if</c>, <c>range</c>, <c>include</c>.</summary>
internal sealed class TemplateRenderer
{
    private readonly Dictionary<string, IReadOnlyList<Block>> _definitions = new(StringComparer.Ordinal);
    private readonly TemplateFunctions _functions;
    private readonly object? _root;

    /// <param name="root">What <c>.</c> and <c>$</c> are in a template: Values, Release, Chart.</param>
    public TemplateRenderer(object? root)
    {
        _root = root;
        _functions = new TemplateFunctions((name, dot) => Render(
            _definitions.TryGetValue(name, out var body) ? body : throw new FormatException($"template {name} is not defined"), dot));
    }

    /// <summary>Parses a template and keeps what it defines.</summary>
    public IReadOnlyList<Block> Parse(string template) => new TemplateParser(TemplateText.Split(template), _definitions).Parse();

    /// <summary>The text of a template whose dot is the root.</summary>
    public string Render(IReadOnlyList<Block> template) => Render(template, _root);

    // As in helm, $ inside an included template is the dot it was given.
    private string Render(IReadOnlyList<Block> blocks, object? dot)
    {
        var text = new StringBuilder();
        Write(blocks, new Scope(dot, dot), text);
        return text.ToString();
    }

    private void Write(IReadOnlyList<Block> blocks, Scope scope, StringBuilder text)
    {
        foreach (var block in blocks)
        {
            switch (block)
            {
                case Block.Text plain:
                    text.Append(plain.Value);
                    break;
                case Block.Output output:
                    text.Append(TemplateFunctions.Text(Evaluate(output.Expression, scope)));
                    break;
                case Block.If branch:
                    Write(TemplateFunctions.IsTrue(Evaluate(branch.Condition, scope)) ? branch.Then : branch.Else, scope, text);
                    break;
                case Block.Range range:
                    foreach (var inner in Inner(range, scope)) Write(range.Body, inner, text);
                    break;
            }
        }
    }

    private IEnumerable<Scope> Inner(Block.Range range, Scope scope)
    {
        IEnumerable<(object? Key, object? Value)> items = Evaluate(range.Over, scope) switch
        {
            null => [],
            IDictionary map => map.Keys.Cast<object>().OrderBy(k => k.ToString(), StringComparer.Ordinal).Select(k => ((object?)k, map[k])),
            IEnumerable list and not string => list.Cast<object?>().Select((value, index) => ((object?)(long)index, value)),
            var other => throw new FormatException($"range over {other}"),
        };
        return items.Select(item => scope.With(item.Value, range.Variables switch
        {
            [] => [],
            [var value] => [(value, item.Value)],
            [var key, var value, ..] => [(key, item.Key), (value, item.Value)],
        }));
    }

    private object? Evaluate(string expression, Scope scope) => new Expression(scope, _functions).Evaluate(expression);
}
