//! From bytes to text: UTF-8, UTF-16 with a byte order mark, Windows-1252 where it is declared. Never guessed.

use super::{Encoding, ImportError};
use std::borrow::Cow;

/// Largest file, in bytes: it is held in memory, once as bytes and once as text.
pub const FILE_BYTES_MAX: u64 = 1 << 30;

/// The text of a file, without its byte order mark, with `\n` where lines ended in a lone `\r`.
pub(super) fn decode(file: &str, bytes: &[u8], declared: Encoding) -> Result<String, ImportError> {
    let size = bytes.len() as u64;
    if size > FILE_BYTES_MAX {
        return Err(ImportError::FileTooLarge { file: file.to_owned(), bytes: size, max: FILE_BYTES_MAX });
    }
    let text = match (encoding_rs::Encoding::for_bom(bytes), declared) {
        (Some((encoding, mark)), _) => strict(file, encoding, &bytes[mark..])?,
        (None, Encoding::Utf8) => strict(file, encoding_rs::UTF_8, bytes)?,
        (None, Encoding::Windows1252) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    };
    if text.contains('\r') && !text.contains('\n') {
        return Ok(text.replace('\r', "\n"));
    }
    Ok(text.into_owned())
}

fn strict<'a>(
    file: &str,
    encoding: &'static encoding_rs::Encoding,
    bytes: &'a [u8],
) -> Result<Cow<'a, str>, ImportError> {
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(text);
    }
    let readable = encoding_rs::Encoding::utf8_valid_up_to(bytes);
    let (line, advice) = if encoding == encoding_rs::UTF_8 {
        let breaks = bytes[..readable].iter().filter(|byte| **byte == b'\n').count() as u64;
        (breaks + 1, "save it as UTF-8, or declare `encoding: windows-1252` in a mapping file")
    } else {
        (1, "save it as UTF-8")
    };
    Err(ImportError::NotText { file: file.to_owned(), line, encoding: encoding.name(), advice })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf8(bytes: &[u8]) -> Result<String, ImportError> {
        decode("a.csv", bytes, Encoding::Utf8)
    }

    #[test]
    fn utf_8_and_utf_16_with_a_mark_are_read_and_the_mark_is_gone() {
        assert_eq!(utf8(b"\xEF\xBB\xBFa,b").unwrap(), "a,b");
        let little: Vec<u8> =
            std::iter::once(0xFEFF).chain("a,\u{e9}".encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(utf8(&little).unwrap(), "a,\u{e9}");
        let big: Vec<u8> =
            std::iter::once(0xFEFF).chain("a,\u{e9}".encode_utf16()).flat_map(u16::to_be_bytes).collect();
        assert_eq!(utf8(&big).unwrap(), "a,\u{e9}");
        assert_eq!(utf8(b"a\rb\r").unwrap(), "a\nb\n");
    }

    #[test]
    fn windows_1252_is_read_only_where_it_is_declared() {
        let error = utf8(b"name\nCaf\xE9\n").unwrap_err();
        assert!(matches!(&error, ImportError::NotText { line: 2, .. }), "{error}");
        assert!(error.to_string().contains("windows-1252"));
        assert_eq!(decode("a.csv", b"Caf\xE9 \x80", Encoding::Windows1252).unwrap(), "Caf\u{e9} \u{20ac}");
    }
}
