using System.Net.Http.Json;
using System.Text.Json;
using Farm.Contracts.Jobs;
using Farm.Contracts.Prompts;
using Farm.Contracts.Scheduling;
using Farm.Gateway.Tests.Fakes;
using Xunit;

namespace Farm.Gateway.Tests.Jobs;

/// <summary>The jobs view as recorded from ComfyUI 0.19.3 (execution semantics, 19).</summary>
public class JobEndpointsTests
{
    [Theory]
    [InlineData("status=done", "Invalid status value(s): done. Valid values: pending, in_progress, completed, failed, cancelled")]
    [InlineData("status=completed,done,x", "Invalid status value(s): done, x. Valid values: pending, in_progress, completed, failed, cancelled")]
    [InlineData("limit=0", "limit must be a positive integer")]
    [InlineData("limit=1.5", "limit must be an integer")]
    [InlineData("limit=", "limit must be an integer")]
    [InlineData("offset=x", "offset must be an integer")]
    [InlineData("sort_by=name", "sort_by must be 'created_at' or 'execution_duration'")]
    [InlineData("sort_order=", "sort_order must be 'asc' or 'desc'")]
    [InlineData("workflow_id=%00", "workflow_id must not hold a NUL character")]
    public async Task Rule19_5_List_QueryBroken_SaysWhatIsWrong(string query, string error)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.Client.GetAsync($"/api/jobs?{query}");

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal(error, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
    }

    [Fact]
    [Trait("Rule", "19.1")]
    public async Task Rule19_5_List_Query_IsHandedOnAndPaged()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Farm.Jobs = new JobPage([Job(JobStatus.Pending)], Total: 7);

        var page = await host.Client.GetFromJsonAsync<JsonElement>(
            "/api/jobs?status=pending,IN_PROGRESS&workflow_id=w&sort_by=EXECUTION_DURATION&sort_order=ASC&limit=99999999999&offset=-5");

        var asked = host.Farm.AskedJobs!;
        Assert.Equal([JobStatus.Pending, JobStatus.InProgress], asked.Statuses);
        Assert.Equal(("w", true, true, int.MaxValue, 0), (asked.WorkflowId, asked.ByDuration, asked.Ascending, asked.Limit, asked.Offset));
        Assert.Equal("""{"offset":0,"limit":2147483647,"total":7,"has_more":true}""", page.GetProperty("pagination").GetRawText());
        Assert.Equal("""[{"id":"p","status":"pending","priority":3,"create_time":5,"outputs_count":0}]""", page.GetProperty("jobs").GetRawText());
    }

    [Theory]
    [InlineData(JobStatus.Pending, "pending")]
    [InlineData(JobStatus.InProgress, "in_progress")]
    public async Task Rule19_1_WaitingOrRunningJob_LeavesOutWhatItHasNot(JobStatus status, string shown)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Farm.Jobs = new JobPage([Job(status), Job(status) with { PromptId = "q", WorkflowId = "w" }], Total: 2);

        var page = await host.Client.GetFromJsonAsync<JsonElement>("/api/jobs");

        Assert.Equal(
            $$"""[{"id":"p","status":"{{shown}}","priority":3,"create_time":5,"outputs_count":0},{"id":"q","status":"{{shown}}","priority":3,"create_time":5,"outputs_count":0,"workflow_id":"w"}]""",
            page.GetProperty("jobs").GetRawText());
    }

    [Fact]
    public async Task List_Forecasts_AreThereForThoseWhoAsk()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Farm.Jobs = new JobPage([Job(JobStatus.Pending)], Total: 1);
        host.Farm.Forecasts.Add(new PromptForecast { RunId = Guid.NewGuid(), PromptId = "p", End = DateTimeOffset.FromUnixTimeMilliseconds(9), Ahead = 4, Blocked = "no worker is there" });

        var plain = await host.Client.GetFromJsonAsync<JsonElement>("/api/jobs");
        var asked = await host.Client.GetFromJsonAsync<JsonElement>("/api/jobs?farm=1");

        Assert.False(plain.GetProperty("jobs")[0].TryGetProperty("farm", out _));
        Assert.Equal("""{"eta":9,"ahead":4,"blocked":"no worker is there"}""", asked.GetProperty("jobs")[0].GetProperty("farm").GetRawText());
    }

    [Theory]
    [Trait("Rule", "19.4")]
    [InlineData("""{"images":[{"filename":"a.png","type":"temp"},{"filename":"b.png","type":"output"}]}""", 2, """{"filename":"b.png","type":"output","nodeId":"9","mediaType":"images"}""")]
    [InlineData("""{"images":[{"filename":"a.png","type":"temp"}],"animated":[true]}""", 1, """{"filename":"a.png","type":"temp","nodeId":"9","mediaType":"images"}""")]
    [InlineData("""{"text":["hello",5,null]}""", 3, """{"content":"hello","nodeId":"9","mediaType":"text"}""")]
    [InlineData("""{"result":["mesh.GLB","other"]}""", 1, """{"filename":"mesh.GLB","type":"output","subfolder":"","mediaType":"3d","nodeId":"9"}""")]
    [InlineData("""{"gifs":[{"filename":"a.mp4","type":"output","format":"video/h264-mp4","mediaType":"kept"}]}""", 1, """{"filename":"a.mp4","type":"output","format":"video/h264-mp4","mediaType":"kept","nodeId":"9"}""")]
    [InlineData("""{"other":[{"filename":"a.bin","type":"output"}],"numbers":[1,2],"word":"x"}""", 1, null)]
    public async Task Rule19_3_List_Outputs_AreCountedAndOneStandsForTheJob(string output, int count, string? preview)
    {
        await using var host = await GatewayHost.StartAsync();
        host.Farm.Jobs = new JobPage([Job(JobStatus.Completed) with { Outputs = [Ui(output)] }], Total: 1);

        var job = (await host.Client.GetFromJsonAsync<JsonElement>("/api/jobs")).GetProperty("jobs")[0];

        Assert.Equal(count, job.GetProperty("outputs_count").GetInt32());
        Assert.Equal(preview, job.TryGetProperty("preview_output", out var shown) ? shown.GetRawText() : null);
    }

    [Fact]
    public async Task Rule19_4_List_LongText_IsCutAfter1024CharactersNotInsideOne()
    {
        await using var host = await GatewayHost.StartAsync();
        var text = string.Concat(Enumerable.Repeat("😀", 1030));
        host.Farm.Jobs = new JobPage([Job(JobStatus.Completed) with { Outputs = [Ui(JsonSerializer.Serialize(new { text = new[] { text } }))] }], Total: 1);

        var preview = (await host.Client.GetFromJsonAsync<JsonElement>("/api/jobs")).GetProperty("jobs")[0].GetProperty("preview_output");

        Assert.Equal(2 * 1024, preview.GetProperty("content").GetString()!.Length);
        Assert.True(preview.GetProperty("truncated").GetBoolean());
    }

    [Fact]
    [Trait("Rule", "19.2")]
    public async Task Rule19_6_One_Ended_HasOutputsStatusAndWorkflow()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Farm.Ended = new HistoryEntry
        {
            Submission = new StoredSubmission
            {
                RunId = Guid.NewGuid(),
                PromptId = "a/b",
                Number = 3,
                Prompt = """{"9":{}}""",
                ExtraData = """{"create_time":5,"extra_pnginfo":{"workflow":{"id":"w"}}}""",
                Targets = ["9"],
            },
            Outcome = RunOutcome.Interrupted,
            Completed = false,
            Outputs = [Ui("""{"text":["x",null]}""")],
            Messages = [new ExecutionStart(6), new ExecutionInterrupted("9", "T", [], 8)],
        };

        var job = await host.Client.GetFromJsonAsync<JsonElement>("/api/jobs/a%2Fb");

        Assert.Equal(
            ("cancelled", 6, 8, "w"),
            (job.GetProperty("status").GetString(), job.GetProperty("execution_start_time").GetInt32(), job.GetProperty("execution_end_time").GetInt32(), job.GetProperty("workflow_id").GetString()));
        Assert.Equal("""{"9":{"text":["x"]}}""", job.GetProperty("outputs").GetRawText());
        Assert.Equal("error", job.GetProperty("execution_status").GetProperty("status_str").GetString());
        Assert.Equal("""{"9":{}}""", job.GetProperty("workflow").GetProperty("prompt").GetRawText());
    }

    [Theory]
    [InlineData(RunOutcome.Success, true, "completed")]
    [InlineData(RunOutcome.Error, false, "failed")]
    [InlineData(RunOutcome.Error, true, "completed")]
    [InlineData(RunOutcome.Interrupted, false, "cancelled")]
    public async Task Rule19_2_EndedJob_HasItsStatusTimesAndError(RunOutcome outcome, bool completed, string status)
    {
        await using var host = await GatewayHost.StartAsync();
        RunEvent closing = outcome switch
        {
            RunOutcome.Success => new ExecutionSuccess(8),
            RunOutcome.Interrupted => new ExecutionInterrupted("9", "T", [], 8),
            _ => new ExecutionError(Failure, 8),
        };
        host.Farm.Ended = new HistoryEntry
        {
            Submission = new StoredSubmission { RunId = Guid.NewGuid(), PromptId = "p", Number = 3, Prompt = "{}", ExtraData = """{"create_time":5}""", Targets = ["9"] },
            Outcome = outcome,
            Completed = completed,
            Outputs = [],
            Messages = [new ExecutionStart(6), closing],
        };

        var job = await host.Client.GetFromJsonAsync<JsonElement>("/api/jobs/p");

        Assert.Equal((status, 6, 8), (job.GetProperty("status").GetString(), job.GetProperty("execution_start_time").GetInt32(), job.GetProperty("execution_end_time").GetInt32()));
        Assert.Equal(outcome == RunOutcome.Error, job.TryGetProperty("execution_error", out var error));
        if (outcome == RunOutcome.Error)
            Assert.Equal(("p", "l", "no\n"), (error.GetProperty("prompt_id").GetString(), error.GetProperty("node_id").GetString(), error.GetProperty("exception_message").GetString()));
        Assert.False(job.TryGetProperty("preview_output", out _));
        Assert.False(job.TryGetProperty("workflow_id", out _));
    }

    [Theory]
    [InlineData("GET", "/api/jobs/nope")]
    [InlineData("POST", "/api/jobs/nope/cancel")]
    public async Task Rule19_6_One_Unknown_Is404(string method, string path)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(404, (int)answer.StatusCode);
        Assert.Equal("""{"error":"Job not found"}""", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("""{"job_ids":"x"}""")]
    [InlineData("""{"job_ids":[1]}""")]
    [InlineData("[]")]
    public async Task Cancel_BodyBroken_NamesTheField(string body)
    {
        await using var host = await GatewayHost.StartAsync();

        var answer = await host.Client.PostAsync("/api/jobs/cancel", new StringContent(body));

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("job_ids", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "not-a-uuid", 400)]
    [InlineData(true, "6F9619FF-8B86-D011-B42D-00CF4FC964FF", 400)]
    [InlineData(true, "6f9619ff-8b86-d011-b42d-00cf4fc964ff", 200)]
    [InlineData(false, "not-a-uuid", 200)]
    public async Task Submit_PromptIdNoUuid_IsRefusedWhereTheOptionSaysSo(bool strict, string id, int status)
    {
        await using var host = await GatewayHost.StartAsync(("Farm:Gateway:StrictPromptIds", $"{strict}"));
        var prompt = new { prompt_id = id, prompt = new { a = new { class_type = "Anything", inputs = new { value = 1 } } } };

        var answer = await host.Client.PostAsJsonAsync("/prompt", prompt);

        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 400)
            Assert.Equal("invalid_prompt_id", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("type").GetString());
    }

    private static readonly ExecutionFailure Failure = new()
    {
        NodeId = "l", NodeType = "LoadImage", Executed = [], Message = "no\n", Type = "ValueError", Traceback = [], CurrentInputs = "{}", CurrentOutputs = [],
    };

    private static Job Job(JobStatus status) => new() { PromptId = "p", Status = status, Number = 3, CreatedAt = 5 };

    private static NodeUi Ui(string output) => new() { NodeId = "9", Meta = NodeIdentity.Of("9"), Output = output };
}
