using System.Text;
using Farm.EndToEnd.Fuzzing;
using Farm.EndToEnd.Harness;
using Xunit;

namespace Farm.EndToEnd.Isolation;

/// <summary>Tries the matrix as one tenant on another's things.</summary>
internal static class MatrixRun
{
    private static readonly Dictionary<string, Operation> Operations = Operation.All.ToDictionary(operation => operation.Name, StringComparer.Ordinal);

    /// <summary>Fails where an answer tells of the owner's things, changes them, or is not one that the API's description has.</summary>
    public static async Task TryAllAsync(TenantFarm farm, string tenant, CancellationToken cancel)
    {
        using var owner = await TenantClient.SignUpAsync(farm, TenantFarm.Owner, $"alice-{tenant}");
        var owned = await Belongings.MakeAsync(owner, cancel);
        using var other = await TenantClient.SignUpAsync(farm, tenant, "bob");
        await other.UploadAsync("own.png", await File.ReadAllBytesAsync(Graphs.PathOf("fixture.png"), cancel));
        var before = await owned.SnapshotAsync();
        var wrong = new StringBuilder();
        foreach (var attempt in IsolationMatrix.All)
        {
            var answer = await attempt.SendAsync(other, owned);
            foreach (var problem in Problems(attempt, answer, owned))
                wrong.AppendLine($"{attempt.Operation}, {attempt.Tries}: {problem}: {Start(answer.Body)}");
        }
        Assert.True(wrong.Length == 0, wrong.ToString());
        Assert.Equal(before, await owned.SnapshotAsync());
        await owned.StopAsync(cancel);
    }

    private static IEnumerable<string> Problems(Attempt attempt, Answer answer, Belongings owned)
    {
        if (answer.Status != attempt.Status || !answer.Body.Contains(attempt.Holds, StringComparison.Ordinal))
            yield return $"{answer.Status} in place of {attempt.Status} with '{attempt.Holds}'";
        if (AnswerJudge.Problem(Operations[attempt.Operation], answer.Status, answer.Body) is { } problem)
            yield return problem;
        foreach (var mark in owned.Marks.Where(mark => !answer.Sent.Contains(mark, StringComparison.Ordinal) && (answer.Headers + answer.Body).Contains(mark, StringComparison.OrdinalIgnoreCase)))
            yield return $"the answer tells '{mark}'";
    }

    private static string Start(string body) => body.Length <= 300 ? body : body[..300];
}
