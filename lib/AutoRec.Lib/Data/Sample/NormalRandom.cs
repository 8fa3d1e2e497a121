namespace AutoRec.Data;

/// <summary>One stream of random numbers, normal ones and weighted draws among them.</summary>
internal sealed class NormalRandom(int seed) : Random(seed)
{
    /// <summary>A standard normal number (Box and Muller).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    public double[] Normals(int count, double deviation)
    {
        var numbers = new double[count];
        for (var i = 0; i < count; i++)
        {
            numbers[i] = deviation * Normal();
        }

        return numbers;
    }

    public double[][] NormalVectors(int count, int length) => [.. Enumerable.Range(0, count).Select(_ => Normals(length, 1))];

    /// <summary>A place, with chances in proportion to the weights.</summary>
    public int Draw(ReadOnlySpan<double> weights)
    {
        var total = 0.0;
        foreach (var weight in weights)
        {
            total += weight;
        }

        var rest = total * NextDouble();
        var place = 0;
        while (place < weights.Length - 1 && rest >= weights[place])
        {
            rest -= weights[place++];
        }

        return place;
    }
}
