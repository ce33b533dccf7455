using Farm.Contracts.Batches;

namespace Farm.Grains.Batches;

/// <summary>The order in which a batch's indices are handed in: each of them once.</summary>
internal sealed class FrameSequence
{
    private readonly int _total;
    private readonly FrameOrder _order;
    private readonly int _step;
    private readonly int[]? _middles;

    /// <summary>The order of so many indices.</summary>
    public FrameSequence(FrameOrder order, int step, int total)
    {
        (_order, _step, _total) = (order, step, total);
        if (order == FrameOrder.FirstLastMiddle) _middles = Refine(total);
    }

    /// <summary>The index at a position.</summary>
    public int this[int position] => _order switch
    {
        FrameOrder.Reverse => _total - 1 - position,
        FrameOrder.FirstLastMiddle => _middles![position],
        FrameOrder.Every => Pass(position),
        _ => position,
    };

    /// <summary>First, last, then the middle of each gap, gaps in the order they came up: breadth first, so the widest before the narrower.</summary>
    private static int[] Refine(int total)
    {
        var sequence = new List<int>(total);
        if (total > 0) sequence.Add(0);
        if (total > 1) sequence.Add(total - 1);
        var gaps = new Queue<(int From, int To)>();
        gaps.Enqueue((0, total - 1));
        while (gaps.TryDequeue(out var gap))
        {
            if (gap.To - gap.From < 2) continue;
            var middle = gap.From + (gap.To - gap.From) / 2;
            sequence.Add(middle);
            gaps.Enqueue((gap.From, middle));
            gaps.Enqueue((middle, gap.To));
        }
        return [.. sequence];
    }

    /// <summary>Passes from 0, 1, … with the step; the first <c>total mod step</c> passes are one longer.</summary>
    private int Pass(int position)
    {
        var (length, longer) = (_total / _step, _total % _step);
        var inLonger = longer * (length + 1);
        var (pass, place) = position < inLonger
            ? (position / (length + 1), position % (length + 1))
            : (longer + (position - inLonger) / length, (position - inLonger) % length);
        return pass + place * _step;
    }
}
