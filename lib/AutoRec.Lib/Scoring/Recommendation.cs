namespace AutoRec.Scoring;

/// <summary>A recommended item.</summary>
/// <param name="Item">The item's row.</param>
/// <param name="Score">Its score; only the order of one user's scores means something.</param>
public readonly record struct Recommendation(int Item, float Score);
