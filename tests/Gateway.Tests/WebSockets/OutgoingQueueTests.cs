using System.Net.WebSockets;
using Farm.Gateway.WebSockets;
using Xunit;

namespace Farm.Gateway.Tests.WebSockets;

public class OutgoingQueueTests
{
    [Fact]
    public void Preview_ThatStillWaits_IsReplacedByANewerOneInItsPlace()
    {
        var queue = new OutgoingQueue(maxBytes: 100, maxMessages: 10);

        queue.TryAdd(Preview(1));
        queue.TryAdd(State(2));
        queue.TryAdd(Preview(3));

        Assert.Equal([3, 2], Drain(queue));
    }

    [Fact]
    public void StateEvents_AreNeverDropped()
    {
        var queue = new OutgoingQueue(maxBytes: 100, maxMessages: 10);

        for (byte i = 0; i < 10; i++)
            Assert.True(queue.TryAdd(State(i)));

        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], Drain(queue));
    }

    [Theory]
    [InlineData(5, 100)]
    [InlineData(100, 5)]
    public void Client_TooFarBehind_IsRefusedForGood(int maxBytes, int maxMessages)
    {
        var queue = new OutgoingQueue(maxBytes, maxMessages);
        for (byte i = 0; i < 5; i++)
            queue.TryAdd(State(i));

        Assert.False(queue.TryAdd(State(5)));
        Drain(queue);
        Assert.False(queue.TryAdd(State(6)));
    }

    private static SocketMessage State(byte value) => new(WebSocketMessageType.Text, new[] { value });

    private static SocketMessage Preview(byte value) => new(WebSocketMessageType.Binary, new[] { value }, PreviewOf: "n");

    private static List<int> Drain(OutgoingQueue queue)
    {
        var values = new List<int>();
        while (queue.TryTake(out var message))
            values.Add(message.Payload.Span[0]);
        return values;
    }
}
