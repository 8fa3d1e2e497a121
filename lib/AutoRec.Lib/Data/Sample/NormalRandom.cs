namespace AutoRec.Data;

/// <summary>One stream of random numbers, normal ones among them.</summary>
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
}
