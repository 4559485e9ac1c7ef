//! Summaries of price series.

/// What a series of prices comes to.
#[derive(Debug, PartialEq)]
pub struct Summary {
    pub low: f64,
    pub high: f64,
    pub mean: f64,
    pub last: f64,
}

/// Sums a series up; an empty one has no summary.
pub fn summarise(prices: &[f64]) -> Option<Summary> {
    let last = *prices.last()?;
    let low = prices.iter().copied().fold(f64::INFINITY, f64::min);
    let high = prices.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mean = prices.iter().sum::<f64>() / prices.len() as f64;
    Some(Summary { low, high, mean, last })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_series_has_no_summary() {
        assert_eq!(summarise(&[]), None);
    }

    #[test]
    fn a_series_is_summed_up() {
        let want = Summary { low: 1.0, high: 3.0, mean: 2.0, last: 2.0 };
        assert_eq!(summarise(&[1.0, 3.0, 2.0]), Some(want));
    }
}
