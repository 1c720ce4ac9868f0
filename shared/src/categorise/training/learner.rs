//! Multinomial logistic regression over features, by steps in a fixed order: the same texts give
//! the same weights to the bit, on every machine.

/// What a weight's squared steps begin with: keeps the first steps short.
const START: f32 = 0.1;

/// Weights that are being learnt: a row a feature, a column a category.
pub(super) struct Learner {
    columns: usize,
    pub(super) weights: Vec<f32>,
    /// Sum of squared steps of each weight (AdaGrad): what is seen rarely learns faster.
    squares: Vec<f32>,
    pub(super) biases: Vec<f32>,
    bias_squares: Vec<f32>,
    /// Which weights may differ from zero.
    pub(super) free: Vec<bool>,
    logarithms: Vec<f64>,
}

impl Learner {
    pub(super) fn new(rows: usize, columns: usize) -> Learner {
        Learner {
            columns,
            weights: vec![0.0; rows * columns],
            squares: vec![START; rows * columns],
            biases: vec![0.0; columns],
            bias_squares: vec![1.0; columns],
            free: vec![true; rows * columns],
            logarithms: vec![0.0; columns],
        }
    }

    /// Adds a feature with weights it already has.
    pub(super) fn add_row(&mut self, weights: &[f32], free: &[bool]) {
        let kept = weights.iter().zip(free);
        self.weights
            .extend(kept.map(|(weight, free)| if *free { *weight } else { 0.0 }));
        self.free.extend_from_slice(free);
        self.squares.extend(weights.iter().map(|_| START));
    }

    /// One step towards `wanted` (shares of each category, adding up to 1) for a text with the
    /// features of `rows`: place and value.
    pub(super) fn step(
        &mut self,
        rows: &[(u32, f32, bool)],
        wanted: &[f32],
        weight: f32,
        rate: f32,
        decay: f32,
    ) {
        if rows.is_empty() {
            return;
        }
        let columns = self.columns;
        for (logarithm, bias) in self.logarithms.iter_mut().zip(&self.biases) {
            *logarithm = f64::from(*bias);
        }
        for (row, value, _) in rows {
            let start = *row as usize * columns;
            let weights = self.weights.get(start..start + columns).unwrap_or_default();
            for (logarithm, weight) in self.logarithms.iter_mut().zip(weights) {
                *logarithm += f64::from(*weight * value);
            }
        }
        let most = self.logarithms.iter().copied().fold(f64::MIN, f64::max);
        let mut sum = 0.0;
        for logarithm in &mut self.logarithms {
            *logarithm = libm::exp(*logarithm - most);
            sum += *logarithm;
        }
        let wrong: Vec<f32> = self
            .logarithms
            .iter()
            .zip(wanted)
            .map(|(likelihood, wanted)| weight * ((likelihood / sum) as f32 - wanted))
            .collect();
        let bias = self.biases.iter_mut().zip(&mut self.bias_squares);
        for ((bias, square), wrong) in bias.zip(&wrong) {
            *square += wrong * wrong;
            *bias -= rate * 0.1 * wrong / libm::sqrtf(*square);
        }
        for (row, value, _) in rows {
            let start = *row as usize * columns;
            let range = start..start + columns;
            let (Some(weights), Some(squares), Some(free)) = (
                self.weights.get_mut(range.clone()),
                self.squares.get_mut(range.clone()),
                self.free.get(range),
            ) else {
                continue;
            };
            let cells = weights.iter_mut().zip(squares).zip(free).zip(&wrong);
            for (((weight, square), free), wrong) in cells {
                if *free {
                    let slope = wrong * value + decay * *weight;
                    *square += slope * slope;
                    *weight -= rate * slope / libm::sqrtf(*square);
                }
            }
        }
    }
}
