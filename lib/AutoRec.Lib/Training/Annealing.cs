namespace AutoRec.Training;

/// <summary>Schedules of the KL weight.</summary>
internal static class Annealing
{
    /// <summary>Rises linearly from 0 at update 0 to <paramref name="cap"/> at update <paramref name="updates"/>, then stays.</summary>
    public static double Linear(int update, int updates, double cap) => update >= updates ? cap : cap * update / updates;
}
