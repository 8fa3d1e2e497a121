using System.Text.Json;
using System.Text.RegularExpressions;
using AutoRec.Serving;
using Microsoft.AspNetCore.Http;

namespace AutoRec.Cli.Serving;

/// <summary>What is said of a request that cannot be answered, in the words of the interface and not of the program.</summary>
internal static partial class Problems
{
    /// <summary>What is said of a body of another type.</summary>
    public const string NoJson = "The body must be JSON, with the header 'Content-Type: application/json'.";

    /// <summary>The status and the detail of an error; no detail for a defect of the server.</summary>
    public static (int Status, string? Detail) Of(Exception? error) => error switch
    {
        UnknownIdException => (StatusCodes.Status404NotFound, error.Message),
        UserElsewhereException => (StatusCodes.Status421MisdirectedRequest, error.Message),
        BadHttpRequestException { InnerException: JsonException json } => (StatusCodes.Status400BadRequest, Of(json)),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            (StatusCodes.Status413PayloadTooLarge, $"The body is longer than {ServerLimits.BodyBytes} bytes."),
        BadHttpRequestException bad => (bad.StatusCode, Of(bad)),
        ArgumentException { ParamName: { } parameter } =>
            (StatusCodes.Status400BadRequest, error.Message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal)),
        ArgumentException => (StatusCodes.Status400BadRequest, error.Message),
        OperationCanceledException => (StatusCodes.Status503ServiceUnavailable, null), // The server stops before the body was all there.
        _ => (StatusCodes.Status500InternalServerError, null),
    };

    /// <summary>
    /// What is wrong with JSON. The framework's messages name types and members of the program; what they say of the JSON is taken out of
    /// them.
    /// </summary>
    public static string Of(JsonException error, string whole = "The body")
    {
        var place = error.Path is null or "$" ? whole : $"'{error.Path.Replace("$.", "", StringComparison.Ordinal)}'";
        return Unknown().Match(error.Message) is { Success: true } unknown ? $"Unknown member '{unknown.Groups[1].Value}'."
            : Missing().Match(error.Message) is { Success: true } missing ? $"The member {missing.Groups[1].Value} is missing."
            : Null().Match(error.Message) is { Success: true } isNull ? $"{Member(place, isNull.Groups[1].Value)} must not be null."
            : Duplicate().Match(error.Message) is { Success: true } twice ? $"The member '{twice.Groups[1].Value}' is given twice."
            : error.Message.Contains("uplicate", StringComparison.Ordinal) ? $"{place} has a member that is given twice."
            : error.Message.Contains("could not be converted", StringComparison.Ordinal) ? $"{place} has a value of the wrong kind."
            : $"{whole} is not valid JSON, in line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}.";

        string Member(string place, string name) => place == whole ? $"'{name}'" : place;
    }

    private static string Of(BadHttpRequestException error) =>
        Binding().Match(error.Message) is { Success: true } binding
            ? $"{JsonNamingPolicy.SnakeCaseLower.ConvertName(binding.Groups[2].Value)} must be {Kind(binding.Groups[1].Value)}; "
                + $"got '{binding.Groups[3].Value}'."
            : error.Message.Contains("no body was provided", StringComparison.Ordinal) ? "A JSON body is required."
            : "The request cannot be understood.";

    private static string Kind(string type) => type switch
    {
        "double" or "double?" or "Nullable<double>" => "a number",
        "bool" or "bool?" or "Nullable<bool>" => "true or false",
        _ => "a whole number",
    };

    [GeneratedRegex("^The JSON property '(.*)' could not be mapped", RegexOptions.Singleline)]
    private static partial Regex Unknown();

    [GeneratedRegex("missing required properties including: (.*)\\.$", RegexOptions.Singleline)]
    private static partial Regex Missing();

    [GeneratedRegex("(?:property|field|parameter) '(.*?)' on type .* (?:doesn't|does not) allow", RegexOptions.Singleline)]
    private static partial Regex Null();

    [GeneratedRegex("[Dd]uplicate property '(.*?)'", RegexOptions.Singleline)]
    private static partial Regex Duplicate();

    [GeneratedRegex("^Failed to bind parameter \"(\\S+) (\\w+)\" from \"(.*)\"\\.$", RegexOptions.Singleline)]
    private static partial Regex Binding();
}
