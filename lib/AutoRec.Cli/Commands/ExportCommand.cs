using System.CommandLine;
using AutoRec.Data;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec export</c>: the vectors of items or users as a table, for other programs.</summary>
internal static class ExportCommand
{
    private static readonly string[] Columns = ["id", "name", "vector"];

    public static Command Create()
    {
        var asking = new AskOptions();
        var embeddings = new Option<string>("--embeddings")
        {
            Description = "The Parquet file to write, with the columns id, name and vector.",
            HelpName = "FILE.parquet",
            Required = true,
        };
        var of = new Option<string>("--of")
        {
            Description = "Whose vectors.",
            HelpName = "items|users",
            DefaultValueFactory = _ => "items",
        };
        of.AcceptOnlyFromAmong("items", "users");
        var command = new Command("export")
        {
            embeddings, of,
        };
        asking.AddModelTo(command);
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(embeddings);
            CheckOutput(path);
            var service = asking.Service(parsed);
            var (space, data) = (service.Space, service.Fitted.Data);
            if (space.Length == 0)
            {
                throw new ArgumentException(
                    $"{service.Fitted.Entry.Name} has no vectors. Models with item vectors, such as ials, autorec-item or mult-vae, "
                    + "can be exported.");
            }

            var isUsers = parsed.GetValue(of) == "users";
            var (ids, names) = isUsers
                ? (data.Interactions.Users, data.UserNames)
                : (data.Interactions.Items, data.ItemTitles);
            var columns = $"id VARCHAR, name VARCHAR, vector FLOAT[{space.Length}]";
            WholeFile.Write(path, stream => ParquetOutput.Write(stream, columns, appender =>
            {
                for (var row = 0; row < ids.Count; row++)
                {
                    var vector = isUsers ? space.User(row) : space.Item(row);
                    appender.CreateRow().AppendValue(ids[row]).AppendValue(names[row]).AppendValue<float>(vector.ToArray()).EndRow();
                }
            }));
            parsed.InvocationConfiguration.Output.WriteLine(FormattableString.Invariant(
                $"{path}: the vectors of {ids.Count:N0} {(isUsers ? "users" : "items")}, {space.Length} numbers each"));
        });
        return command;
    }

    private static void CheckOutput(string path)
    {
        if (!path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"--embeddings {path}: vectors are written as Parquet. Use a file name that ends in .parquet.");
        }

        WholeFile.CheckWritable(path);
        if (File.Exists(path) && !ParquetOutput.HasColumns(path, Columns))
        {
            throw new DataFileException(
                path, "The file exists and does not hold vectors, so it was not overwritten. Choose another name for --embeddings.");
        }
    }
}
