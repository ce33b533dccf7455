using Farm.EndToEnd.Fuzzing;
using Xunit;

namespace Farm.EndToEnd.Isolation;

/// <summary>The table in docs/security.md is the matrix that the tests try.</summary>
public sealed class IsolationDocumentTests
{
    [Fact]
    public void Document_HasTheMatrixAsItIsTried()
    {
        var document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "security.md"));
        var table = string.Join('\n', Operation.All.SelectMany(operation => Rows(operation)));
        Assert.True(document.Contains(table, StringComparison.Ordinal), $"docs/security.md must hold:\n{table}");
    }

    private static IEnumerable<string> Rows(Operation operation) =>
        from attempt in IsolationMatrix.All
        where attempt.Operation == operation.Name
        let gets = attempt.Gets.Length == 0 ? $"{attempt.Status}" : $"{attempt.Status}: {attempt.Gets}"
        select $"| `{operation.Method} {operation.Path}` | {attempt.Tries} | {gets} |";
}
