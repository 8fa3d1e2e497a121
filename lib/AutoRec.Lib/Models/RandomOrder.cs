using AutoRec.Data;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>Makes a random order of the items; nothing is learned but their number.</summary>
internal sealed class RandomOrderTrainer : ITrainer<RandomOrderModel>
{
    /// <inheritdoc/>
    public FitCost Estimate(DataSize data) => new() { Bytes = 0 };

    /// <inheritdoc/>
    public RandomOrderModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        context.Cancellation.ThrowIfCancellationRequested();
        return new RandomOrderModel(train.ColumnCount, context.Seed);
    }
}

/// <summary>
/// The baseline of chance: items in an order that is drawn at random for each history, with scores between 0 and 1. The seed and the items
/// of the history decide, so that a user gets the same order alone or in a batch; users with the same items share it.
/// </summary>
internal sealed class RandomOrderModel : IPersistentModel<RandomOrderModel>
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private readonly int seed;

    internal RandomOrderModel(int itemCount, int seed)
    {
        ItemCount = itemCount;
        this.seed = seed;
    }

    /// <inheritdoc/>
    public int ItemCount { get; }

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        for (var user = 0; user < histories.Count; user++)
        {
            var state = Mix((ulong)seed + Step);
            foreach (var item in histories.Interactions.Columns(user))
            {
                state = Mix((state ^ (ulong)item) + Step);
            }

            foreach (ref var score in scores.Span.Slice(user * ItemCount, ItemCount))
            {
                state += Step;
                score = (Mix(state) >> 40) * (1f / (1 << 24));
            }
        }
    }

    /// <inheritdoc/>
    public ModelState Save() => new ModelState().Add("items_and_seed", [ItemCount, seed]);

    /// <inheritdoc/>
    public static RandomOrderModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Ints("items_and_seed") is [var items, var seed]
            ? new RandomOrderModel(items, seed)
            : throw new InvalidDataException("The model's 'items_and_seed' must be two numbers.");
    }

    // SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
