namespace AutoRec.Distributed;

/// <summary>Hands out pieces of work that do not depend on each other to the processes of a group, each as soon as it is free.</summary>
internal static class WorkQueue
{
    /// <summary>
    /// Does pieces of work. Every process knows what all do, and so which piece is the next for which of them. None waits for long in an
    /// operation of the group, whatever a piece takes.
    /// </summary>
    /// <typeparam name="T">What a piece results in; it is sent as JSON.</typeparam>
    /// <param name="group">The processes.</param>
    /// <param name="count">The number of pieces.</param>
    /// <param name="atOnce">How many pieces a process does at once.</param>
    /// <param name="work">Does a piece. It must not use the group.</param>
    /// <param name="done">Receives each piece with its result on all processes, in the same order.</param>
    /// <param name="cancellation">Ends the work before the next piece.</param>
    public static void Run<T>(
        IProcessGroup group, int count, int atOnce, Func<int, T> work, Action<int, T> done, CancellationToken cancellation)
    {
        // A place for each piece that is being done: those of process 0 come first. -1: free.
        var (pieces, running) = (new int[group.Size * atOnce], new Task<T>?[atOnce]);
        Array.Fill(pieces, -1);
        try
        {
            for (var (next, left) = (0, count); left > 0;)
            {
                cancellation.ThrowIfCancellationRequested();
                for (var place = 0; place < pieces.Length && next < count; place++)
                {
                    if (pieces[place] < 0)
                    {
                        var piece = pieces[place] = next++;
                        if (place / atOnce == group.Rank)
                        {
                            running[place % atOnce] = Start(() => work(piece));
                        }
                    }
                }

                foreach (var (place, result) in Finished(group, running))
                {
                    done(pieces[place], result);
                    (pieces[place], left) = (-1, left - 1);
                }
            }
        }
        finally
        {
            // Where one has failed.
            Task.WhenAll(running.OfType<Task>()).ContinueWith(_ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
        }
    }

    private static Task<T> Start<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    // Waits for a piece of this process, among several processes for a moment, and tells what is finished on all.
    private static List<(int Place, T Result)> Finished<T>(IProcessGroup group, Task<T>?[] running)
    {
        if (running.OfType<Task>().ToArray() is { Length: > 0 } waiting)
        {
            Task.WaitAny(waiting, group.Size == 1 ? Timeout.Infinite : 100);
        }

        var results = new Dictionary<int, T>();
        for (var i = 0; i < running.Length; i++)
        {
            if (running[i] is { IsCompleted: true } ended)
            {
                results[(group.Rank * running.Length) + i] = ended.GetAwaiter().GetResult();
                running[i] = null;
            }
        }

        return [.. group.OfAll(results).SelectMany(ofOne => ofOne.Select(result => (result.Key, result.Value)))];
    }
}
