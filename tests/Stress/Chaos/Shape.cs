using System.Text.Json.Nodes;

namespace Farm.Stress.Chaos;

/// <summary>A graph without an engine, and the number that it must come to.</summary>
internal sealed record Shape(JsonObject Graph, long Expected)
{
    private const int WideNodes = 12, DeepNodes = 40, ChainNodes = 6, FanIn = 16;

    /// <summary>The shapes by turns: wide, deep, chain, fan-in. The tag makes graph and file the prompt's own.</summary>
    public static Shape Of(int index, string tag) => (index % 4) switch
    {
        0 => Wide(index, tag),
        1 => Series(index, tag, DeepNodes, milliseconds: 0),
        2 => Series(index, tag, ChainNodes, milliseconds: 15),
        _ => Join(index, tag, FanIn, milliseconds: 20),
    };

    /// <summary>One node that takes its time.</summary>
    public static Shape Slow(int index, string tag, int milliseconds) => Series(index, tag, 1, milliseconds);

    /// <summary>Nodes one after the other.</summary>
    public static Shape Series(int salt, string tag, int nodes, int milliseconds)
    {
        var graph = new Builder();
        var last = graph.Mix(salt, milliseconds);
        for (var i = 1; i < nodes; i++)
            last = graph.Mix(salt + i, milliseconds, last);
        return graph.Save(last, tag);
    }

    /// <summary>A source, nodes beside each other, and one that joins them.</summary>
    private static Shape Wide(int salt, string tag)
    {
        var graph = new Builder();
        var source = graph.Mix(salt, 5);
        return graph.Save(graph.Mix(salt, 0, [.. Enumerable.Range(0, WideNodes).Select(i => graph.Mix(salt + i, 20, source))]), tag);
    }

    /// <summary>Many sources and one that joins them.</summary>
    private static Shape Join(int salt, string tag, int sources, int milliseconds)
    {
        var graph = new Builder();
        return graph.Save(graph.Mix(salt, 0, [.. Enumerable.Range(0, sources).Select(i => graph.Mix(salt + i, milliseconds))]), tag);
    }

    private readonly record struct Mixed(string Node, long Value);

    private sealed class Builder
    {
        private const int MaxInputs = 16;
        private readonly JsonObject _graph = [];

        public Mixed Mix(int salt, int milliseconds, params Mixed[] from)
        {
            var id = $"{_graph.Count + 1}";
            var inputs = new JsonObject { ["salt"] = salt, ["milliseconds"] = milliseconds };
            long value = salt;
            for (var i = 0; i < MaxInputs; i++)
            {
                value = (value * 31 + (i < from.Length ? from[i].Value : 0) * 17 + 7) & int.MaxValue;
                if (i < from.Length)
                    inputs[$"v{i + 1}"] = new JsonArray(from[i].Node, 0);
            }
            _graph[id] = new JsonObject { ["class_type"] = "StressMix", ["inputs"] = inputs };
            return new Mixed(id, value);
        }

        public Shape Save(Mixed value, string tag)
        {
            _graph["save"] = new JsonObject
            {
                ["class_type"] = "StressSave",
                ["inputs"] = new JsonObject { ["value"] = new JsonArray(value.Node, 0), ["text"] = tag },
            };
            return new Shape(_graph, value.Value);
        }
    }
}
