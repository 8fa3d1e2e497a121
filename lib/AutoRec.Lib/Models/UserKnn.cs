using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>The options of a user-based nearest-neighbour model.</summary>
internal sealed record UserKnnOptions : IAgeWeighted
{
    /// <summary>Number of neighbours of a user. Default 100.</summary>
    [Range(1, 1_000_000)]
    public int Neighbors { get; init; } = 100;

    /// <summary>
    /// Number that is added to the product of both users' lengths, which discounts similarities that rest on few items. Default 10.
    /// </summary>
    [Range(0.0, 1e6)]
    public double Shrinkage { get; init; } = 10;

    /// <summary>Whether any interaction counts as 1; if false, as its rating or quantity. Default true.</summary>
    public bool Binarize { get; init; } = true;

    /// <summary>
    /// Half-life of interactions in days: one that is so much older than the newest counts half, in general 0.5^(age / half-life). Requires
    /// times. Default: none, all count alike.
    /// </summary>
    [Range(1e-3, 1e6)]
    public double? HalfLife { get; init; }
}

/// <summary>
/// Trains user-based nearest neighbours (Sarwar et al., "Analysis of Recommendation Algorithms for E-Commerce", EC 2000) with the
/// similarity s_uv = x_u.x_v / (|x_u| |x_v| + shrinkage), x_u being the items of user u: the cosine, shrunk. The
/// model is the training histories themselves; with a half-life each interaction in them is multiplied by its weight by age. It is
/// deterministic; the seed has no effect.
/// </summary>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class UserKnnTrainer(UserKnnOptions? options = null) : ITrainer<UserKnnModel>
{
    private readonly UserKnnOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data) => new()
    {
        Bytes = (2 * data.MatrixBytes) + (sizeof(double) * (double)data.Users),
        ModelBytes = (2 * data.MatrixBytes) + (sizeof(double) * (double)data.Users),
    };

    /// <inheritdoc/>
    public UserKnnModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        context.Cancellation.ThrowIfCancellationRequested();
        return new UserKnnModel(AgeWeights.Weighed(train, AgeWeights.OfMeanOne(train, options), options.Binarize), options);
    }
}

/// <summary>
/// A fitted user-based nearest-neighbour model. The score of item i is the sum of s_uv over those of the user's k nearest training users v
/// who have i, times v's rating of it unless binarised. New users are folded in: their histories are compared with those of training. A
/// training user is not among its own neighbours.
/// </summary>
internal sealed class UserKnnModel : IPersistentModel<UserKnnModel>
{
    private readonly InteractionMatrix train; // [users x items]
    private readonly UserKnnOptions options;
    private readonly CosineNeighbors search;

    internal UserKnnModel(InteractionMatrix train, UserKnnOptions options)
    {
        this.train = train;
        this.options = options;
        search = new CosineNeighbors(train, (float)options.Shrinkage); // A float, as it is saved.
    }

    /// <inheritdoc/>
    public int ItemCount => train.ColumnCount;

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        var users = options.Binarize ? histories.Interactions.Binarize() : histories.Interactions;
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
        {
            var row = scores.Span.Slice(user * ItemCount, ItemCount);
            row.Clear();
            var self = histories.TrainingRows[user];
            foreach (var (neighbor, similarity) in search.Find(users.Columns(user), users.Values(user), self, options.Neighbors))
            {
                var items = train.Columns(neighbor);
                var values = train.Values(neighbor);
                for (var i = 0; i < items.Length; i++)
                {
                    row[items[i]] += similarity * values[i];
                }
            }
        });
    }

    /// <inheritdoc/>
    public ModelState Save() => new ModelState()
        .Add("neighbors", [options.Neighbors])
        .Add("shrinkage", [(float)options.Shrinkage])
        .Add("binarize", [options.Binarize ? 1 : 0])
        .Add("train", train);

    /// <inheritdoc/>
    public static UserKnnModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new UserKnnModel(state.Matrix("train"), new UserKnnOptions
        {
            Neighbors = state.Ints("neighbors")[0],
            Shrinkage = state.Floats("shrinkage")[0],
            Binarize = state.Ints("binarize")[0] != 0,
        });
    }
}
