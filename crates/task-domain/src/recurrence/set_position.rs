//! BYSETPOS: which members of an ordered set count. What the members are is not known here.

/// The members at `positions`, from 1 at the front and −1 at the end; all when none is named.
pub(super) fn chosen<T: Copy>(set: &[T], positions: &[i32]) -> Vec<T> {
    let is_chosen = |index: usize| {
        positions.iter().any(|position| {
            let distance = position.unsigned_abs() as usize;
            if *position > 0 { index + 1 == distance } else { index + distance == set.len() }
        })
    };
    set.iter()
        .enumerate()
        .filter(|(index, _)| positions.is_empty() || is_chosen(*index))
        .map(|(_, member)| *member)
        .collect()
}
