using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Models.Numerics;
using AutoRec.Persistence;
using AutoRec.Training;

namespace AutoRec.Models.Rows;

/// <summary>
/// What lies between ratings and the values that an autoencoder learns, fitted to the training data: the scale, the items with a rating,
/// the unit and, with <see cref="Centering.Baseline"/>, the baseline. A rating is the baseline, or the origin of the units, plus the value
/// in units. The unit is the standard deviation of ratings about their baseline; without one, the scale maps onto 1 to 5.
/// </summary>
/// <remarks>
/// Residuals are changed before a network reads them. A constant is added to each, so that the network sees not only how
/// something was rated but that it was rated, which tells of a taste too. And the n numbers of a row are multiplied by sqrt(N / n), where
/// N is the mean of n; otherwise the longest rows would be learned before all others, and what is learned would grow with n.
/// </remarks>
internal sealed class RatingFrame
{
    // Residuals rarely lie beyond; networks that need a range of values take this one.
    private static readonly RatingScale ResidualRange = new(-2, 2);

    // Chosen on validation data of several shapes; see docs/decisions.md.
    private const float PresenceInItemRows = 1;
    private const float PresenceInUserRows = 0.5f;
    private const string BaselinePrefix = "baseline.";

    private readonly bool[] isKnown;
    private readonly RatingUnits units;
    private readonly BiasModel? baseline;
    private readonly float presence;

    private RatingFrame(
        bool[] isKnown, RatingScale scale, RatingUnits units, BiasModel? baseline = null, float presence = 0, float meanCount = 0)
    {
        this.isKnown = isKnown;
        this.units = units;
        this.baseline = baseline;
        this.presence = presence;
        MeanCount = meanCount;
        Scale = scale;
        ValueScale = baseline is null ? new(units.ToValue(scale.Min), units.ToValue(scale.Max)) : ResidualRange;
    }

    /// <summary>The number of items, with or without a rating.</summary>
    public int ItemCount => isKnown.Length;

    /// <summary>The scale of the ratings.</summary>
    public RatingScale Scale { get; }

    /// <summary>The range of the values.</summary>
    public RatingScale ValueScale { get; }

    /// <summary>The difference between the ends of the range; 1 for a range of one value, as a divisor.</summary>
    public float ValueRange => ValueScale.Max > ValueScale.Min ? ValueScale.Max - ValueScale.Min : 1;

    /// <summary>The upper end of the range; 1 if it is not above 0, as a divisor.</summary>
    public float HighestValue => ValueScale.Max > 0 ? ValueScale.Max : 1;

    /// <summary>The ratings that one unit of a value is worth.</summary>
    public float Unit => units.Size;

    /// <summary>The mean number of ratings of a row that the network reads; 0 without a baseline.</summary>
    public float MeanCount { get; }

    /// <summary>Whether values are residuals of a baseline.</summary>
    public bool IsCentred => baseline is not null;

    /// <summary>Fits a frame.</summary>
    /// <param name="train">The training data: [users x items].</param>
    /// <param name="center">Whether there is a baseline.</param>
    /// <param name="rows">The rows that the network reads.</param>
    /// <param name="group">The processes, if each has a part of the data; null for this one alone. Default null.</param>
    public static RatingFrame Of(InteractionMatrix train, Centering center, AutoRecRows rows, IProcessGroup? group = null)
    {
        group ??= ProcessGroup.Single;
        var (ofUsers, ofItems) = (train.CountByRow(group), train.CountByColumn(group));
        var isKnown = Array.ConvertAll(ofItems, count => count > 0);
        if (center == Centering.None)
        {
            return new RatingFrame(isKnown, train.Scale, RatingUnits.Of(train.Scale));
        }

        var baseline = new BiasTrainer().Fit(train, new FitContext { Group = group });
        var plain = new RatingFrame(isKnown, train.Scale, RatingUnits.OfRatings, baseline);
        var residuals = plain.ToValues(train);
        var squares = residuals.SumRows(group, (sums, first, end) =>
        {
            for (var user = first; user < end; user++)
            {
                foreach (var residual in residuals.Values(user))
                {
                    sums[user] += (double)residual * residual;
                }
            }
        });
        var count = train.CountOfAll(group);
        var deviation = (float)Math.Sqrt(residuals.Total(group, squares) / Math.Max(1, count));
        return new RatingFrame(
            isKnown,
            train.Scale,
            new RatingUnits(0, deviation > 0 ? deviation : 1),
            baseline,
            rows == AutoRecRows.Items ? PresenceInItemRows : PresenceInUserRows,
            (float)count / Math.Max(1, (rows == AutoRecRows.Items ? ofItems : ofUsers).Count(length => length > 0)));
    }

    /// <summary>
    /// The square of the largest singular value that noise of variance 1 has at the entries of a matrix, if these are evenly spread:
    /// (sqrt(entries of a row) + sqrt(entries of a column))^2, each the mean over those with entries. A penalty of about this size keeps
    /// an autoencoder from learning noise, whatever the size and the density of the data.
    /// </summary>
    public static double NoiseLevel(InteractionMatrix matrix) => NoiseLevel(matrix.RowLengths(), matrix.CountByColumn());

    /// <inheritdoc cref="NoiseLevel(InteractionMatrix)"/>
    /// <param name="ofRows">The number of entries of each row.</param>
    /// <param name="ofColumns">The number of entries of each column.</param>
    public static double NoiseLevel(int[] ofRows, int[] ofColumns)
    {
        var (rows, columns) = (ofRows.Count(count => count > 0), ofColumns.Count(count => count > 0));
        var entries = ofRows.Sum(count => (long)count);
        return entries * Math.Pow((1 / Math.Sqrt(Math.Max(1, rows))) + (1 / Math.Sqrt(Math.Max(1, columns))), 2);
    }

    /// <summary>Whether an item has a training rating.</summary>
    public bool IsKnown(int item) => isKnown[item];

    /// <summary>The values of users' ratings: [users x items].</summary>
    public InteractionMatrix ToValues(InteractionMatrix ratings) => ToValues(ratings, Levels(ratings));

    /// <inheritdoc cref="ToValues(InteractionMatrix)"/>
    /// <param name="ratings">The ratings.</param>
    /// <param name="levels">The <see cref="Levels"/> of the users.</param>
    public InteractionMatrix ToValues(InteractionMatrix ratings, ReadOnlySpan<double> levels)
    {
        if (baseline is null)
        {
            return units.ToValues(ratings);
        }

        var values = new float[ratings.Count];
        for (var user = 0; user < ratings.RowCount; user++)
        {
            var level = levels[user];
            var items = ratings.Columns(user);
            var its = ratings.Values(user);
            for (var i = 0; i < items.Length; i++)
            {
                values[ratings.Offsets[user] + i] = (float)((its[i] - level - baseline.ItemBias(items[i])) / units.Size);
            }
        }

        return ratings.WithValues(values, ResidualRange);
    }

    /// <summary>Rows of values as networks read them.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="lengths">The number of values of each row, where these are not all of them; empty if they are. Default empty.</param>
    public InteractionMatrix ToInput(InteractionMatrix rows, ReadOnlySpan<int> lengths = default)
    {
        if (baseline is null)
        {
            return rows;
        }

        float[] values = [.. rows.Values()];
        for (var row = 0; row < rows.RowCount; row++)
        {
            var its = values.AsSpan(rows.Offsets[row], rows.RowLength(row));
            TensorPrimitives.Add(its, presence, its);
            var length = lengths.IsEmpty ? its.Length : lengths[row];
            TensorPrimitives.Multiply(its, MathF.Sqrt(MeanCount / Math.Max(1, length)), its);
        }

        return rows.WithValues(values, rows.Scale);
    }

    /// <summary>What the ratings of a user have in common, from the history; <see cref="ToRating"/> takes it.</summary>
    public double Level(Histories histories, int user) => baseline?.Level(histories.Interactions, user) ?? units.Origin;

    /// <summary>The <see cref="Level"/> of each user of whose ratings each process may have a part; see <see cref="BiasModel.Levels"/>.
    /// </summary>
    public double[] Levels(InteractionMatrix ratings)
    {
        if (baseline is not null)
        {
            return baseline.Levels(ratings);
        }

        var levels = new double[ratings.RowCount];
        Array.Fill(levels, units.Origin);
        return levels;
    }

    /// <summary>The rating of a user, not clipped.</summary>
    /// <param name="level">The user's <see cref="Level"/>.</param>
    /// <param name="item">The item.</param>
    /// <param name="value">What the network says.</param>
    public float ToRating(double level, int item, float value) =>
        (float)(level + (baseline?.ItemBias(item) ?? 0) + ((double)units.Size * value));

    /// <summary>The rating where a network has nothing to say: the baseline or, without one, the middle of the scale.</summary>
    public float ColdRating(double level, int item) => baseline is null ? Scale.Middle : ToRating(level, item, 0);

    /// <summary>Turns what a network says of each item into the ratings of a user, not clipped: [items].</summary>
    public void ToRatings(Histories histories, int user, Span<float> values)
    {
        var level = Level(histories, user);
        var isCold = histories.Interactions.RowLength(user) == 0;
        for (var item = 0; item < values.Length; item++)
        {
            values[item] = isCold || !isKnown[item] ? ColdRating(level, item) : ToRating(level, item, values[item]);
        }
    }

    /// <summary>Adds the frame to the arrays of a model.</summary>
    public ModelState SaveTo(ModelState state)
    {
        state.Add("scale", [Scale.Min, Scale.Max])
            .Add("is_known_item", Array.ConvertAll(isKnown, known => known ? 1 : 0))
            .Add("units", [units.Origin, units.Size]);
        return baseline is null
            ? state
            : state.Add("presence_and_mean_count", [presence, MeanCount]).AddAll(BaselinePrefix, baseline.Save());
    }

    /// <summary>The frame of a saved model; those of earlier versions have no units.</summary>
    public static RatingFrame Load(ModelState state)
    {
        var isKnown = Array.ConvertAll(state.Ints("is_known_item"), known => known != 0);
        float[] units = state.Names.Contains("units") ? state.Floats("units") : [0, 1];
        var baseline = state.Part(BaselinePrefix);
        float[] input = baseline.Names.Count > 0 ? state.Floats("presence_and_mean_count") : [0, 0];
        return state.Floats("scale") is [var min, var max] && units is [var origin, var size] && input is [var presence, var meanCount]
            ? new RatingFrame(
                isKnown,
                new RatingScale(min, max),
                new RatingUnits(origin, size),
                baseline.Names.Count > 0 ? BiasModel.Load(baseline) : null,
                presence,
                meanCount)
            : throw new InvalidDataException("The model's 'scale', 'units' and 'presence_and_mean_count' must be two numbers each.");
    }
}
