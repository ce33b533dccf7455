using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Farm.Gateway.Http;

namespace Farm.Gateway.Subgraphs;

/// <summary><c>/global_subgraphs</c>: blueprints of subgraphs that the page offers as nodes. There is one small one of our own.</summary>
internal sealed class SubgraphEndpoints : IResource
{
    private const string Name = "Invert and scale";
    private const string Resource = "invert-and-scale.json";

    private static readonly string Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Name)));

    private readonly string _blueprint = Read();

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapRead("/global_subgraphs", _ => Task.FromResult(List()));
        routes.MapRead("/global_subgraphs/{id}", context => Task.FromResult(One(context.PathValue("id"))));
    }

    private static IResult List() => Answers.Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartObject(Id);
        WriteHead(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    private IResult One(string id) => Answers.Json(writer =>
    {
        if (id != Id)
        {
            writer.WriteNullValue();
            return;
        }
        writer.WriteStartObject();
        WriteHead(writer);
        writer.WriteString("data", _blueprint);
        writer.WriteEndObject();
    });

    private static void WriteHead(Utf8JsonWriter writer)
    {
        writer.WriteString("source", "templates");
        writer.WriteString("name", Name);
        writer.WriteStartObject("info");
        writer.WriteString("node_pack", "farm");
        writer.WriteEndObject();
    }

    private static string Read()
    {
        using var reader = new StreamReader(typeof(SubgraphEndpoints).Assembly.GetManifestResourceStream(Resource)!);
        return reader.ReadToEnd();
    }
}
