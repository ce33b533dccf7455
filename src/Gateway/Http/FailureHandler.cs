using System.Globalization;
using Farm.Contracts.Prompts;
using Farm.Storage;

namespace Farm.Gateway.Http;

/// <summary>The one place where a failure becomes an answer: bad input 4xx in ComfyUI's shape, a farm that cannot be reached 503.</summary>
internal sealed partial class FailureHandler(RequestDelegate next, ILogger<FailureHandler> logger)
{
    private const int RetryAfterSeconds = 2;

    /// <summary>Runs the rest of the pipeline.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; nobody reads an answer.
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            var answer = Translate(failure, context);
            context.Response.Clear();
            await answer.ExecuteAsync(context);
        }
    }

    /// <summary>The status that a failure is answered with.</summary>
    public static int StatusOf(Exception failure) => failure switch
    {
        RequestRefusedException refused => refused.Status,
        UnsafeFileNameException or NameConflictException => StatusCodes.Status400BadRequest,
        FileNotFoundException { FileName: not null } => StatusCodes.Status404NotFound,
        BadHttpRequestException bad => bad.StatusCode,
        OrleansException or TimeoutException or OperationCanceledException or StoreUnavailableException or FilesUnavailableException => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    private IResult Translate(Exception failure, HttpContext context)
    {
        switch (failure)
        {
            case RequestRefusedException refused:
                if (refused.RetryAfter is { } wait)
                    RetryAfter(context, (int)Math.Ceiling(wait.TotalSeconds));
                return Error(refused.Status, refused.Type, refused.Message, refused.Details);
            case UnsafeFileNameException unsafeName:
                return Error(StatusCodes.Status400BadRequest, "invalid_file_name", "The file name is not safe", unsafeName.Message);
            case NameConflictException conflict:
                return Error(StatusCodes.Status400BadRequest, "invalid_file_name", "The file name is taken by a folder or a file above it", conflict.Message);
            case FileNotFoundException { FileName: not null } gone:
                Gone(logger, context.Request.Path, gone.FileName);
                return Answers.Empty(StatusCodes.Status404NotFound);
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Answers.Text("Maximum request body size exceeded", StatusCodes.Status413PayloadTooLarge);
            case BadHttpRequestException bad:
                return Error(bad.StatusCode, "invalid_request", "The request is malformed", bad.Message);
            case OrleansException or TimeoutException or OperationCanceledException or StoreUnavailableException or FilesUnavailableException:
                Unreachable(logger, context.Request.Path, failure);
                RetryAfter(context, RetryAfterSeconds);
                return Error(StatusCodes.Status503ServiceUnavailable, "farm_unavailable", "The farm cannot be reached just now", "Try again in a moment.");
            default:
                Failed(logger, context.Request.Path, failure);
                return Answers.Text("500 Internal Server Error\n\nServer got itself in trouble", StatusCodes.Status500InternalServerError);
        }
    }

    private static void RetryAfter(HttpContext context, int seconds) => context.Response.OnStarting(() =>
    {
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    });

    private static IResult Error(int status, string type, string message, string details) => Answers.Json(
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error");
            writer.WriteString("type", type);
            writer.WriteString("message", message);
            writer.WriteString("details", details);
            writer.WriteStartObject("extra_info");
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteStartObject("node_errors");
            writer.WriteEndObject();
            writer.WriteEndObject();
        },
        status);

    [LoggerMessage(Level = LogLevel.Information, Message = "Request {Path}: the file {File} went away after it was found")]
    private static partial void Gone(ILogger logger, string path, string file);

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {Path} failed")]
    private static partial void Failed(ILogger logger, string path, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Request {Path} could not reach the farm")]
    private static partial void Unreachable(ILogger logger, string path, Exception failure);
}
