using System.CommandLine;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Experiments;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec data shard</c>: writes data as partitioned Parquet, of which each rank of a training reads its part.</summary>
internal static class DataShardCommand
{
    private const int MostParts = 4096;

    public static Command Create()
    {
        var (data, distributed) = (new DataSourceOptions(), new DistributedOptions());
        var by = new Option<string>("--by")
        {
            Description = "What is kept together in a part: all ratings of a user (for training autorec-item on several ranks) or of an "
                + "item (for autorec-user).",
            HelpName = "user|item",
            Required = true,
        };
        by.AcceptOnlyFromAmong("user", "item");
        var parts = new Option<int>("--parts")
        {
            Description = $"The number of parts, at most {MostParts}. With a multiple of {LeafSplit.LeafCount}, ranks read hardly more than "
                + "they keep.",
            HelpName = "N",
            DefaultValueFactory = _ => 64,
        };
        var output = new Option<string>("--output")
        {
            Description = "The folder to write: new or empty. It appears when all of it is written.",
            HelpName = "DIR",
            Required = true,
        };
        var command = new Command("shard", "Write data as partitioned Parquet, of which each rank of a training reads its part.")
        {
            by, parts, output,
        };
        data.AddTo(command);
        distributed.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(
            () => distributed.Run(parsed, group =>
            {
                var (count, folder) = (parsed.GetValue(parts), parsed.GetRequiredValue(output));
                if (count is < 1 or > MostParts)
                {
                    throw new ArgumentException($"--parts must be between 1 and {MostParts}; got {count}.");
                }

                if (group.Rank == 0)
                {
                    ShardWriter.CheckOutput(folder);
                }

                var how = parsed.GetRequiredValue(by) == ShardManifest.NameOf(ShardBy.User) ? ShardBy.User : ShardBy.Item;
                var (source, notes) = (data.Get(parsed), parsed.InvocationConfiguration.Error);
                var log = group.Size == 1 ? Load(source, notes, cancellation)
                    : DataSourceOptions.LoadJointly(source, how, count, group, notes, cancellation);
                var manifest = WorkDisplay.Show(notes, folder, progress => ShardWriter.Write(
                    log, how, count, folder, progress.Within("writing"), cancellation, group));
                parsed.InvocationConfiguration.Output.WriteLine(FormattableString.Invariant(
                    $"{folder}: {manifest.Count:N0} interactions of {manifest.Users:N0} users and {manifest.Items:N0} items ")
                    + FormattableString.Invariant($"in {manifest.Parts.Count} parts by {ShardManifest.NameOf(how)} ({manifest.Feedback})"));
            }),
            cancellation));
        return command;
    }

    private static Interactions Load(DataSource source, TextWriter notes, CancellationToken cancellation)
    {
        var data = DataSourceOptions.Load(source, notes, cancellation).Data;
        if (data.KnowsItems || data.KnowsUsers)
        {
            Notes.Write(notes, ["what is known of items and users besides their ids is not written. Give --item-file and --user-file to "
                + "the commands that read the folder."]);
        }

        return data.Interactions;
    }
}
