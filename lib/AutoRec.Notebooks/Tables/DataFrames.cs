using System.Numerics;
using Microsoft.Data.Analysis;

namespace AutoRec.Notebooks;

/// <summary>Makes the columns of data frames, the notebooks' kind of table.</summary>
public static class DataFrames
{
    /// <summary>A data frame of columns.</summary>
    /// <exception cref="ArgumentException">The columns differ in length.</exception>
    public static DataFrame Of(params DataFrameColumn[] columns) => new(columns);

    /// <summary>A column of numbers.</summary>
    public static DataFrameColumn Column<T>(string name, IEnumerable<T> values)
        where T : unmanaged, INumber<T> => new PrimitiveDataFrameColumn<T>(name, values);

    /// <summary>A column of text.</summary>
    public static DataFrameColumn Column(string name, IEnumerable<string> values) => new StringDataFrameColumn(name, values);
}
