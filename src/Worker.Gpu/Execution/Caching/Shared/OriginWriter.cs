using Farm.Contracts.Catalog;
using Farm.Nodes;
using Farm.Worker.Execution.Graph;

namespace Farm.Worker.Execution.Caching.Shared;

/// <summary>Writes the origin of a node's outputs, from its inputs as they were gathered for its call.</summary>
/// <param name="models">Model files.</param>
/// <param name="tenant">Whose prompt it is.</param>
internal sealed class OriginWriter(IModelIdentities models, string tenant) : CanonicalWriter
{
    private readonly List<Origin> _sources = [];
    private readonly List<ModelIdentity> _files = [];
    private bool _isKnown = true;

    /// <summary>The origin; null when something among the inputs has none.</summary>
    /// <param name="node">A node of a reproducible class, with the results bound to it.</param>
    /// <param name="plan">Its class.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="files">What it reads beside the files that its combos name.</param>
    public Origin? Write(RunNode node, NodePlan plan, NodeInputs inputs, IEnumerable<ModelFile> files)
    {
        WriteText(plan.ClassType);
        WriteBytes(plan.Type.Version.ToByteArray());
        if (node.Fingerprint != RunNode.NoFingerprint)
        {
            Write(Tag.Fingerprint);
            WriteValue(node.Fingerprint);
        }
        foreach (var (name, list) in InNameOrder(inputs.Names.Zip(inputs.Lists).ToList(), i => i.First))
        {
            WriteText(name);
            WriteInput(node, name, list);
        }
        foreach (var input in plan.Type.Definition.Required.Concat(plan.Type.Definition.Optional))
        {
            if (input.Files is { } choices)
                WriteChosen(plan, inputs, input.Name, choices);
        }
        if (!_isKnown)
            return null;
        foreach (var file in files)
            WriteFile(models.Find(tenant, file.Kind, file.Name));
        return Origin.Of(Written.ToArray(), _sources, _files);
    }

    /// <inheritdoc />
    protected override void WriteNaN() => _isKnown = false;

    /// <inheritdoc />
    protected override void WriteOpaque(object value) => _isKnown = false;

    private void WriteInput(RunNode node, string name, IReadOnlyList<object?> list)
    {
        if (list.All(IsPlain))
        {
            WriteValue(list);
        }
        else if (!list.Any(value => value is ExecutionBlocker) && node.TryGetInput(name, out var input) && input is NodeLink link
            && node.Bound.GetValueOrDefault(link.NodeId) is { Origin: { } source })
        {
            Write(Tag.Link);
            WriteNumber(link.Slot);
            _sources.Add(source);
        }
        else
        {
            _isKnown = false;
        }
    }

    private void WriteChosen(NodePlan plan, NodeInputs inputs, string name, FileChoices choices)
    {
        if (choices.Folder is FileChoices.Input or FileChoices.InputFolders)
        {
            // Uploads have no identity here: their nodes say by a fingerprint what they read.
            _isKnown &= plan.Is(NodeTraits.Fingerprint);
            return;
        }
        for (var i = 0; i < inputs.Names.Count; i++)
        {
            if (inputs.Names[i] != name)
                continue;
            foreach (var chosen in inputs.Lists[i].OfType<string>().Where(chosen => !choices.Extra.Contains(chosen)))
                WriteFile(models.Find(tenant, choices.Folder, chosen));
        }
    }

    private void WriteFile(ModelIdentity? file)
    {
        WriteNumber(file is null ? 0 : 1);
        if (file is not null)
            _files.Add(file);
    }

    private static bool IsPlain(object? value) => value switch
    {
        null or string or bool or int or long or ulong or System.Numerics.BigInteger or float or double => true,
        IReadOnlyDictionary<string, object?> members => members.Values.All(IsPlain),
        IReadOnlyList<object?> list => list.All(IsPlain),
        _ => false,
    };
}
