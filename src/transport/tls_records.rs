/// The size of a TLS record's header. Its last two bytes are the size of the rest.
const HEADER: usize = 5;

/// The position in a stream of TLS records: between two records, or inside one.
#[derive(Debug, Default)]
pub(crate) struct Records {
    header: [u8; HEADER],
    /// The number of bytes received of the next record's header.
    known: usize,
    /// The number of bytes missing of the current record.
    missing: usize,
}

impl Records {
    /// Advances by the next bytes of the stream.
    pub fn advance(&mut self, mut bytes: &[u8]) {
        while let Some((first, rest)) = bytes.split_first() {
            if self.missing > 0 {
                let part = self.missing.min(bytes.len());
                self.missing -= part;
                bytes = bytes.get(part..).unwrap_or_default();
                continue;
            }
            self.header.rotate_left(1);
            self.header[HEADER - 1] = *first;
            self.known += 1;
            if self.known == HEADER {
                let [.., high, low] = self.header;
                self.missing = usize::from(u16::from_be_bytes([high, low]));
                self.known = 0;
            }
            bytes = rest;
        }
    }

    /// Returns true if the last byte was the end of a record.
    pub fn are_whole(&self) -> bool {
        self.known == 0 && self.missing == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_a_record_is_whole_however_the_bytes_come() {
        let stream = [
            &[23, 3, 3, 0, 2, 1, 2][..],
            &[22, 3, 3, 1, 0],
            &[0; 256],
            &[21, 3, 3, 0, 0],
        ]
        .concat();
        let ends = [0, 7, 7 + 5 + 256, stream.len()];
        for size in [1, 2, 3, 7, 100, stream.len()] {
            let mut records = Records::default();
            let mut taken = 0;
            for part in stream.chunks(size) {
                records.advance(part);
                taken += part.len();
                assert_eq!(
                    records.are_whole(),
                    ends.contains(&taken),
                    "{size}, {taken}"
                );
            }
        }
    }
}
