namespace AutoRec.Data;

/// <summary>What the sample is drawn from; <see cref="SampleGenerator"/> has the model.</summary>
public sealed record SampleOptions
{
    /// <summary>The seed of everything that is drawn. Default 42.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>How many users there are, at least 1. Default 5,200.</summary>
    public int Users { get; init; } = 5200;

    /// <summary>How many products there are, at least 10. Default 252.</summary>
    public int Products { get; init; } = 252;

    /// <summary>The length of the factor vectors, at least 1. Default 4.</summary>
    public int Factors { get; init; } = 4;

    /// <summary>Groups of users with a like taste, age and occupation, at least 1. Default 6.</summary>
    public int TasteGroups { get; init; } = 6;

    /// <summary>
    /// The share of the variance of a factor that the group (users) or the category (products) explains, 0 to 1. Default 0.6.
    /// </summary>
    public double GroupShare { get; init; } = 0.6;

    /// <summary>The mean rating before the choice of products raises it. Default 3.2.</summary>
    public double Mean { get; init; } = 3.2;

    /// <summary>The standard deviation of user biases. Default 0.35.</summary>
    public double UserBias { get; init; } = 0.35;

    /// <summary>The standard deviation of product biases. Default 0.35.</summary>
    public double ProductBias { get; init; } = 0.35;

    /// <summary>The standard deviation of taste: of the product of user and item factors. Default 0.5.</summary>
    public double Taste { get; init; } = 0.5;

    /// <summary>The standard deviation of the noise, above 0. Default 0.7.</summary>
    public double Noise { get; init; } = 0.7;

    /// <summary>The mean number of ratings of a user, at least 5. Default 23.</summary>
    public double RatingsPerUser { get; init; } = 23;

    /// <summary>
    /// The exponent of the popularity of products, which falls with the rank r of a product as (1 + r / head)^-skew. Default 3.5.
    /// </summary>
    public double PopularitySkew { get; init; } = 3.5;

    /// <summary>The number of products in the head, whose popularity differs little, above 0. Default 60.</summary>
    public double PopularityHead { get; init; } = 60;

    /// <summary>
    /// How much popularity moves: the standard deviation of the logarithm of the factor by which a product gains or loses from the middle
    /// of the two years to their end. Default 1.5.
    /// </summary>
    public double PopularityDrift { get; init; } = 1.5;

    /// <summary>The share of the products that come at a random time, 0 to 0.5; the others are there from the start. Default 0.2.</summary>
    public double NewProducts { get; init; } = 0.2;

    /// <summary>
    /// How much users choose what they expect to like: the weight of a product is multiplied by exp(this x (product bias + taste)).
    /// Default 2.
    /// </summary>
    public double Choice { get; init; } = 2;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Users, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Products, 10);
        ArgumentOutOfRangeException.ThrowIfLessThan(Factors, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(TasteGroups, 1);
        Check(double.IsFinite(Mean), Mean, nameof(Mean), "finite");
        Check(GroupShare is >= 0 and <= 1, GroupShare, nameof(GroupShare), "between 0 and 1");
        Check(NewProducts is >= 0 and <= 0.5, NewProducts, nameof(NewProducts), "between 0 and 0.5");
        Check(PopularityHead > 0 && double.IsFinite(PopularityHead), PopularityHead, nameof(PopularityHead), "above 0");
        Check(Noise > 0 && double.IsFinite(Noise), Noise, nameof(Noise), "above 0");
        Check(RatingsPerUser >= 5 && double.IsFinite(RatingsPerUser), RatingsPerUser, nameof(RatingsPerUser), "at least 5");
        foreach (var (value, name) in new[]
        {
            (UserBias, nameof(UserBias)),
            (ProductBias, nameof(ProductBias)),
            (Taste, nameof(Taste)),
            (PopularitySkew, nameof(PopularitySkew)),
            (PopularityDrift, nameof(PopularityDrift)),
            (Choice, nameof(Choice)),
        })
        {
            Check(value >= 0 && double.IsFinite(value), value, name, "not negative");
        }

        static void Check(bool holds, double value, string name, string range)
        {
            if (!holds)
            {
                throw new ArgumentOutOfRangeException(name, value, $"The option is a number, {range}.");
            }
        }
    }
}
