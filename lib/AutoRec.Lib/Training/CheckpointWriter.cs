using System.Diagnostics;
using AutoRec.Distributed;

namespace AutoRec.Training;

/// <summary>Writes the checkpoints of one fit, and resumes it from one.</summary>
internal sealed class CheckpointWriter<TState>
    where TState : class
{
    private readonly Checkpoint checkpoint;
    private readonly Resumption<TState> resumption;
    private readonly IProcessGroup group;
    private readonly Stopwatch sinceWrite = Stopwatch.StartNew();
    private int epochsWritten;

    private CheckpointWriter(Checkpoint checkpoint, Resumption<TState> resumption, IProcessGroup group) =>
        (this.checkpoint, this.resumption, this.group) = (checkpoint, resumption, group);

    /// <summary>The writer that the context asks for; null if it asks for none.</summary>
    /// <exception cref="NotSupportedException">
    /// The context asks for a checkpoint, and this training or this device does not support it.
    /// </exception>
    public static CheckpointWriter<TState>? Of(FitContext context, Resumption<TState>? resumption) => context.Checkpoint switch
    {
        null => null,
        _ when resumption is null => throw new NotSupportedException("This model does not support checkpoints. Train it without one."),
        _ when context.Device != ComputeDevice.Cpu => throw new NotSupportedException(
            "Checkpoints require the device 'cpu'. Train without a checkpoint, or use the device 'cpu'."),
        var checkpoint => Checked(checkpoint, resumption, context.Group),
    };

    /// <summary>Brings a training that has not begun to where its checkpoint left it, if it is to resume and there is one.</summary>
    /// <exception cref="Data.DataFileException">The checkpoint is damaged or belongs to another training.</exception>
    public void Resume(EarlyStopping<TState> stopping, EpochHistory history)
    {
        if (!checkpoint.Resume)
        {
            return;
        }

        var content = CheckpointFile.Read(checkpoint);
        var isThere = group.AllGather(content is not null);
        if (isThere.Contains(true) && Array.IndexOf(isThere, false) is >= 0 and var without)
        {
            throw new Data.DataFileException(
                checkpoint.Path,
                $"Rank {Array.IndexOf(isThere, true)} finds this checkpoint, and rank {without} does not. "
                + "Put --checkpoint FILE in a folder that all machines share.");
        }

        if (content is null)
        {
            return;
        }

        resumption.Training.Load(content.Training);
        var best = content.Best is null ? null : resumption.Restore(content.Best);
        foreach (var result in content.History)
        {
            var epoch = ++epochsWritten;
            if (best is not null && result is { IsBest: true, Validation: { } measure })
            {
                stopping.Keep(epoch, best, measure);
            }

            history.AddResumed(result, isLast: !stopping.Allows(epoch + 1));
            history.ReportLast();
        }
    }

    /// <summary>Writes a checkpoint if the last one is old enough.</summary>
    public void WriteIfDue(EarlyStopping<TState> stopping, EpochHistory history)
    {
        if (group.Decide(sinceWrite.Elapsed >= checkpoint.Interval))
        {
            Write(stopping, history);
        }
    }

    /// <summary>
    /// Writes a checkpoint at the end, if the last one lacks an epoch: what follows, such as a second fit, may be interrupted too.
    /// </summary>
    public void WriteAtTheEnd(EarlyStopping<TState> stopping, EpochHistory history)
    {
        if (epochsWritten < history.Reports.Count)
        {
            Write(stopping, history);
        }
    }

    // What is at the path and is not a checkpoint of this training is never replaced.
    private static CheckpointWriter<TState> Checked(Checkpoint checkpoint, Resumption<TState> resumption, IProcessGroup group)
    {
        _ = checkpoint.IsThere();
        return new CheckpointWriter<TState>(checkpoint, resumption, group);
    }

    private void Write(EarlyStopping<TState> stopping, EpochHistory history)
    {
        var content = new CheckpointContent(
            resumption.Training.Save(),
            stopping.Best is null ? null : resumption.Keep(stopping.Best),
            [.. history.Reports.Select(report => new EpochResult(report.TrainError, report.Validation, report.IsBest, report.Elapsed))]);
        CheckpointFile.Write(checkpoint, content, group.Rank == 0);
        sinceWrite.Restart();
        epochsWritten = history.Reports.Count;
    }
}
