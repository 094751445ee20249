//! Kubernetes' notation of sizes (`4Mi`, `512k`), which Dapr's files and flags use. Pure.

/// Bytes of a whole quantity. `None` when it is not one.
pub fn parse(text: &str) -> Option<usize> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let amount: usize = text[..digits].parse().ok()?;
    let unit: usize = match &text[digits..] {
        "" => 1,
        "k" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        _ => return None,
    };
    amount.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn binary_and_decimal_units_differ() {
        assert_eq!(parse("4Mi"), Some(4 * 1024 * 1024));
        assert_eq!(parse("4M"), Some(4_000_000));
        assert_eq!(parse("17"), Some(17));
        assert_eq!(parse("4mi"), None);
        assert_eq!(parse("Ki"), None);
    }
}
