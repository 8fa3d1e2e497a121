namespace AutoRec.Training;

/// <summary>Schedules of the learning rate.</summary>
internal static class LearningRates
{
    /// <summary>The rate of an epoch: <paramref name="first"/> in epoch 1, times <paramref name="decay"/> after each.</summary>
    public static double Decay(double first, double decay, int epoch) => first * Math.Pow(decay, epoch - 1);
}
