using TorchSharp;

namespace AutoRec.Training;

/// <summary>Schedules of the learning rate.</summary>
internal static class LearningRates
{
    /// <summary>Sets the rate of an epoch: <paramref name="first"/> in epoch 1, times <paramref name="decay"/> after each.</summary>
    public static void Decay(torch.optim.Optimizer optimizer, double first, double decay, int epoch)
    {
        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = first * Math.Pow(decay, epoch - 1);
        }
    }
}
