
namespace AutoRec.Notebooks;

/// <summary>Holds a notebook to what it says.</summary>
public static class Check
{
    /// <summary>Stops the notebook when a claim does not hold.</summary>
    /// <param name="condition">Whether the claim holds.</param>
    /// <param name="claim">The claim, as a sentence.</param>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public static void That(bool condition, string claim)
    {
        if (!condition)
        {
            throw new InvalidOperationException("This does not hold: " + claim);
        }
    }
}
