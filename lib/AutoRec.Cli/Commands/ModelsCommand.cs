using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AutoRec.Catalog;
using Spectre.Console;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec models</c>: what models there are and what can be set of them.</summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("name") { Description = "A model, to see its options in full.", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "Prints one JSON array instead of tables." };
        var command = new Command("models") { name, json };
        command.SetAction(parsed =>
        {
            var models = parsed.GetValue(name) is { } one ? [ModelCatalog.Find(one)] : ModelCatalog.All;
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                var array = new JsonArray([.. models.Select(ToJson)]);
                output.WriteLine(array.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
            }
            else if (models is [var model])
            {
                WriteOptions(output, model);
            }
            else
            {
                WriteModels(output, models);
            }
        });
        return command;
    }

    private static void WriteModels(TextWriter output, IReadOnlyList<ModelEntry> models)
    {
        var table = new Table().Border(TableBorder.Rounded).ShowRowSeparators()
            .AddColumn(new TableColumn("model").NoWrap()).AddColumn("scores").AddColumn("what it is, and its options");
        foreach (var model in models)
        {
            var options = string.Join("  ", model.Options.Select(option => $"{option.Name}={Text(option.Default)}"));
            var text = options.Length == 0 ? model.Summary : $"{model.Summary}\n{options}";
            table.AddRow(Markup.Escape(model.Name), Kind(model), Markup.Escape(text));
        }

        Console(output).Write(table);
        output.WriteLine("'autorec models NAME' says what the options of a model mean and which values are allowed.");
    }

    private static void WriteOptions(TextWriter output, ModelEntry model)
    {
        output.WriteLine($"{model.Name} ({Kind(model)}): {model.Summary}");
        output.WriteLine(model.UsesValidation ? "Chooses its best epoch on validation data." : "Needs no validation data.");
        if (model.Options.Count == 0)
        {
            output.WriteLine("It has no options.");
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).ShowRowSeparators()
            .AddColumn(new TableColumn("option").NoWrap()).AddColumn("default").AddColumn("allowed").AddColumn("meaning");
        foreach (var option in model.Options)
        {
            table.AddRow([.. new[] { option.Name, Text(option.Default), Allowed(option), option.Description ?? "" }.Select(Markup.Escape)]);
        }

        Console(output).Write(table);
    }

    private static JsonObject ToJson(ModelEntry model) => new()
    {
        ["name"] = model.Name,
        ["kind"] = Kind(model),
        ["summary"] = model.Summary,
        ["uses_validation"] = model.UsesValidation,
        ["options"] = new JsonArray([.. model.Options.Select(ToJson)]),
    };

    private static JsonObject ToJson(ModelOption option)
    {
        var json = new JsonObject
        {
            ["name"] = option.Name,
            ["default"] = option.Default switch
            {
                null => null,
                bool value => value,
                int value => value,
                double value => value,
                var value => Text(value),
            },
            ["expected"] = option.Expected,
        };
        if (option.Minimum is { } minimum)
        {
            json["minimum"] = minimum;
            json["maximum"] = option.Maximum;
        }

        if (option.Description is { } description)
        {
            json["description"] = description;
        }

        return json;
    }

    private static string Kind(ModelEntry model) => model.Kind == ModelKind.Rating ? "rating" : "ranking";

    private static string Text(object? value) => value switch
    {
        null => "none",
        bool or Enum => value.ToString()!.ToLowerInvariant(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Allowed(ModelOption option) => option.Minimum is { } minimum
        ? FormattableString.Invariant($"{option.Expected} from {minimum} to {option.Maximum}")
        : option.Expected;

    private static IAnsiConsole Console(TextWriter output) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
}
