using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Farm.Gateway.OpenApi;

/// <summary>The description of the surface at <c>/openapi/v1.json</c>, made from the routes that there are, and a page to read it at <c>/scalar</c>.</summary>
internal static class OpenApiDocument
{
    private const string Name = "v1";

    /// <summary>Adds the generator.</summary>
    public static IServiceCollection AddOpenApiDocument(this IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.ShouldInclude = IsShown;
        options.AddOperationTransformer((operation, context, _) =>
        {
            Describe(operation, context.Description);
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "Farm", Version = Name, Description = "ComfyUI's API over a farm. Most operations stand at the bare path too: /prompt is /api/prompt." };
            return Task.CompletedTask;
        });
    });

    /// <summary>Maps the document and the page.</summary>
    public static void MapOpenApiDocument(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapScalarApiReference("/scalar", options => options.WithTitle("Farm"));
    }

    // Each operation once: at its /api path where it has one, GET without its HEAD.
    private static bool IsShown(ApiDescription description) => OperationTable.All.ContainsKey(KeyOf(description));

    private static string KeyOf(ApiDescription description) => $"{description.HttpMethod} /{string.Join('/', Segments(description).Select(part => IsName(part) ? $"{{{NameOf(part)}}}" : part))}";

    private static void Describe(OpenApiOperation operation, ApiDescription description)
    {
        var facts = OperationTable.All[KeyOf(description)];
        operation.OperationId = facts.Id;
        operation.Summary = facts.Summary;
        operation.Tags = new HashSet<OpenApiTagReference> { new(facts.Tag) };
        operation.Parameters = [.. PathNames(description).Select(name => Parameter(name, ParameterLocation.Path)), .. facts.Query.Select(name => Parameter(name, ParameterLocation.Query))];
        operation.RequestBody = Body(facts.Body);
        operation.Responses = [];
        foreach (var answer in facts.Answers)
            operation.Responses[answer.Status] = new OpenApiResponse { Description = answer.Kind, Content = Content(answer) };
    }

    private static IEnumerable<string> PathNames(ApiDescription description) => Segments(description).Where(IsName).Select(NameOf);

    private static string[] Segments(ApiDescription description) => description.RelativePath!.Split('/');

    private static bool IsName(string part) => part.StartsWith('{');

    // Without the marks of a rest of the path and of a rule for the value.
    private static string NameOf(string part) => part.TrimStart('{', '*').Split(':', '}')[0];

    private static OpenApiParameter Parameter(string name, ParameterLocation place) => new()
    {
        Name = name,
        In = place,
        Required = place is ParameterLocation.Path,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static OpenApiRequestBody? Body(string kind) => kind.Length == 0 ? null : new OpenApiRequestBody
    {
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            [kind switch { "json" => "application/json", "form" => "multipart/form-data", _ => "application/octet-stream" }] = new() { Schema = new OpenApiSchema() },
        },
    };

    private static Dictionary<string, OpenApiMediaType>? Content(AnswerFacts answer) => answer.Kind switch
    {
        "empty" => null,
        "text" => One("text/plain", new OpenApiSchema { Type = JsonSchemaType.String }),
        "file" => One("application/octet-stream", new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" }),
        "any" => One("application/json", new OpenApiSchema()),
        "array" => One("application/json", new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema() }),
        "string" => One("application/json", new OpenApiSchema { Type = JsonSchemaType.String }),
        _ => One("application/json", Object(answer)),
    };

    private static OpenApiSchema Object(AnswerFacts answer) => new()
    {
        Type = JsonSchemaType.Object,
        Required = answer.Fields.ToHashSet(StringComparer.Ordinal),
        Properties = answer.Fields.ToDictionary(field => field, IOpenApiSchema (_) => new OpenApiSchema(), StringComparer.Ordinal),
    };

    private static Dictionary<string, OpenApiMediaType> One(string type, OpenApiSchema schema) =>
        new(StringComparer.Ordinal) { [type] = new OpenApiMediaType { Schema = schema } };
}
