using Farm.Engine.Adapters;
using Farm.Nodes;

namespace Farm.Worker.Nodes;

/// <summary>The factors q, k, v and out of a call as a change to weights.</summary>
internal static class AttentionFactors
{
    public static FactorPatch Of(NodeCall call, string q, string k, string v, string output) => new(
        "factors", [(q, call.Get<float>("q")), (k, call.Get<float>("k")), (v, call.Get<float>("v")), (output, call.Get<float>("out"))]);
}
