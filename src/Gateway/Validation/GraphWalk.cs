using System.Text.Json;
using Farm.Contracts.Workers;
using Farm.Gateway.Catalog;
using Farm.Gateway.Prompts;
using Farm.Gateway.Validation.Rules;

namespace Farm.Gateway.Validation;

/// <summary>
/// Checks outputs and everything they are linked to, depth first, each node once. The recursion is a list of visits, so that a chain of
/// any length is safe (execution semantics, 5B).
/// </summary>
internal sealed class GraphWalk(PromptGraph graph, CatalogView catalog, IReadOnlyList<IInputRule> inputRules, IReadOnlyList<INodeRule> nodeRules)
{
    private readonly OrderedDictionary<string, NodeVerdict> _verdicts = new(StringComparer.Ordinal);
    private readonly List<NodeVisit> _path = [];
    private readonly Dictionary<string, int> _onPath = new(StringComparer.Ordinal);

    /// <summary>The nodes checked so far, in the order their check ended.</summary>
    public IReadOnlyDictionary<string, NodeVerdict> Verdicts => _verdicts;

    /// <summary>Checks that the worker which runs the prompt has to make.</summary>
    public List<NodeCheck> Deferred { get; } = [];

    /// <summary>Checks an output and what it needs.</summary>
    public async Task<NodeVerdict> CheckAsync(PromptNode output)
    {
        if (!_verdicts.ContainsKey(output.Id))
        {
            Push(new NodeVisit(output, catalog.Find(output.ClassType)!, consumer: null));
            while (_path.Count > 0)
                await AdvanceAsync(_path[^1]);
        }
        return _verdicts[output.Id];
    }

    private void Push(NodeVisit visit)
    {
        _onPath[visit.Node.Id] = _path.Count;
        _path.Add(visit);
    }

    private void Pop(NodeVisit visit, NodeVerdict verdict)
    {
        _path.RemoveAt(_path.Count - 1);
        _onPath.Remove(visit.Node.Id);
        _verdicts.Remove(visit.Node.Id);
        _verdicts[visit.Node.Id] = verdict;
        if (!verdict.IsValid && _path.Count > 0)
            _path[^1].SourceIsInvalid = true;
    }

    private async ValueTask AdvanceAsync(NodeVisit visit)
    {
        try
        {
            visit.Start();
            while (visit.Next < visit.Inputs.Count)
            {
                var check = new InputCheck(graph, catalog, visit.Node, visit.Spec, visit.Inputs[visit.Next++]);
                if (CheckInput(visit, check))
                    return;
            }
            var inspection = new NodeInspection(graph, catalog, visit.Node, visit.Spec, visit.Inputs, Deferred);
            foreach (var rule in nodeRules)
                visit.Errors.AddRange(await rule.CheckAsync(inspection));
            Finish(visit);
        }
        catch (NodeCheckException failure)
        {
            Pop(visit, new NodeVerdict(IsValid: false, [visit.Broken(failure)]));
        }
    }

    /// <summary>Checks an input; true when the node it is linked to must be visited first.</summary>
    private bool CheckInput(NodeVisit visit, InputCheck check)
    {
        foreach (var rule in inputRules)
        {
            if (rule.Check(check) is not { } error)
                continue;
            visit.Errors.Add(error);
            return false;
        }
        if (!check.IsLink)
            return false;
        var source = LinkTypeRule.Source(check);
        if (_verdicts.TryGetValue(source.Id, out var known))
            visit.SourceIsInvalid |= !known.IsValid;
        else if (_onPath.TryGetValue(source.Id, out var start))
            ReportCycle(visit, start);
        else
        {
            Push(new NodeVisit(source, catalog.Find(source.ClassType)!, check));
            return true;
        }
        return false;
    }

    private void ReportCycle(NodeVisit visit, int start)
    {
        var members = _path.Skip(start).Select(v => v.Node).ToList();
        var details = string.Join(" -> ", members.Append(members[0]).Select(n => $"{n.Id} ({n.ClassType})"));
        foreach (var member in members)
            _verdicts[member.Id] = new NodeVerdict(IsValid: false, [CycleError(member, members, details)]);
        visit.SourceIsInvalid = true;
    }

    private static NodeError CycleError(PromptNode node, List<PromptNode> members, string details) =>
        new("dependency_cycle", "Dependency cycle detected", details, writer =>
        {
            writer.WriteString("node_id", node.Id);
            writer.WriteStartArray("cycle_nodes");
            foreach (var member in members)
                writer.WriteStringValue(member.Id);
            writer.WriteEndArray();
        });

    // A node on a cycle has its verdict already; what was found later stands behind it.
    private void Finish(NodeVisit visit)
    {
        var found = _verdicts.TryGetValue(visit.Node.Id, out var cycle) ? [.. cycle.Errors, .. visit.Errors] : visit.Errors;
        Pop(visit, new NodeVerdict(found.Count == 0 && !visit.SourceIsInvalid, found));
    }

    /// <summary>One node that is being checked.</summary>
    private sealed class NodeVisit(PromptNode node, NodeSpec spec, InputCheck? consumer)
    {
        public PromptNode Node { get; } = node;

        public NodeSpec Spec { get; } = spec;

        public List<NodeError> Errors { get; } = [];

        public IReadOnlyList<InputSpec> Inputs { get; private set; } = [];

        public int Next { get; set; }

        public bool SourceIsInvalid { get; set; }

        public void Start()
        {
            if (Next > 0)
                return;
            Inputs = Spec.InputsFor(Node.Inputs ?? throw new NodeCheckException("KeyError", "'inputs'"));
        }

        /// <summary>The error that stands on this node in place of all others when its check cannot go on.</summary>
        public NodeError Broken(NodeCheckException failure) => consumer is null
            ? new NodeError("exception_during_validation", "Exception when validating node", failure.Message, writer => WriteFailure(writer, failure))
            : new NodeError("exception_during_inner_validation", "Exception when validating inner node", failure.Message, writer =>
            {
                writer.WriteString("input_name", consumer.Input.Name);
                NodeError.WriteConfig(writer, consumer.Input);
                writer.WriteString("exception_message", failure.Message);
                WriteFailure(writer, failure);
                writer.WritePropertyName("linked_node");
                consumer.Value.WriteTo(writer);
            });

        private void WriteFailure(Utf8JsonWriter writer, NodeCheckException failure)
        {
            writer.WriteString("exception_type", failure.Type);
            writer.WriteStartArray("traceback");
            writer.WriteStringValue($"node {Node.Id} ({Node.ClassType})");
            writer.WriteEndArray();
        }
    }
}

/// <summary>What the check of one node came to.</summary>
/// <param name="IsValid">False when it has errors, or something it is linked to has.</param>
/// <param name="Errors">Its own errors.</param>
internal sealed record NodeVerdict(bool IsValid, IReadOnlyList<NodeError> Errors);
