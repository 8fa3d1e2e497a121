using System.Text.Json.Nodes;

namespace AutoRec.Data;

/// <summary>What the values of a log say, as files that autorec writes keep it.</summary>
internal static class FeedbackJson
{
    /// <summary>The object that <see cref="Read"/> reads.</summary>
    public static JsonObject Write(Feedback feedback) => new()
    {
        ["kind"] = feedback.Name,
        ["scale"] = new JsonObject { ["min"] = feedback.Scale.Min, ["max"] = feedback.Scale.Max },
        ["positive-from"] = feedback.PositiveFrom,
        ["original"] = feedback.Original is { } original ? Write(original) : null,
    };

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The object is something else.</exception>
    public static Feedback Read(JsonNode json)
    {
        var isKind = Enum.TryParse<FeedbackKind>((string?)json["kind"], ignoreCase: true, out var kind) && Enum.IsDefined(kind);
        var positiveFrom = (float)json["positive-from"]!;
        return isKind && float.IsFinite(positiveFrom)
            ? new Feedback(kind, ReadScale(json), positiveFrom)
            {
                Original = json["original"] is { } original ? Read(original) : null,
            }
            : throw new InvalidDataException($"'feedback' must have a kind and a finite 'positive-from'; it is {json.ToJsonString()}.");
    }

    /// <summary>The scale of an object that has one.</summary>
    /// <exception cref="InvalidDataException">The scale is not two numbers.</exception>
    public static RatingScale ReadScale(JsonNode json)
    {
        var scale = new RatingScale((float)json["scale"]!["min"]!, (float)json["scale"]!["max"]!);
        return float.IsFinite(scale.Min) && float.IsFinite(scale.Max) && scale.Min <= scale.Max
            ? scale
            : throw new InvalidDataException($"'scale' must be two numbers, the lower one first; it is {scale}.");
    }
}
