using System.Text;
using System.Text.Json.Nodes;
using Farm.EndToEnd.Harness;

namespace Farm.EndToEnd.Isolation;

/// <summary>
/// Every operation with what another tenant tries on it, in the order in which it does. What comes late makes things of its own under the
/// owner's names.
/// </summary>
internal static class IsolationMatrix
{
    private const string OwnOnly = "what is its own, or nothing", Shared = "the farm's, the same for all", Nothing = "as for what there is not";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Attempt> All { get; } =
    [
        .. Prompts(), .. Jobs(), .. Views(), .. Catalogue(), .. Users(), .. Userdata(), .. Pages(), .. Server(), .. Assets(), .. OwnAssets(), .. Ledger(), .. Batches(), .. Workers(), .. Uploads(),
    ];

    private static Attempt Get(string operation, string tries, int status, string gets, Func<Belongings, string> path) =>
        new(operation, tries, status, gets, (other, owned) => other.GetAsync(path(owned)));

    private static Attempt Post(string operation, string tries, int status, string gets, Func<Belongings, string> path, Func<Belongings, JsonNode?>? body = null) =>
        new(operation, tries, status, gets, (other, owned) => other.PostAsync(path(owned), body?.Invoke(owned)));

    private static Attempt Send(HttpMethod method, string operation, string tries, int status, string gets, Func<Belongings, string> path, Func<Belongings, string>? json = null) =>
        new(operation, tries, status, gets, (other, owned) => other.SendAsync(method, path(owned), json is null ? null : new StringContent(json(owned), Encoding.UTF8, "application/json")));

    private static JsonObject Ids(string member, params string[] ids) => new() { [member] = new JsonArray([.. ids.Select(id => (JsonNode)id)]) };

    private static IEnumerable<Attempt> Prompts() =>
    [
        new("connectWebSocket", "opens a socket under the owner's clientId", 101, "its own status", WelcomeAsync) { Holds = "\"queue_remaining\":0" },
        Get("getPromptInfo", "asks for the queue's length", 200, "its own", _ => "/api/prompt") with { Holds = "\"queue_remaining\":0" },
        Load("a file among the owner's uploads", _ => Belongings.Upload),
        Load("a result of the owner's, by its annotated name", owned => $"{owned.Output} [output]"),
        Load("a path into the owner's folder", _ => $"../../{TenantFarm.Owner}/input/{Belongings.Upload}"),
        Load("the name of the owner's folder", _ => $"tenants/{TenantFarm.Owner}/input/{Belongings.Upload}"),
        new("executePrompt", "asks for a pool that the owner has to itself", 403, "", (other, _) => other.SubmitAsync(Graphs.Colour(1), pool: "own")),
        Get("getQueue", "lists", 200, OwnOnly, _ => "/api/queue"),
        Post("manageQueue", "clears", 200, OwnOnly, _ => "/api/queue", _ => new JsonObject { ["clear"] = true }),
        Post("manageQueue", "deletes the owner's waiting and running prompts by id", 200, Nothing, _ => "/api/queue", owned => Ids("delete", owned.Waiting, owned.Running)),
        Post("interruptExecution", "interrupts what runs", 200, OwnOnly, _ => "/api/interrupt"),
        Post("interruptExecution", "interrupts the owner's running prompt by id", 200, Nothing, _ => "/api/interrupt", owned => new JsonObject { ["prompt_id"] = owned.Running }),
        Post("freeMemory", "unloads models", 403, "", _ => "/api/free", _ => new JsonObject { ["unload_models"] = true, ["free_memory"] = true }),
    ];

    private static Attempt Load(string what, Func<Belongings, string> name) =>
        new("executePrompt", $"loads {what}", 400, "a file that there is not", (other, owned) => other.SubmitAsync(Graphs.LoadAndSave(name(owned))));

    private static IEnumerable<Attempt> Jobs() =>
    [
        Get("listJobs", "lists", 200, OwnOnly, _ => "/api/jobs"),
        Get("getJob", "reads the owner's ended prompt", 404, "", owned => $"/api/jobs/{owned.Ended}"),
        Get("getJob", "reads the owner's waiting prompt with its forecast", 404, "", owned => $"/api/jobs/{owned.Waiting}?farm=true"),
        Post("cancelJobs", "cancels the owner's prompts", 200, Nothing, _ => "/api/jobs/cancel", owned => Ids("job_ids", owned.Waiting, owned.Running)),
        Post("cancelJob", "cancels the owner's running prompt", 404, "", owned => $"/api/jobs/{owned.Running}/cancel"),
        Post("cancelJob", "cancels the owner's waiting prompt", 404, "", owned => $"/api/jobs/{owned.Waiting}/cancel"),
        Get("getHistory", "lists", 200, OwnOnly, _ => "/api/history"),
        Get("getHistoryByPromptId", "reads the owner's ended prompt", 200, "an empty object, as ComfyUI answers for what there is not", owned => $"/api/history/{owned.Ended}") with { Holds = "{}" },
        Post("manageHistory", "clears", 200, OwnOnly, _ => "/api/history", _ => new JsonObject { ["clear"] = true }),
        Post("manageHistory", "deletes the owner's ended prompt", 200, Nothing, _ => "/api/history", owned => Ids("delete", owned.Ended)),
    ];

    private static IEnumerable<Attempt> Views() =>
    [
        Get("viewFile", "the owner's upload", 404, "", _ => $"/api/view?filename={Belongings.Upload}&type=input"),
        Get("viewFile", "the owner's result", 404, "", owned => $"/api/view?filename={owned.Output}&type=output"),
        Get("viewFile", "the owner's result by its annotated name", 404, "", owned => $"/api/view?filename={owned.Output}%20%5Boutput%5D"),
        Get("viewFile", "the owner's preview", 404, "", owned => $"/api/view?filename={owned.Preview}&type=temp"),
        Get("viewFile", "the hash of the owner's bytes", 404, "", owned => $"/api/view?filename={owned.Hash}"),
        Get("viewFile", "a folder that goes up to the owner's", 403, "", owned => $"/api/view?filename={owned.Output}&subfolder=../../{TenantFarm.Owner}/output"),
        Get("viewFile", "the same, encoded twice", 404, "", owned => $"/api/view?filename={owned.Output}&subfolder=..%252f..%252f{TenantFarm.Owner}%252foutput"),
        Get("viewFile", "a folder with the owner's name", 404, "", owned => $"/api/view?filename={owned.Output}&subfolder=tenants/{TenantFarm.Owner}/output"),
        Get("viewFile", "a file name that goes up", 400, "", owned => $"/api/view?filename=..%2f..%2f{TenantFarm.Owner}%2foutput%2f{owned.Output}"),
        Get("viewFile", "an absolute path", 400, "", owned => $"/api/view?filename=%2fetc%2fpasswd"),
        Get("viewFile", "users' data as a type", 400, "", _ => "/api/view?filename=acme-flow.json&type=user"),
        Get("viewMetadata", "a model that the owner saved", 404, "", _ => $"/api/view_metadata/checkpoints?filename={Belongings.Model}"),
        Get("getInternalFiles", "lists uploads", 200, OwnOnly, _ => "/internal/files/input"),
        Get("getInternalFiles", "lists results", 200, OwnOnly, _ => "/internal/files/output"),
        Get("getInternalFiles", "lists previews", 200, OwnOnly, _ => "/internal/files/temp"),
    ];

    private static IEnumerable<Attempt> Catalogue() =>
    [
        Get("getObjectInfo", "reads all lists of files", 200, "the farm's models and what is its own", _ => "/api/object_info"),
        Get("getObjectInfoByClass", "reads the list of uploads", 200, OwnOnly, _ => "/api/object_info/LoadImage"),
        Get("getModelsByFolder", "lists models", 200, "the farm's and those that it saved itself", _ => "/api/models/checkpoints"),
        Get("getExperimentModelsByFolder", "lists models with sizes", 200, "the farm's and those that it saved itself", _ => "/api/experiment/models/checkpoints"),
        Get("getModelPreview", "the picture of a model that the owner saved", 404, "", _ => $"/api/experiment/models/preview/checkpoints/1/{Belongings.Model}"),
        Get("getModelTypes", "reads", 200, Shared, _ => "/api/models"),
        Get("getExperimentModels", "reads", 200, "the farm's folders and its own", _ => "/api/experiment/models"),
        Get("getEmbeddings", "reads", 200, Shared, _ => "/api/embeddings"),
        Get("getNodeReplacements", "reads", 200, Shared, _ => "/api/node_replacements"),
        Get("getInternalFolderPaths", "reads", 200, "the farm's folders and its own", _ => "/internal/folder_paths"),
    ];

    private static IEnumerable<Attempt> Users() =>
    [
        Get("getUsers", "lists", 200, OwnOnly, _ => "/api/users"),
        Get("getSettings", "reads", 200, OwnOnly, _ => "/api/settings") with { Holds = "{}" },
        AsOwner("getSettings", "reads as the owner's user", 401, (as_, _) => as_.GetAsync("/api/settings")),
        Get("getSetting", "reads the owner's setting by its name", 200, "null", _ => $"/api/settings/{Belongings.Setting}") with { Holds = "null" },
        AsOwner("getSetting", "reads as the owner's user", 401, (as_, _) => as_.GetAsync($"/api/settings/{Belongings.Setting}")),
        AsOwner("updateSettings", "writes as the owner's user", 401, (as_, _) => as_.PostAsync("/api/settings", new JsonObject { [Belongings.Setting] = "x" })),
        Post("updateSettings", "writes under the owner's name", 200, "its own", _ => "/api/settings", _ => new JsonObject { [Belongings.Setting] = "x" }),
        AsOwner("updateSetting", "writes as the owner's user", 401, (as_, _) => as_.PostAsync($"/api/settings/{Belongings.Setting}", "x")),
        Post("createUser", "adds a user of the owner's user's name", 200, "its own", _ => "/api/users", _ => new JsonObject { ["username"] = "alice" }),
    ];

    private static Attempt AsOwner(string operation, string tries, int status, Func<TenantClient, Belongings, Task<Answer>> send) =>
        new(operation, tries, status, "", async (other, owned) =>
        {
            using var disguised = other.As(owned.User);
            return await send(disguised, owned);
        });

    private static IEnumerable<Attempt> Userdata()
    {
        var file = Uri.EscapeDataString(Belongings.Workflow);
        string Up(Belongings owned) => Uri.EscapeDataString($"../{owned.User}/{Belongings.Workflow}");
        return
        [
            Get("listUserdata", "lists the folder that the owner's user has", 404, "", _ => "/api/userdata?dir=workflows"),
            Get("listUserdata", "goes up to the owner's user", 403, "", owned => $"/api/userdata?dir=..%2f{owned.User}"),
            AsOwner("listUserdata", "lists as the owner's user", 401, (as_, _) => as_.GetAsync("/api/userdata?dir=workflows")),
            Get("listUserdataV2", "lists", 200, OwnOnly, _ => "/api/v2/userdata") with { Holds = "[]" },
            AsOwner("listUserdataV2", "lists as the owner's user", 403, (as_, _) => as_.GetAsync("/api/v2/userdata")),
            Get("getUserdataFile", "reads the owner's workflow", 404, "", _ => $"/api/userdata/{file}"),
            Get("getUserdataFile", "goes up to the owner's user", 403, "", owned => $"/api/userdata/{Up(owned)}"),
            AsOwner("getUserdataFile", "reads as the owner's user", 401, (as_, _) => as_.GetAsync($"/api/userdata/{file}")),
            Send(HttpMethod.Delete, "deleteUserdataFile", "removes the owner's workflow", 404, "", _ => $"/api/userdata/{file}"),
            AsOwner("deleteUserdataFile", "removes it as the owner's user", 401, (as_, _) => as_.SendAsync(HttpMethod.Delete, $"/api/userdata/{file}")),
            Post("moveUserdataFile", "moves the owner's workflow to itself", 404, "", _ => $"/api/userdata/{file}/move/mine.json"),
            AsOwner("moveUserdataFile", "moves it as the owner's user", 401, (as_, _) => as_.PostAsync($"/api/userdata/{file}/move/mine.json")),
            AsOwner("writeUserdataFile", "writes over it as the owner's user", 401, (as_, _) => as_.PostAsync($"/api/userdata/{file}", "x")),
            Post("writeUserdataFile", "goes up to the owner's user", 403, "", owned => $"/api/userdata/{Up(owned)}", _ => "x"),
            Post("writeUserdataFile", "writes under the owner's name", 200, "its own", _ => $"/api/userdata/{file}", _ => "x"),
        ];
    }

    private static IEnumerable<Attempt> Pages() =>
    [
        Get("getExtensions", "reads", 200, Shared, _ => "/api/extensions"),
        Get("getWorkflowTemplates", "reads", 200, Shared, _ => "/api/workflow_templates"),
        Get("getI18n", "reads", 200, Shared, _ => "/api/i18n"),
        Get("getGlobalSubgraphs", "reads", 200, Shared, _ => "/api/global_subgraphs"),
        Get("getGlobalSubgraph", "reads", 200, Shared, _ => "/api/global_subgraphs/none"),
    ];

    private static IEnumerable<Attempt> Server() =>
    [
        Get("getSystemStats", "reads", 200, Shared, _ => "/api/system_stats"),
        Get("getFeatures", "reads", 200, Shared, _ => "/api/features"),
        Get("getInternalLogs", "reads", 403, "", _ => "/internal/logs"),
        Get("getInternalLogsRaw", "reads", 403, "", _ => "/internal/logs/raw"),
        Send(HttpMethod.Patch, "subscribeToLogs", "has the log sent to the owner's socket", 403, "", _ => "/internal/logs/subscribe", _ => $$"""{"clientId":"{{Belongings.ClientId}}","enabled":true}"""),
    ];

    private static IEnumerable<Attempt> Assets() =>
    [
        Send(HttpMethod.Head, "checkAssetByHash", "asks for the hash of the owner's bytes", 404, "", owned => $"/api/assets/hash/{owned.Hash}"),
        Get("listAssets", "lists", 200, OwnOnly, _ => "/api/assets?limit=100"),
        Get("listAssets", "searches by the owner's tag and name", 200, "none", _ => $"/api/assets?include_tags={Belongings.Tag}&name_contains=acme") with { Holds = "\"total\":0" },
        new("createAsset", "names the hash of the owner's bytes in place of a file", 400, "a hash that nobody has", (other, owned) =>
            other.CreateAssetAsync(null, [], ("hash", owned.Hash), ("tags", "input"))),
        new("createAsset", "adds a model for everybody", 403, "", (other, _) => other.CreateAssetAsync("mine.safetensors", [1, 2, 3], ("tags", "models,checkpoints"))),
        Post("createAssetFromHash", "names the hash of the owner's bytes", 404, "", _ => "/api/assets/from-hash", owned => new JsonObject { ["hash"] = owned.Hash, ["name"] = "mine", ["tags"] = new JsonArray("input") }),
        Get("getAsset", "reads the owner's", 404, "", owned => $"/api/assets/{owned.Asset}"),
        AsOwner("getAsset", "reads it as the owner's user", 401, (as_, owned) => as_.GetAsync($"/api/assets/{owned.Asset}")),
        Send(HttpMethod.Put, "updateAsset", "renames the owner's", 404, "", owned => $"/api/assets/{owned.Asset}", _ => """{"name":"mine"}"""),
        Send(HttpMethod.Delete, "deleteAsset", "removes the owner's with its content", 404, "", owned => $"/api/assets/{owned.Asset}?delete_content=true"),
        Get("getAssetContent", "reads the owner's", 404, "", owned => $"/api/assets/{owned.Asset}/content"),
        Post("addAssetTags", "tags the owner's", 404, "", owned => $"/api/assets/{owned.Asset}/tags", _ => Ids("tags", "mine")),
        Send(HttpMethod.Delete, "removeAssetTags", "untags the owner's", 404, "", owned => $"/api/assets/{owned.Asset}/tags", _ => $$"""{"tags":["{{Belongings.Tag}}"]}"""),
        Get("listTags", "lists", 200, OwnOnly, _ => "/api/tags?limit=1000&include_zero=true"),
        Get("refineAssetTags", "counts", 200, OwnOnly, _ => "/api/assets/tags/refine"),
    ];

    private static IEnumerable<Attempt> OwnAssets() =>
    [
        Post("seedAssets", "looks for files", 200, OwnOnly, _ => "/api/assets/seed?wait=true", _ => Ids("roots", "input", "output")),
        Get("getAssetSeedStatus", "asks how far that has come", 200, "its own", _ => "/api/assets/seed/status"),
        Post("cancelAssetSeed", "stops it", 200, "its own", _ => "/api/assets/seed/cancel"),
        Post("pruneAssets", "marks what is gone", 200, "its own", _ => "/api/assets/prune"),
        Get("listAssets", "lists what was found", 200, OwnOnly, _ => "/api/assets?limit=100"),
    ];

    private static IEnumerable<Attempt> Ledger() =>
    [
        Get("listLedger", "lists", 200, OwnOnly, _ => "/farm/api/ledger"),
        Get("listLedger", "lists the owner's", 403, "", _ => $"/farm/api/ledger?tenant={TenantFarm.Owner}"),
        Get("listLedger", "lists those of the owner's batch", 200, "none", owned => $"/farm/api/ledger?batch={owned.Batch}") with { Holds = "\"entries\":[]" },
        Get("getFarmPrompt", "reads the owner's ended prompt", 404, "", owned => $"/farm/api/prompts/{owned.Ended}"),
        Get("getFarmPrompt", "reads the owner's running prompt, naming the owner", 403, "", owned => $"/farm/api/prompts/{owned.Running}?tenant={TenantFarm.Owner}"),
        Post("retryPrompt", "submits the owner's ended prompt again", 404, "", owned => $"/farm/api/prompts/{owned.Ended}/retry"),
        Post("retryPrompt", "submits it, naming the owner", 404, "", owned => $"/farm/api/prompts/{owned.Ended}/retry?tenant={TenantFarm.Owner}"),
        Post("retryFailedPrompts", "submits what failed", 200, OwnOnly, _ => "/farm/api/prompts/retry?from=0"),
        Post("retryFailedPrompts", "submits what failed of the owner's", 404, "", _ => $"/farm/api/prompts/retry?from=0&tenant={TenantFarm.Owner}"),
        Post("movePrompt", "moves the owner's waiting prompt", 404, "", owned => $"/farm/api/prompts/{owned.Waiting}/move", _ => new JsonObject { ["rank"] = "back" }),
        Post("movePrompt", "moves it, naming the owner", 404, "", owned => $"/farm/api/prompts/{owned.Waiting}/move?tenant={TenantFarm.Owner}", _ => new JsonObject { ["pool"] = "none" }),
    ];

    private static IEnumerable<Attempt> Batches() =>
    [
        Post("createBatch", "has one wait for the owner's", 400, "a batch that there is not", _ => "/farm/api/batches", owned => new JsonObject
        {
            ["workflow"] = Graphs.Colour(1),
            ["after"] = new JsonArray(owned.Batch),
            ["parameters"] = new JsonArray(new JsonObject { ["node"] = "0", ["input"] = "color", ["values"] = new JsonArray(1) }),
        }),
        Post("createBatch", "loads the owner's upload at its second index", 201, "a batch whose index fails", _ => "/farm/api/batches", _ => new JsonObject
        {
            ["workflow"] = Graphs.LoadAndSave("own.png"),
            ["parameters"] = new JsonArray(new JsonObject { ["node"] = "1", ["input"] = "image", ["values"] = new JsonArray("own.png", Belongings.Upload) }),
        }),
        Get("listBatches", "lists", 200, OwnOnly, _ => "/farm/api/batches"),
        Get("getBatch", "reads the owner's", 404, "", owned => $"/farm/api/batches/{owned.Batch}"),
        Get("listBatchItems", "reads the owner's", 404, "", owned => $"/farm/api/batches/{owned.Batch}/items"),
        Post("pauseBatch", "pauses the owner's", 404, "", owned => $"/farm/api/batches/{owned.Batch}/pause"),
        Post("resumeBatch", "resumes the owner's", 404, "", owned => $"/farm/api/batches/{owned.Batch}/resume"),
        Post("retryBatch", "retries the owner's", 404, "", owned => $"/farm/api/batches/{owned.Batch}/retry"),
        Post("cancelBatch", "cancels the owner's", 404, "", owned => $"/farm/api/batches/{owned.Batch}/cancel"),
    ];

    private static IEnumerable<Attempt> Workers() =>
    [
        Get("listWorkers", "lists", 403, "", _ => "/farm/api/workers"),
        Post("setWorkerAside", "sets one aside", 403, "", _ => "/farm/api/workers/none/set-aside"),
        Post("bringWorkerBack", "brings one back", 403, "", _ => "/farm/api/workers/none/bring-back"),
        Post("drainWorker", "drains one", 403, "", _ => "/farm/api/workers/none/drain"),
        Post("resumeWorker", "resumes one", 403, "", _ => "/farm/api/workers/none/resume"),
        Get("listPools", "lists", 403, "", _ => "/farm/api/pools"),
        Post("pausePool", "pauses one", 403, "", _ => "/farm/api/pools/-/pause"),
        Post("resumePool", "resumes one", 403, "", _ => "/farm/api/pools/-/resume"),
        Get("listQueueByTenant", "lists", 403, "", _ => "/farm/api/queue"),
        Get("getSession", "asks who it is", 200, "itself", _ => "/farm/api/session"),
        Get("listKeys", "lists", 403, "", _ => "/farm/api/keys"),
        Post("createKey", "makes one for the owner", 403, "", _ => "/farm/api/keys", _ => new JsonObject { ["name"] = "mine", ["tenant"] = TenantFarm.Owner, ["scopes"] = new JsonArray("read") }),
        Send(HttpMethod.Delete, "revokeKey", "revokes one", 403, "", _ => $"/farm/api/keys/{Guid.Empty}"),
        Get("listAudit", "lists", 403, "", _ => "/farm/api/audit"),
        Get("getRetention", "reads", 403, "", _ => "/farm/api/retention"),
        Post("runRetention", "runs", 403, "", _ => "/farm/api/retention/run", _ => new JsonObject { ["dry_run"] = true }),
    ];

    private static IEnumerable<Attempt> Uploads() =>
    [
        new Attempt("uploadMask", "puts a mask on the owner's upload", 200, "a name, and nothing written, as ComfyUI answers for what there is not", async (other, _) => await other.UploadAsync(
            "mask.png", await File.ReadAllBytesAsync(Graphs.PathOf("fixture.png")), path: "/api/upload/mask", more: ("original_ref", $$"""{"filename":"{{Belongings.Upload}}","type":"input"}"""))),
        new Attempt("uploadImage", "into a folder that goes up to the owner's", 400, "", (other, _) => other.UploadAsync("x.png", [1], subfolder: $"../../{TenantFarm.Owner}/input", path: "/api/upload/image")),
        new Attempt("uploadImage", "under a name that goes up to the owner's", 400, "", (other, _) => other.UploadAsync($"../../{TenantFarm.Owner}/input/x.png", [1], path: "/api/upload/image")),
        new Attempt("uploadImage", "over the owner's file", 200, "a file of its own", (other, _) => other.UploadAsync(Belongings.Upload, [1, 2, 3], path: "/api/upload/image", more: ("overwrite", "true"))),
        new Attempt("uploadImage", "over the owner's result", 200, "a file of its own", (other, owned) => other.UploadAsync(owned.Output, [1, 2, 3], "output", path: "/api/upload/image", more: ("overwrite", "true"))),
        new Attempt("createAsset", "stores the owner's very bytes", 201, "an asset that is new to it", (other, owned) => other.CreateAssetAsync("n.txt", Belongings.NoteBytes, ("tags", "input"), ("hash", owned.Hash)))
            with { Holds = "\"created_new\":true" },
    ];

    private static async Task<Answer> WelcomeAsync(TenantClient other, Belongings owned)
    {
        using var socket = await other.ListenAsync(Belongings.ClientId, CancellationToken.None);
        var buffer = new byte[1 << 16];
        var message = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
        return new Answer(101, "", Encoding.UTF8.GetString(buffer.AsSpan(0, message.Count)), Belongings.ClientId);
    }
}
