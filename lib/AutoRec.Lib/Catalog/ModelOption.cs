using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using AutoRec.Models;

namespace AutoRec.Catalog;

/// <summary>An option of a model: what it may be, and what it is unless set.</summary>
public sealed class ModelOption
{
    internal ModelOption(PropertyInfo property, object defaults)
    {
        var range = property.GetCustomAttribute<RangeAttribute>();
        Name = OptionRanges.NameOf(property.Name);
        var typical = property.GetCustomAttribute<DefaultValueAttribute>()?.Value;
        Default = property.GetValue(defaults) ?? (typical is null ? null : OptionsBinding.Auto);
        Typical = property.GetValue(defaults) ?? typical;
        Minimum = range is null ? null : Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture);
        Maximum = range is null ? null : Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
        Expected = OptionsBinding.Expected(property);
        Description = OptionDocs.Of(property);
    }

    /// <summary>The name, as command lines write it: <c>hidden-units</c>.</summary>
    public string Name { get; }

    /// <summary>Its value unless set: null for none, <c>auto</c> where the data decide.</summary>
    public object? Default { get; }

    /// <summary>The default, or a number in the middle of what the data decide: what a search for better ones begins around.</summary>
    internal object? Typical { get; }

    /// <summary>The lowest number allowed; null where no range is declared.</summary>
    public double? Minimum { get; }

    /// <summary>The highest number allowed; null where no range is declared.</summary>
    public double? Maximum { get; }

    /// <summary>What its text is, such as <c>a whole number</c>.</summary>
    public string Expected { get; }

    /// <summary>What it does, from the library's documentation file; null when that does not lie beside the library.</summary>
    public string? Description { get; }
}
