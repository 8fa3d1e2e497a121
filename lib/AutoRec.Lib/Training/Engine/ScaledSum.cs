namespace AutoRec.Training;

/// <summary>Adds scaled rows to a sum in the order in which they are given, four in one pass over the sum.</summary>
/// <param name="rows">[rows x width], of which the first numbers of each are added.</param>
/// <param name="width">The numbers of a row, as many as the sum has or more.</param>
/// <param name="sum">The sum, complete after <see cref="Complete"/>.</param>
internal ref struct ScaledSum(Span<float> rows, int width, Span<float> sum)
{
    private readonly Span<float> rows = rows;
    private readonly int width = width;
    private readonly Span<float> sum = sum;
    private int count; // of the rows that wait
    private int first;
    private int second;
    private int third;
    private float ofFirst;
    private float ofSecond;
    private float ofThird;

    /// <summary>Adds factor times a row.</summary>
    public void Add(int row, float factor)
    {
        switch (count++)
        {
            case 0:
                (first, ofFirst) = (row, factor);
                break;
            case 1:
                (second, ofSecond) = (row, factor);
                break;
            case 2:
                (third, ofThird) = (row, factor);
                break;
            default:
                count = 0;
                VectorKernels.AddScaled(
                    ref sum[0],
                    ref Row(first),
                    ofFirst,
                    ref Row(second),
                    ofSecond,
                    ref Row(third),
                    ofThird,
                    ref Row(row),
                    factor,
                    sum.Length);
                break;
        }
    }

    /// <summary>Adds the rows that wait.</summary>
    public void Complete()
    {
        if (count > 0)
        {
            VectorKernels.AddScaled(ref sum[0], ref Row(first), ofFirst, sum.Length);
        }

        if (count > 1)
        {
            VectorKernels.AddScaled(ref sum[0], ref Row(second), ofSecond, sum.Length);
        }

        if (count > 2)
        {
            VectorKernels.AddScaled(ref sum[0], ref Row(third), ofThird, sum.Length);
        }

        count = 0;
    }

    private readonly ref float Row(int row) => ref rows.Slice(row * width, sum.Length)[0];
}
