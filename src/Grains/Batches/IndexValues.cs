using System.Text.Json;
using Farm.Contracts.Batches;

namespace Farm.Grains.Batches;

/// <summary>Which values an index of a plan has. The last axis changes fastest. Pure.</summary>
internal static class IndexValues
{
    private static readonly Comparer<BadRow> ByRow = Comparer<BadRow>.Create((x, y) => x.Row.CompareTo(y.Row));

    /// <summary>Indices of a plan.</summary>
    public static int Count(BatchPlan plan)
    {
        if (plan.Axes.IsEmpty) return 1;
        return plan.Zip ? plan.Axes.Min(axis => axis.Rows.Length) : plan.Axes.Aggregate(1, (count, axis) => checked(count * axis.Rows.Length));
    }

    /// <summary>The row that each axis has at an index.</summary>
    public static int[] Rows(BatchPlan plan, int index)
    {
        var rows = new int[plan.Axes.Length];
        for (var axis = rows.Length - 1; axis >= 0; axis--)
        {
            var length = plan.Axes[axis].Rows.Length;
            (rows[axis], index) = plan.Zip ? (index, index) : (index % length, index / length);
        }
        return rows;
    }

    /// <summary>What breaks a rule at an index; null when nothing does.</summary>
    public static string? Problem(BatchPlan plan, int index)
    {
        var rows = Rows(plan, index);
        for (var axis = 0; axis < rows.Length; axis++)
        {
            var bad = plan.Axes[axis].Bad;
            var at = bad.IsEmpty ? -1 : bad.AsSpan().BinarySearch(new BadRow(rows[axis], ""), ByRow);
            if (at >= 0) return bad[at].Error;
        }
        return null;
    }

    /// <summary>The values of an index by node and input.</summary>
    public static Dictionary<BatchTarget, JsonElement> At(BatchPlan plan, int index)
    {
        var values = new Dictionary<BatchTarget, JsonElement>();
        var rows = Rows(plan, index);
        for (var axis = 0; axis < rows.Length; axis++)
        {
            var row = JsonDocument.Parse(plan.Axes[axis].Rows[rows[axis]]).RootElement;
            for (var target = 0; target < plan.Axes[axis].Targets.Length; target++) values[plan.Axes[axis].Targets[target]] = row[target];
        }
        return values;
    }
}
