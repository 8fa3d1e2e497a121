namespace AutoRec.Evaluation;

/// <summary>Student's t distribution.</summary>
internal static class StudentT
{
    /// <summary>The probability of a value at least as far from 0 as <paramref name="t"/>, in both directions together.</summary>
    /// <param name="t">A value, possibly infinite.</param>
    /// <param name="degrees">Degrees of freedom, at least 1.</param>
    public static double TwoSided(double t, double degrees) =>
        double.IsInfinity(t) ? 0 : IncompleteBeta(degrees / (degrees + (t * t)), degrees / 2.0, 0.5);

    /// <summary>
    /// The absolute value that is exceeded with probability 5 %: half the width of a 95 % interval, in standard errors.
    /// </summary>
    /// <param name="degrees">Degrees of freedom, at least 1.</param>
    public static double Critical95(double degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        var (low, high) = (1.0, 13.0); // 1.96 to 12.71 for all degrees of freedom.
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = TwoSided(middle, degrees) > 0.05 ? (middle, high) : (low, middle);
        }

        return low;
    }

    // The regularised incomplete beta function I_x(a, b), by the continued fraction of Press et al., "Numerical Recipes", section 6.4.
    private static double IncompleteBeta(double x, double a, double b)
    {
        if (x is <= 0 or >= 1)
        {
            return x <= 0 ? 0 : 1;
        }

        var front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + (a * Math.Log(x)) + (b * Math.Log(1 - x)));
        return x < (a + 1) / (a + b + 2) ? front * Fraction(x, a, b) / a : 1 - (front * Fraction(1 - x, b, a) / b);
    }

    private static double Fraction(double x, double a, double b)
    {
        const double Tiny = 1e-300;
        var c = 1.0;
        var d = 1 / NotZero(1 - ((a + b) * x / (a + 1)));
        var fraction = d;
        for (var m = 1; m < 10_000; m++)
        {
            Step(m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m))));
            if (Math.Abs(Step(-(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1))) - 1) < 1e-15)
            {
                break;
            }
        }

        return fraction;

        double Step(double coefficient)
        {
            d = 1 / NotZero(1 + (coefficient * d));
            c = NotZero(1 + (coefficient / c));
            fraction *= c * d;
            return c * d;
        }

        static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
    }

    // Lanczos' approximation (Numerical Recipes, section 6.1): relative error below 2e-10.
    private static double LogGamma(double x)
    {
        ReadOnlySpan<double> coefficients =
        [
            76.18009172947146, -86.50532032941677, 24.01409824083091, -1.231739572450155, 0.1208650973866179e-2, -0.5395239384953e-5,
        ];
        var sum = 1.000000000190015;
        for (var i = 0; i < coefficients.Length; i++)
        {
            sum += coefficients[i] / (x + 1 + i);
        }

        return Math.Log(2.5066282746310005 * sum / x) - (x + 5.5) + ((x + 0.5) * Math.Log(x + 5.5));
    }
}
