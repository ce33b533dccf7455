using System.Net.WebSockets;
using System.Text;
using Farm.Contracts.Prompts;
using Farm.Contracts.Sessions;
using Farm.Gateway.WebSockets;
using Xunit;

namespace Farm.Gateway.Tests.WebSockets;

/// <summary>Messages as recorded from ComfyUI 0.19.3, members in its order.</summary>
public class SocketMessageTests
{
    private static readonly NodeIdentity Child = new("2.0.0.1", "2", "2", "2");

    public static TheoryData<RunEvent, string> Messages => new()
    {
        { new QueueStatus(1), """{"type":"status","data":{"status":{"exec_info":{"queue_remaining":1}}}}""" },
        { new ExecutionStart(1700), """{"type":"execution_start","data":{"prompt_id":"p","timestamp":1700}}""" },
        { new ExecutionCached(["1", "2"], 1700), """{"type":"execution_cached","data":{"nodes":["1","2"],"prompt_id":"p","timestamp":1700}}""" },
        { new NodeExecuting("1", "1"), """{"type":"executing","data":{"node":"1","display_node":"1","prompt_id":"p"}}""" },
        { new NodeExecuting(null, null), """{"type":"executing","data":{"node":null,"prompt_id":"p"}}""" },
        { new NodeStepped("2", 0, 1), """{"type":"progress","data":{"value":0,"max":1,"prompt_id":"p","node":"2"}}""" },
        { new NodeExecuted("3", "3", """{"images":[]}"""), """{"type":"executed","data":{"node":"3","display_node":"3","output":{"images":[]},"prompt_id":"p"}}""" },
        { new NodeExecuted("3", "3", null), """{"type":"executed","data":{"node":"3","display_node":"3","output":null,"prompt_id":"p"}}""" },
        { new ExecutionSuccess(1700), """{"type":"execution_success","data":{"prompt_id":"p","timestamp":1700}}""" },
        { new ExecutionInterrupted("b", "ImageScale", ["a"], 1700), """{"type":"execution_interrupted","data":{"prompt_id":"p","node_id":"b","node_type":"ImageScale","executed":["a"],"timestamp":1700}}""" },
        {
            new ProgressState([new NodeProgress { Node = Child, Value = 0, Max = 1, Finished = false }, new NodeProgress { Node = NodeIdentity.Of("3"), Value = 1, Max = 1, Finished = true, Cached = true }]),
            """{"type":"progress_state","data":{"prompt_id":"p","nodes":{"2.0.0.1":{"value":0.0,"max":1.0,"state":"running","node_id":"2.0.0.1","prompt_id":"p","display_node_id":"2","parent_node_id":"2","real_node_id":"2"},"3":{"value":1,"max":1,"state":"finished","node_id":"3","prompt_id":"p","display_node_id":"3","parent_node_id":null,"real_node_id":"3"}}}}"""
        },
        {
            new ExecutionError(Failure("{\"image\": [\"a\"]}"), 1700),
            """{"type":"execution_error","data":{"prompt_id":"p","node_id":"l","node_type":"LoadImage","executed":[],"exception_message":"no\n","exception_type":"ValueError","traceback":["t"],"current_inputs":{"image": ["a"]},"current_outputs":["l"],"timestamp":1700}}"""
        },
        {
            new ExecutionError(Failure("[]"), null),
            """{"type":"execution_error","data":{"prompt_id":"p","node_id":"l","node_type":"LoadImage","executed":[],"exception_message":"no\n","exception_type":"ValueError","traceback":["t"],"current_inputs":[],"current_outputs":["l"]}}"""
        },
    };

    [Theory]
    [Trait("Rule", "15.1")]
    [Trait("Rule", "15.12")]
    [Trait("Rule", "16.3")]
    [MemberData(nameof(Messages))]
    public void Rule16_2_Event_OfARun_IsWrittenInTheRecordedOrder(RunEvent happened, string expected)
    {
        var message = SocketMessage.Of(happened, "p", withMetadata: false)!;

        Assert.Equal(WebSocketMessageType.Text, message.Type);
        Assert.Equal(expected, Encoding.UTF8.GetString(message.Payload.Span));
    }

    [Theory]
    [InlineData(0, 1, false, false, "\"value\":0.0,\"max\":1.0,\"state\":\"running\"")]
    [InlineData(3, 20, false, false, "\"value\":3.0,\"max\":20.0,\"state\":\"running\"")]
    [InlineData(20, 20, true, false, "\"value\":20.0,\"max\":20.0,\"state\":\"finished\"")]
    [InlineData(1, 1, true, true, "\"value\":1,\"max\":1,\"state\":\"finished\"")]
    public void Rule16_3_NumbersOfProgressState_AreFractions_OfACachedNodeIntegers(double value, double max, bool finished, bool cached, string expected)
    {
        var state = new ProgressState([new NodeProgress { Node = NodeIdentity.Of("3"), Value = value, Max = max, Finished = finished, Cached = cached }]);

        Assert.Contains(expected, Encoding.UTF8.GetString(SocketMessage.Of(state, "p", withMetadata: false)!.Payload.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void Preview_ForAnOldClient_HasFrameOneAndTheImageType() =>
        Assert.Equal([0, 0, 0, 1, 0, 0, 0, 2, 9, 8], SocketMessage.Of(Image("image/png"), "p", withMetadata: false)!.Payload.ToArray());

    [Fact]
    public void Preview_ForANewClient_HasFrameFourAndMetadata()
    {
        const string metadata = """{"node_id":"2.0.0.1","prompt_id":"p","display_node_id":"2","parent_node_id":"2","real_node_id":"2","image_type":"image/jpeg"}""";

        var frame = SocketMessage.Of(Image("image/jpeg"), "p", withMetadata: true)!.Payload.ToArray();

        Assert.Equal([0, 0, 0, 4, 0, 0, 0, (byte)metadata.Length, .. Encoding.ASCII.GetBytes(metadata), 9, 8], frame);
    }

    [Fact]
    public void Text_OfANode_HasFrameThree() => Assert.Equal(
        [0, 0, 0, 3, 0, 0, 0, 2, .. "22"u8, .. "hi"u8], SocketMessage.Of(new ProgressText("22", "hi"), "p", withMetadata: true)!.Payload.ToArray());

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rule16_4_PreviewOrder_OfEitherClient_IsThatOfComfy(bool withMetadata)
    {
        var step = new NodeStepped(Child.NodeId, 1, 2);
        var image = Image("image/png");
        RunEvent[] expected = withMetadata ? [image, step] : [step, image];

        Assert.Equal(expected, PreviewOrder.Arrange([new(1, "p", image), new(2, "p", step)], withMetadata).Select(e => e.Event));
        Assert.Equal(expected, PreviewOrder.Arrange([new(1, "p", step), new(2, "p", image)], withMetadata).Select(e => e.Event));
    }

    private static ImagePreview Image(string type) => new(Child, type, [9, 8], IsResult: false);

    private static ExecutionFailure Failure(string inputs) => new()
    {
        NodeId = "l", NodeType = "LoadImage", Executed = [], Message = "no\n", Type = "ValueError", Traceback = ["t"], CurrentInputs = inputs, CurrentOutputs = ["l"],
    };
}
