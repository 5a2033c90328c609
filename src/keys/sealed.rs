//! A private key encrypted with a passphrase: PKCS#8 under PBES2, as the `openssl` program opens it.
//!
//! The one thing to know: a person's passphrase is stretched by scrypt, which makes each guess cost 16 MiB and some tenths of
//! a second; one of ours has 256 bits of chance, and needs no stretching.

use openssl::error::ErrorStack;
use openssl::pkcs5;
use openssl::pkey::{PKey, Private};
use openssl::symm::{self, Cipher};

use crate::proof::token::der::{oid_content, positive, tag, write};

const PBES2: &str = "1.2.840.113549.1.5.13";
const SCRYPT: &str = "1.3.6.1.4.1.11591.4.11";
const AES_256_CBC: &str = "2.16.840.1.101.3.4.1.42";

/// scrypt's cost, block size and rounds: the most memory that OpenSSL accepts without being told, five rounds of it.
const COST: u64 = 1 << 14;
const BLOCK: u64 = 8;
const ROUNDS: u64 = 5;
/// Bytes that scrypt may use here: those of the cost, and some for the rest.
const MEMORY_MAX: u64 = 32 << 20;
const KEY_BYTES: usize = 32;

/// Whose the passphrase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passphrase {
    Persons,
    /// 256 bits of chance.
    Own,
}

/// The key, encrypted, in PEM.
pub(super) fn seal(key: &PKey<Private>, passphrase: &[u8], whose: Passphrase) -> Result<Vec<u8>, ErrorStack> {
    if whose == Passphrase::Own {
        return key.private_key_to_pem_pkcs8_passphrase(Cipher::aes_256_cbc(), passphrase);
    }
    let (mut salt, mut iv, mut stretched) = ([0; 16], [0; 16], [0; KEY_BYTES]);
    openssl::rand::rand_bytes(&mut salt)?;
    openssl::rand::rand_bytes(&mut iv)?;
    pkcs5::scrypt(passphrase, &salt, COST, BLOCK, ROUNDS, MEMORY_MAX, &mut stretched)?;
    let sealed = symm::encrypt(Cipher::aes_256_cbc(), &stretched, Some(&iv), &key.private_key_to_pkcs8()?)?;
    let number = |number: u64| write(tag::INTEGER, &positive(&number.to_be_bytes()));
    let sequence = |parts: &[Vec<u8>]| write(tag::SEQUENCE, &parts.concat());
    // Constants of ours, which are identifiers.
    let oid = |text: &str| write(tag::OID, &oid_content(text).unwrap_or_default());
    let stretching =
        sequence(&[write(tag::OCTET_STRING, &salt), number(COST), number(BLOCK), number(ROUNDS)]);
    let parameters = sequence(&[
        sequence(&[oid(SCRYPT), stretching]),
        sequence(&[oid(AES_256_CBC), write(tag::OCTET_STRING, &iv)]),
    ]);
    let whole = sequence(&[sequence(&[oid(PBES2), parameters]), write(tag::OCTET_STRING, &sealed)]);
    Ok(pem(&whole).into_bytes())
}

fn pem(der: &[u8]) -> String {
    let text = openssl::base64::encode_block(der);
    let mut pem = String::from("-----BEGIN ENCRYPTED PRIVATE KEY-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem + "-----END ENCRYPTED PRIVATE KEY-----\n"
}
