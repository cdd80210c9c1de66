import { createPrivateKey, type KeyObject } from 'node:crypto';
import { Failure } from '../../domain/failure.ts';
import { Secret } from '../../domain/secret.ts';
import { DerError, expectTag, readOne, sequence, tags } from './der.ts';
import { describeBlocks, type PemBlock, pemBlocks } from './pem.ts';

/** PKCS#8 PEM, unencrypted, with a final newline. */
export function toSecret(key: KeyObject): Secret {
  return new Secret(key.export({ type: 'pkcs8', format: 'pem' }).toString());
}

const plainLabels = ['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY'];

function malformed(found: string, cause?: unknown): Failure {
  return new Failure('file-malformed', 'This is not a private key in PEM.', {
    found,
    expected: 'one PEM block of an RSA or EC private key, encrypted or not',
    nextSteps: ['Convert it to the usual form: openssl pkcs8 -topk8 -in FILE -out FILE.pem'],
    cause,
  });
}

function passphraseFailure(found: string, cause?: unknown): Failure {
  return new Failure('ca-key-passphrase', 'The private key is encrypted.', {
    found,
    expected: 'the passphrase it was encrypted with',
    nextSteps: [
      'Give the passphrase of this key.',
      'Try it by hand: openssl pkey -noout -in FILE asks for it and prints nothing if it is right.',
    ],
    cause,
  });
}

/** The only block with a private key; blocks of other kinds beside it do no harm. */
function keyBlock(pem: string): PemBlock {
  const blocks = pemBlocks(pem);
  const keys = blocks.filter(({ label }) =>
    [...plainLabels, 'ENCRYPTED PRIVATE KEY'].includes(label),
  );
  const [key] = keys;
  if (key === undefined || keys.length > 1) throw malformed(describeBlocks(blocks));
  if (key.der === undefined) throw malformed('a private key block that is not base64');
  return key;
}

function isEncrypted(block: PemBlock): boolean {
  if (block.label !== 'ENCRYPTED PRIVATE KEY') return /^Proc-Type:.*ENCRYPTED/m.test(block.headers);
  try {
    // EncryptedPrivateKeyInfo (RFC 5958 3): the algorithm, the encrypted bytes.
    const parts = sequence(readOne(block.der ?? Buffer.alloc(0), tags.sequence));
    expectTag(parts, 1, tags.octetString, 2);
    return true;
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause;
    throw malformed('an encrypted private key that is damaged', cause);
  }
}

/** OpenSSL's code for what went wrong, such as `ERR_OSSL_BAD_DECRYPT`; never its text. */
function errorCode(thrown: unknown): string {
  const code: unknown = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** Codes that say that this OpenSSL lacks the cipher, such as single DES, and not that the passphrase is wrong. */
const unsupportedCipher = ['ERR_OSSL_EVP_UNSUPPORTED', 'ERR_OSSL_PEM_UNSUPPORTED_ENCRYPTION'];

/**
 * @throws Failure `ca-key-passphrase` if it is encrypted and the passphrase is missing or wrong,
 * `file-malformed` if it is no private key. A damaged ciphertext cannot be told from a wrong
 * passphrase, and is reported as one.
 */
export function openKey(pem: Secret, passphrase?: Secret): KeyObject {
  const block = keyBlock(pem.reveal());
  const encrypted = isEncrypted(block);
  if (encrypted && passphrase === undefined) throw passphraseFailure('no passphrase');
  try {
    return createPrivateKey({
      key: block.text,
      format: 'pem',
      ...(encrypted && passphrase ? { passphrase: passphrase.reveal() } : {}),
    });
  } catch (cause) {
    if (!encrypted) throw malformed('a private key block that holds no readable key', cause);
    if (unsupportedCipher.includes(errorCode(cause))) {
      throw malformed('a private key encrypted in a way that is no longer supported', cause);
    }
    throw passphraseFailure('a passphrase that does not open it', cause);
  }
}
