using AutoRec.Data;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models.Rows;

/// <summary>
/// Values as a hybrid AutoRec reads them: residuals of a baseline as their frame says, and ratings less the mean of their row, in units of
/// half the range of their scale. 0 where there is no rating.
/// </summary>
/// <param name="Input">The centred values: [rows x visible].</param>
/// <param name="Means">What was taken off each row: [rows x 1].</param>
/// <param name="Unit">The unit.</param>
internal sealed record CentredRows(Tensor Input, Tensor Means, float Unit)
{
    /// <summary>The unit of a frame's values.</summary>
    public static float UnitOf(RatingFrame frame) => frame.IsCentred ? 1 : frame.ValueRange / 2;

    /// <summary>Centres values.</summary>
    /// <param name="values">[rows x visible].</param>
    /// <param name="frame">The frame of the values.</param>
    public static CentredRows Of(InteractionMatrix values, RatingFrame frame)
    {
        if (frame.IsCentred)
        {
            return new CentredRows(UserRows.Values(frame.ToInput(values)), zeros(values.RowCount, 1), UnitOf(frame));
        }

        var (dense, mask) = (UserRows.Values(values), UserRows.Mask(values));
        var means = dense.sum(1, keepdim: true) / mask.sum(1, keepdim: true).AtLeastOne();
        return new CentredRows(((dense - means) * mask).Over(UnitOf(frame)), means, UnitOf(frame));
    }

    /// <summary>From the network's output back to values: [rows x visible].</summary>
    public Tensor Restore(Tensor output) => output.Times(Unit).Plus(Means);
}
