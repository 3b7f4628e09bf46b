//! ECDSA on the three curves of secure boot: one module of the same functions for each.

macro_rules! curve {
    ($(#[$doc:meta])* $name:ident, $krate:ident :: $curve:ident, $digest:ty) => {
        $(#[$doc])*
        pub(super) mod $name {
            use ecdsa::signature::hazmat::PrehashVerifier;
            use ecdsa::{Signature, VerifyingKey, hazmat};
            use p256::elliptic_curve::{PublicKey, SecretKey};
            use $krate::$curve;

            pub type Secret = SecretKey<$curve>;
            pub type Public = PublicKey<$curve>;

            /// r and s, big-endian; deterministic (RFC 6979).
            pub fn sign(secret: &Secret, digest: &[u8]) -> Vec<u8> {
                let scalar = secret.to_nonzero_scalar();
                let signed = hazmat::sign_prehashed_rfc6979::<$curve, $digest>(&scalar, digest, &[]);
                signed.0.to_vec()
            }

            /// Whether `signature`, r and s big-endian, is one of this digest.
            pub fn verify(public: &Public, digest: &[u8], signature: &[u8]) -> bool {
                Signature::<$curve>::from_slice(signature).is_ok_and(|signature| {
                    let key = VerifyingKey::from(public);
                    key.verify_prehash(digest, &signature).is_ok()
                })
            }

            /// X and Y, big-endian.
            pub fn point(public: &Public) -> Vec<u8> {
                public.to_sec1_bytes()[1..].to_vec()
            }

            /// The key with these coordinates, big-endian, if they are a point of the curve.
            pub fn from_point(point: &[u8]) -> Option<Public> {
                let mut uncompressed = vec![4];
                uncompressed.extend_from_slice(point);
                Public::from_sec1_bytes(&uncompressed).ok()
            }
        }
    };
}

curve!(
    /// NIST P-192, signatures over SHA-256.
    p192_curve, p192::NistP192, sha2::Sha256
);
curve!(
    /// NIST P-256, signatures over SHA-256.
    p256_curve, p256::NistP256, sha2::Sha256
);
curve!(
    /// NIST P-384, signatures over SHA-384.
    p384_curve, p384::NistP384, sha2::Sha384
);
